"""Kernels that Jupyter's own manager starts: where there is no fork, or the kernelspec is not plain ipykernel."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offbook.receipts.kernelspec import KernelSpec

if TYPE_CHECKING:
    from jupyter_client.manager import AsyncKernelManager

_SOCKET_PATH = 100
"""The longest path of a unix socket, in bytes, that all systems take (macOS: 104)."""


class ManagedKernel:
    """The process of a kernel that Jupyter's manager started.

    Attributes:
        manager: the manager.
        pid: the process's number; 0 where it runs on another machine.
    """

    def __init__(self, spec: KernelSpec) -> None:
        from jupyter_client.manager import AsyncKernelManager  # noqa: PLC0415  (0.4 s, needed here alone)

        self.manager: AsyncKernelManager = AsyncKernelManager(kernel_name=spec.name, shutdown_wait_time=4.0)
        self.pid = 0

    async def start(
        self, folder: Path, cwd: Path, environment: Mapping[str, str], arguments: list[str]
    ) -> dict[str, Any]:
        """Start the process; return what its connection file holds.

        Args:
            folder: a private folder, for the connection file, the sockets and the log.
            cwd: where it runs.
            environment: its environment.
            arguments: more arguments of the kernel; those of ipykernel say that it listens on unix sockets too.
        """
        self.manager.connection_file = str(folder / "kernel.json")
        if arguments and os.name == "posix" and len(os.fsencode(folder / "socket-99")) < _SOCKET_PATH:
            self.manager.transport = "ipc"
            self.manager.ip = str(folder / "socket")
        with (folder / "log").open("wb") as log:
            await self.manager.start_kernel(
                extra_arguments=arguments, cwd=str(cwd), env=dict(environment), stdout=log, stderr=log
            )
        self.pid = int(self.manager.provisioner.pid or 0)  # type: ignore[union-attr]
        return dict(self.manager.get_connection_info())

    @property
    def exit_code(self) -> int | None:
        """The process's exit status (negative: the signal that killed it), or ``None`` while it runs."""
        process = getattr(self.manager.provisioner, "process", None)
        code: int | None = process.poll() if process is not None else None
        return code

    async def wait(self) -> None:
        """Return when it has ended."""
        while await self.manager.is_alive():
            await asyncio.sleep(0.05)

    async def clean_up(self) -> None:
        """Release what the manager holds."""
        with contextlib.suppress(Exception):
            if self.manager.has_kernel:
                await self.manager.shutdown_kernel(now=True)
            await self.manager.cleanup_resources()
