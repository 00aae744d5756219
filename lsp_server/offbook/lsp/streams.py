"""Reads messages from a stream that blocks."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from concurrent.futures import Executor
from typing import BinaryIO

_LENGTH = re.compile(rb"Content-Length: (\d+)\r\n")


class MessageReader:
    """Reads a whole message in one go: to wait in a thread for each of its lines takes longer than most answers.

    It is what pygls reads from, line by line, and then the body.

    Args:
        stream: where messages come from.
        executor: where it is waited for them.
    """

    def __init__(self, stream: BinaryIO, executor: Executor | None) -> None:
        self._stream = stream
        self._executor = executor
        self._lines: deque[bytes] = deque()
        self._body = b""

    async def readline(self) -> bytes:
        """Return the next line of a header; nothing at the end of the stream."""
        if not self._lines:
            await asyncio.get_running_loop().run_in_executor(self._executor, self._read)
        return self._lines.popleft()

    async def readexactly(self, count: int) -> bytes:
        """Return the body that follows the header."""
        body, self._body = self._body, b""
        return body

    def _read(self) -> None:
        """Read the lines of a header, and the body of the length that they tell."""
        length = 0
        while True:
            line = self._stream.readline()
            self._lines.append(line)
            found = _LENGTH.fullmatch(line) if not length else None
            length = int(found[1]) if found else length
            if not line or (length and not line.strip()):
                break
        self._body = self._stream.read(length) if line else b""
