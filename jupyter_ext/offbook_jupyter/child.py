"""A language server process of its own for one connection."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Mapping, Sequence

from offbook_jupyter.framing import frame, read_message

COMMAND: Sequence[str] = (sys.executable, *(["-P"] if sys.version_info >= (3, 11) else []), "-m", "offbook", "lsp")
"""``-P`` and the folder it starts in keep a user's ``json.py`` or ``offbook.py`` from being imported."""

_SECRET_PREFIXES = ("JUPYTERHUB_", "JPY_")
_SECRETS = frozenset({"JUPYTER_TOKEN", "JUPYTER_PASSWORD", "CONFIGPROXY_AUTH_TOKEN"})


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the variables without those that open a Jupyter server or a hub."""
    return {
        name: value
        for name, value in variables.items()
        if name not in _SECRETS and not name.startswith(_SECRET_PREFIXES)
    }


class LanguageServerProcess:
    """A running language server on standard streams."""

    def __init__(self, process: asyncio.subprocess.Process, log: logging.Logger) -> None:
        self._process = process
        self._log = log
        self._stderr = asyncio.create_task(self._log_stderr())

    @classmethod
    async def start(cls, log: logging.Logger) -> LanguageServerProcess:
        """Start a language server.

        Raises:
            OSError: It cannot be started.
        """
        process = await asyncio.create_subprocess_exec(
            *COMMAND,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=sys.prefix,
            env=environment(os.environ),
        )
        return cls(process, log)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    async def read(self) -> str | None:
        """Return the next message, or ``None`` when there will be no more.

        Raises:
            FramingError: The process wrote something else than messages.
        """
        assert self._process.stdout is not None
        return await read_message(self._process.stdout)

    async def write(self, message: str) -> None:
        """Send a message; wait while the process has not read the ones before.

        Raises:
            ConnectionError: The process is gone.
        """
        assert self._process.stdin is not None
        self._process.stdin.write(frame(message))
        await self._process.stdin.drain()

    async def stop(self, grace_seconds: float) -> int:
        """Close its input, wait, kill it if it stays; return its exit status."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), grace_seconds)
        except asyncio.TimeoutError:
            self._log.warning("offbook: language server %d did not stop, killing it", self.pid)
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        self._stderr.cancel()
        # Process has no close() of its own; without this the pipes live until the garbage collector finds them.
        self._process._transport.close()  # type: ignore[attr-defined]
        assert self._process.returncode is not None
        return self._process.returncode

    async def _log_stderr(self) -> None:
        assert self._process.stderr is not None
        while data := await self._process.stderr.read(4096):
            self._log.debug("offbook language server %d: %s", self.pid, data.decode(errors="replace").rstrip())
