"""Forked kernels: one server per interpreter and environment, and the kernels that it forks."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from offbook.receipts.kernelspec import KernelSpec

_LAUNCHER = ["-m", "ipykernel_launcher", "-f", "{connection_file}"]
_START = "import sys; names = {}; exec(compile(open(sys.argv[1]).read(), sys.argv[1], 'exec'), names); names['main']()"
_SOURCE = Path(__file__).with_name("forking.py")
_END = 10.0
"""Seconds that a server gets to end by itself."""


class ForkError(Exception):
    """The server could not fork a kernel; the message is what it wrote."""


def can_fork(spec: KernelSpec) -> bool:
    """Tell whether a kernelspec is plain ipykernel, on a system where a process may be forked after its imports."""
    flags = list(spec.argv[1 : -len(_LAUNCHER)])
    plain = list(spec.argv[-len(_LAUNCHER) :]) == _LAUNCHER and all(flag.startswith("-X") for flag in flags)
    return (
        sys.platform == "linux" and plain and "kernel_provisioner" not in spec.metadata and spec.interrupt == "signal"
    )


class ForkedKernel:
    """The process of a forked kernel.

    Attributes:
        pid: its number, and that of its group and session.
        exit_code: its exit status (negative: the signal that killed it), or ``None`` while it runs.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.exit_code: int | None = None
        self._ended = asyncio.Event()

    async def wait(self) -> None:
        """Return when it has ended."""
        await self._ended.wait()

    def end(self, code: int) -> None:
        """Note that it has ended."""
        self.exit_code = code
        self._ended.set()


class ForkServer:
    """One interpreter that has imported ipykernel, in one environment."""

    def __init__(self, spec: KernelSpec, environment: Mapping[str, str]) -> None:
        """Start it; it is not waited for.

        Args:
            spec: the kernelspec.
            environment: that of all its kernels.
        """
        self._flags = list(spec.argv[1 : -len(_LAUNCHER)])
        self._python = spec.python
        self._process = subprocess.Popen(
            [self._python, *self._flags, "-c", _START, str(_SOURCE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=os.path.abspath(os.sep),  # noqa: PTH100  (the root folder: no module of the user's is there)
            env=dict(environment),
            start_new_session=True,
        )
        self._kernels: dict[int, ForkedKernel] = {}
        self._asked: list[asyncio.Future[ForkedKernel]] = []
        self._reading: asyncio.Task[None] | None = None
        self._closing = False

    async def fork(self, cwd: Path, connection: Path, log: Path, arguments: list[str]) -> ForkedKernel:
        """Fork a kernel.

        Args:
            cwd: where it runs.
            connection: its connection file.
            log: the file that its process writes to.
            arguments: more arguments of the kernel.

        Raises:
            ForkError: where the server does not start.
        """
        if self._reading is None:
            self._reading = asyncio.ensure_future(self._read())
        tail = ["-f", str(connection), *arguments]
        command = [self._python, *self._flags, "-m", "ipykernel_launcher", *tail]
        request = {"cwd": str(cwd), "log": str(log), "argv": tail, "command": command}
        answer: asyncio.Future[ForkedKernel] = asyncio.get_running_loop().create_future()
        self._asked.append(answer)
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except OSError:
            raise ForkError(await self._complaint()) from None
        return await answer

    @property
    def killed(self) -> bool:
        """Whether its process was killed from outside; one that cannot start would not start a second time."""
        return (self._process.poll() or 0) < 0

    async def close(self) -> None:
        """End the server, and what it forked."""
        self._closing = True
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            await asyncio.to_thread(self._process.wait, _END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            await asyncio.to_thread(self._process.wait)
        finally:
            if self._process.poll() is None:
                self._process.kill()
            if self._reading is not None:
                await asyncio.gather(self._reading, return_exceptions=True)
            for pipe in (self._process.stdout, self._process.stderr):
                if pipe is not None:
                    pipe.close()

    async def _read(self) -> None:
        """Take in what the server says, until it ends."""
        reader = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), self._process.stdout
        )
        try:
            while line := await reader.readline():
                message = json.loads(line)
                if "pid" in message:
                    kernel = self._kernels[message["pid"]] = ForkedKernel(message["pid"])
                    answer = self._asked.pop(0)
                    if not answer.done():
                        answer.set_result(kernel)
                else:
                    self._kernels.pop(message["ended"]).end(message["status"])
        finally:
            transport.close()
            for kernel in self._kernels.values():
                if not self._closing:
                    _kill(kernel.pid)
                kernel.end(-9)
            if any(not answer.done() for answer in self._asked):
                error = ForkError(await self._complaint())
                for answer in self._asked:
                    if not answer.done():
                        answer.set_exception(error)

    async def _complaint(self) -> str:
        """Return the last lines of what the server wrote to its standard error."""
        assert self._process.stderr is not None
        self._process.kill()
        data = await asyncio.to_thread(self._process.stderr.read)
        lines = [line for line in data.decode("utf-8", "replace").splitlines() if line.strip()]
        return "\n".join(lines[-3:]) or "its process ended"


def _kill(pid: int) -> None:
    """Kill a kernel whose server was killed, with all that it started."""
    from offbook.kernels.processes import kill, started_by  # noqa: PLC0415  (loads while the interpreter starts)

    kill(pid, started_by(pid))


class ForkServers:
    """The servers that one command uses, one for each interpreter and environment."""

    def __init__(self) -> None:
        self._servers: dict[tuple[object, ...], ForkServer] = {}
        self._ended: list[ForkServer] = []

    def server(self, spec: KernelSpec, environment: Mapping[str, str]) -> ForkServer:
        """Return the server for a kernelspec in an environment; it starts where none runs, or one was killed."""
        key = (spec.argv, spec.folder, tuple(sorted(environment.items())))
        if key in self._servers and self._servers[key].killed:
            self._ended.append(self._servers.pop(key))
        if key not in self._servers:
            self._servers[key] = ForkServer(spec, environment)
        return self._servers[key]

    async def close(self) -> None:
        """End all servers, and what they forked."""
        servers, self._servers, self._ended = [*self._servers.values(), *self._ended], {}, []
        await asyncio.gather(*(server.close() for server in servers))
