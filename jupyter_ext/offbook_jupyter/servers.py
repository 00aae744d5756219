"""All language servers that run for this Jupyter Server."""

from __future__ import annotations

import asyncio
import logging

from offbook_jupyter.child import LanguageServerProcess


class LanguageServers:
    """Starts and stops language servers, and knows those that run."""

    def __init__(self, stop_seconds: float, log: logging.Logger) -> None:
        self._stop_seconds = stop_seconds
        self._log = log
        self._running: set[LanguageServerProcess] = set()

    async def start(self) -> LanguageServerProcess:
        """Start one.

        Raises:
            OSError: It cannot be started.
        """
        child = await LanguageServerProcess.start(self._log)
        self._running.add(child)
        return child

    async def stop(self, child: LanguageServerProcess) -> None:
        """Stop one, and wait for its end."""
        status = await child.stop(self._stop_seconds)
        self._running.discard(child)
        self._log.debug("offbook: language server %d ended with status %d", child.pid, status)

    async def stop_all(self) -> None:
        """Stop those that still run."""
        await asyncio.gather(*(self.stop(child) for child in tuple(self._running)))
