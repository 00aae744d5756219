"""A fresh kernel: started for one run, and ended together with all that it started."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import psutil  # type: ignore[import-untyped]

from offbook.receipts.kernelspec import NATIVE, KernelSpec, choose_kernelspec
from offbook.running.processes import interrupt, kill, started_by

if TYPE_CHECKING:
    from jupyter_client.asynchronous.client import AsyncKernelClient
    from jupyter_client.manager import AsyncKernelManager

_SOCKET_PATH = 100
"""The longest path of a unix socket, in bytes, that all systems take (macOS: 104)."""

_GRACE = 0.5
"""Seconds that an interrupted kernel gets before it is killed."""

_SILENT = 5.0
"""Seconds that the kernel gets for what is executed besides the cells."""


class KernelStartError(Exception):
    """No kernel came up; the message says why, in the user's words."""


class Kernel:
    """A kernel of its own: nobody else's kernel is used or disturbed.

    Attributes:
        name: its kernelspec.
        python: its executable.
        note: what the user should know about the choice of the kernelspec; may be empty.
        manager: the manager of the process.
        client: the channels to it.
    """

    def __init__(self, spec: KernelSpec, note: str) -> None:
        from jupyter_client.manager import AsyncKernelManager  # noqa: PLC0415  (0.4 s, needed to run alone)

        self.name = spec.name
        self.note = note
        self.python = spec.python
        self._native = any("ipykernel" in argument for argument in spec.argv)
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._folder: Path | None = None
        self.manager: AsyncKernelManager = AsyncKernelManager(kernel_name=spec.name, shutdown_wait_time=4.0)
        self.client: AsyncKernelClient | None = None
        self.pid = 0

    @staticmethod
    async def choose(wanted: str) -> Kernel:
        """Make a kernel of the wanted kernelspec, or else of the current environment.

        Raises:
            KernelStartError: where there is neither.
        """
        return Kernel(*_find_spec(wanted))

    async def start(self, cwd: Path, environment: Mapping[str, str], timeout: float) -> None:
        """Start the process in ``cwd`` and wait until it answers.

        Raises:
            KernelStartError: where it does not come up.
        """
        arguments = ["--HistoryManager.hist_file=:memory:"] if self._native else []
        self._scratch = tempfile.TemporaryDirectory(prefix="offbook-", ignore_cleanup_errors=True)
        self._folder = Path(self._scratch.name)
        self.manager.connection_file = str(self._folder / "kernel.json")
        if self._native and os.name == "posix" and len(os.fsencode(self._folder / "socket-99")) < _SOCKET_PATH:
            self.manager.transport = "ipc"
            self.manager.ip = str(self._folder / "socket")
        try:
            with (self._folder / "log").open("wb") as log:
                await self.manager.start_kernel(
                    extra_arguments=arguments, cwd=str(cwd), env=dict(environment), stdout=log, stderr=log
                )
            self.pid = self.manager.provisioner.pid  # type: ignore[union-attr]
            self.client = self.manager.client()
            self.client.start_channels()
            await self._ready(timeout)
        except (OSError, RuntimeError) as error:
            reason = self.log_tail() or str(error)
            await self.end(now=True)
            raise KernelStartError(f"the kernel `{self.name}` ({self.python}) did not start: {reason}") from error
        except BaseException:
            await self.end(now=True)
            raise
        self.client.allow_stdin = False

    async def _ready(self, timeout: float) -> None:
        """Wait for the first answer, or for the process to end."""
        assert self.client is not None
        answer = asyncio.ensure_future(self.client.wait_for_ready(timeout=timeout))
        death = asyncio.ensure_future(self.death())
        try:
            await asyncio.wait({answer, death}, return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                raise RuntimeError(f"it ended with status {self.exit_code}")
            answer.result()
        finally:
            for task in (answer, death):
                task.cancel()
            await asyncio.gather(answer, death, return_exceptions=True)

    async def execute(self, code: str) -> None:
        """Execute code that leaves no trace: no history, no count, no output. Where that fails, nothing is said."""
        assert self.client is not None
        wanted = self.client.execute(code, silent=True, store_history=False)
        answer: asyncio.Future[None] = asyncio.ensure_future(self._answer(wanted))
        death = asyncio.ensure_future(self.death())
        await asyncio.wait({answer, death}, timeout=_SILENT, return_when=asyncio.FIRST_COMPLETED)
        for task in (answer, death):
            task.cancel()
        await asyncio.gather(answer, death, return_exceptions=True)

    async def _answer(self, wanted: str) -> None:
        assert self.client is not None
        while (await self.client.get_shell_msg())["parent_header"].get("msg_id") != wanted:
            pass

    async def death(self) -> None:
        """Return when the process has ended."""
        while await self.manager.is_alive():
            await asyncio.sleep(0.1)

    @property
    def exit_code(self) -> int | None:
        """The process's exit status (negative: the signal that killed it), or ``None`` while it runs."""
        process = getattr(self.manager.provisioner, "process", None)
        code: int | None = process.poll() if process is not None else None
        return code

    @property
    def running(self) -> bool:
        """Whether the process is there; once it has ended, its number may be another's."""
        process = getattr(self.manager.provisioner, "process", None)
        return process is not None and process.poll() is None

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
        with contextlib.suppress(OSError, RuntimeError):
            await self.manager.interrupt_kernel()

    async def end(self, *, now: bool = False) -> None:
        """End the process and all that it started.

        Args:
            now: interrupt and kill; else ask it to end first, so that files are flushed and exit functions run.
        """
        others = started_by(self.pid) if self.pid else []
        try:
            if self.client is not None:
                self.client.stop_channels()
            if now and self.pid and await self.manager.is_alive():
                interrupt(self.pid)
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self.death(), _GRACE)
            elif not now and self.manager.has_kernel:
                await self.manager.shutdown_kernel()
        finally:
            self._kill(others)
            await self._clean_up()

    def _kill(self, others: list[psutil.Process]) -> None:
        """Kill what is left; nothing here waits, so that a cancelled run does it too."""
        if self.pid:
            left = {process.pid: process for process in [*others, *started_by(self.pid)]}
            kill(self.pid if self.running else None, list(left.values()))

    async def _clean_up(self) -> None:
        with contextlib.suppress(Exception):
            if self.manager.has_kernel:
                await self.manager.shutdown_kernel(now=True)
            await self.manager.cleanup_resources()
        if self._scratch is not None:
            self._scratch.cleanup()


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
