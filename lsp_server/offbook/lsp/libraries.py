"""The process that answers questions on installed libraries: started when first asked, ended with the server."""

from __future__ import annotations

import asyncio
import contextlib
import sys

import msgspec

from offbook.project.libraries import LibraryAnswer, LibraryQuestion

_PATIENCE = 20.0
"""Seconds after which an answer is given up; the first question on a big library takes several."""
_LIMIT = 2**24


class Libraries:
    """Asks one question at a time; what takes too long, or crashes, is answered with nothing."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def ask(self, question: LibraryQuestion) -> LibraryAnswer:
        """Return what is known."""
        async with self._turn:
            try:
                return await asyncio.wait_for(self._asked(question), _PATIENCE)
            except (asyncio.TimeoutError, OSError, ValueError, msgspec.MsgspecError):
                self.close()
                return LibraryAnswer()
            except asyncio.CancelledError:
                self.close()  # the process is still busy with what nobody waits for
                raise

    async def _asked(self, question: LibraryQuestion) -> LibraryAnswer:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "offbook.project.libraries",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                limit=_LIMIT,
            )
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None, "both are pipes"
        stdin.write(msgspec.json.encode(question) + b"\n")
        await stdin.drain()
        return msgspec.json.decode(await stdout.readline(), type=LibraryAnswer)

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            self._process = None
