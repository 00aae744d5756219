"""A fresh kernel: started for one run, and ended together with all that it started."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]

from offbook.kernels.client import KernelClient
from offbook.kernels.environment import full_environment
from offbook.kernels.forkserver import ForkedKernel, ForkError, ForkServers, can_fork
from offbook.kernels.managed import ManagedKernel
from offbook.kernels.processes import interrupt, kill, started_by
from offbook.kernels.scratch import Scratch
from offbook.receipts.kernelspec import NATIVE, KernelSpec, choose_kernelspec

_GRACE = 0.5
"""Seconds that an interrupted kernel gets before it is killed."""

_FAREWELL = 4.0
"""Seconds that a kernel gets to end by itself: to flush files and to run exit functions."""

_SILENT = 5.0
"""Seconds that the kernel gets for what is executed besides the cells."""

_PRIVATE_HISTORY = "--HistoryManager.hist_file=:memory:"


class KernelStartError(Exception):
    """No kernel came up; the message says why, in the user's words."""


class Kernel:
    """A kernel of its own: nobody else's kernel is used or disturbed.

    Attributes:
        name: its kernelspec.
        python: its executable.
        note: what the user should know about the choice of the kernelspec; may be empty.
        client: the channels to it, once it has started.
    """

    client: KernelClient

    def __init__(self, spec: KernelSpec, note: str = "") -> None:
        self.name = spec.name
        self.note = note
        self.python = spec.python
        self._spec = spec
        self._native = any("ipykernel" in argument for argument in spec.argv)
        self._process: ForkedKernel | ManagedKernel | None = None
        self._scratch: Scratch | None = None
        self._folder: Path | None = None
        self._servers: ForkServers | None = None

    @staticmethod
    def choose(wanted: str) -> Kernel:
        """Make a kernel of the wanted kernelspec, or else of the current environment.

        Raises:
            KernelStartError: where there is neither.
        """
        return Kernel(*_find_spec(wanted))

    async def start(
        self, cwd: Path, environment: Mapping[str, str], timeout: float, servers: ForkServers | None = None
    ) -> None:
        """Start the process in ``cwd`` and wait until it answers.

        Args:
            cwd: where it runs.
            environment: its environment.
            timeout: seconds that it may take.
            servers: the processes that fork kernels; it has one of its own where ``None``.

        Raises:
            KernelStartError: where it does not come up.
        """
        self._scratch = Scratch()
        self._folder = self._scratch.path
        try:
            connection = await asyncio.wait_for(self._launch(cwd, environment, servers), timeout)
            self.client = KernelClient(connection)
            await self._ready(timeout)
        except (OSError, RuntimeError, ForkError, asyncio.TimeoutError) as error:
            late = f"it did not answer within {timeout:g} s" if isinstance(error, asyncio.TimeoutError) else ""
            reason = self.log_tail() or late or str(error)
            await self.end(now=True)
            raise KernelStartError(f"the kernel `{self.name}` ({self.python}) did not start: {reason}") from error
        except BaseException:
            await self.end(now=True)
            raise

    async def _launch(self, cwd: Path, environment: Mapping[str, str], servers: ForkServers | None) -> dict[str, Any]:
        """Start the process; return how to reach it."""
        assert self._folder is not None
        arguments = [_PRIVATE_HISTORY] if self._native else []
        if not can_fork(self._spec):
            managed = self._process = ManagedKernel(self._spec)
            return await managed.start(self._folder, cwd, environment, arguments)
        connection = _connection(self._folder, self.name)
        path = self._folder / "kernel.json"
        path.touch(mode=0o600)
        path.write_text(json.dumps(connection), encoding="utf-8")
        if servers is None:
            servers = self._servers = ForkServers()
        server = servers.server(self._spec, full_environment(self._spec, environment))
        self._process = await server.fork(cwd, path, self._folder / "log", arguments)
        return connection

    async def _ready(self, timeout: float) -> None:
        """Wait for the first answer, or for the process to end."""
        answer = asyncio.ensure_future(asyncio.wait_for(self.client.wait_until_ready(), timeout))
        if not await self._before_death(answer, None):
            raise RuntimeError(f"it ended with status {self.exit_code}")

    async def execute(self, code: str) -> None:
        """Execute code that leaves no trace: no history, no count, no output. Where that fails, nothing is said."""
        await self._before_death(asyncio.ensure_future(self.client.execute(code)), _SILENT)

    async def _before_death(self, work: asyncio.Future[Any], timeout: float | None) -> bool:
        """Wait for some work, or for the process to end; false where the work is not done."""
        death = asyncio.ensure_future(self.death())
        try:
            await asyncio.wait({work, death}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                work.result()
            return work.done()
        finally:
            for task in (work, death):
                task.cancel()
            await asyncio.gather(work, death, return_exceptions=True)

    async def death(self) -> None:
        """Return when the process has ended."""
        if self._process is not None:
            await self._process.wait()

    @property
    def exit_code(self) -> int | None:
        """The process's exit status (negative: the signal that killed it), or ``None`` while it runs."""
        return None if self._process is None else self._process.exit_code

    @property
    def ending(self) -> str:
        """How the process ended: the signal's name, or the exit status."""
        code = self.exit_code
        if code is not None and code < 0:
            with contextlib.suppress(ValueError):
                return signal.Signals(-code).name
        return f"exit status {code}"

    def log_tail(self, lines: int = 3) -> str:
        """Return the end of what the process itself wrote, apart from the cells' outputs."""
        if self._folder is None:
            return ""
        with contextlib.suppress(OSError):
            text = (self._folder / "log").read_bytes()[-4000:].decode("utf-8", "replace")
            return "\n".join([line for line in text.splitlines() if line.strip()][-lines:])
        return ""

    async def interrupt(self) -> None:
        """Interrupt the cell that runs."""
        if self._spec.interrupt == "message":
            self.client.interrupt()
        elif self._process is not None and self._process.pid:
            interrupt(self._process.pid)

    async def end(self, *, now: bool = False) -> None:
        """End the process and all that it started.

        Args:
            now: interrupt and kill; else ask it to end first, so that files are flushed and exit functions run.
        """
        process = self._process
        pid = process.pid if process is not None else 0
        others = started_by(pid) if pid else []
        try:
            if process is not None and process.exit_code is None:
                if now and pid:
                    interrupt(pid)
                elif hasattr(self, "client"):
                    (self.client.stop if self._native else self.client.shut_down)()
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(process.wait(), _GRACE if now else _FAREWELL)
        finally:
            self._kill(pid, others)
            await self._clean_up()

    def _kill(self, pid: int, others: list[psutil.Process]) -> None:
        """Kill what is left; nothing here waits, so that a cancelled run does it too."""
        if pid:
            left = {process.pid: process for process in [*others, *started_by(pid)]}
            kill(pid if self.exit_code is None else None, list(left.values()))

    async def _clean_up(self) -> None:
        if hasattr(self, "client"):
            self.client.close()
        if isinstance(self._process, ManagedKernel):
            await self._process.clean_up()
        if self._servers is not None:
            await self._servers.close()
        if self._scratch is not None:
            self._scratch.remove()


def _connection(folder: Path, name: str) -> dict[str, Any]:
    """Return a connection over unix sockets in a private folder."""
    ports = {f"{channel}_port": at for at, channel in enumerate(("shell", "iopub", "stdin", "control", "hb"), 1)}
    key = secrets.token_hex(16)
    signed = {"key": key, "signature_scheme": "hmac-sha256", "kernel_name": name}
    return {**ports, "transport": "ipc", "ip": str(folder / "socket"), **signed}


def _find_spec(wanted: str) -> tuple[KernelSpec, str]:
    """Return the kernelspec, and a note on it."""
    spec = choose_kernelspec(wanted)
    if spec is None:
        what = f"The kernel `{wanted}` is not installed here, and neither is" if wanted else "There is no kernel:"
        raise KernelStartError(f"{what} `{NATIVE}`. Install one with `pip install ipykernel`.")
    other = bool(wanted) and spec.name.lower() != wanted.lower()
    return spec, f"The notebook's kernel `{wanted}` is not installed here: `{spec.name}` ran it." if other else ""


def find_python(wanted: str) -> str:
    """Return the executable that would run a kernelspec; empty where there is none."""
    try:
        return _find_spec(wanted)[0].python
    except KernelStartError:
        return ""
