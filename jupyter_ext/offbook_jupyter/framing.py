"""The base protocol of LSP on standard streams: a ``Content-Length`` header, an empty line, the message."""

from __future__ import annotations

import asyncio

MAX_ANSWER_BYTES = 256 * 1024 * 1024
"""The largest message that is taken from a language server."""

_MAX_HEADER_LINES = 16


class FramingError(Exception):
    """What a language server wrote is no message."""


def frame(message: str) -> bytes:
    """Return a message with its header."""
    body = message.encode("utf-8", errors="surrogatepass")
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


async def read_message(stream: asyncio.StreamReader) -> str | None:
    """Return the next message, or ``None`` at the end of the stream.

    Raises:
        FramingError: The stream holds something else than messages.
    """
    length: int | None = None
    for _ in range(_MAX_HEADER_LINES):
        try:
            line = await stream.readline()
        except ValueError as error:
            raise FramingError("a header line is too long") from error
        if not line:
            return None
        if line in (b"\r\n", b"\n"):
            break
        length = _content_length(line, length)
    if length is None:
        raise FramingError("a message has no Content-Length")
    try:
        return (await stream.readexactly(length)).decode("utf-8", errors="replace")
    except asyncio.IncompleteReadError:
        return None


def _content_length(line: bytes, known: int | None) -> int | None:
    name, _, value = line.partition(b":")
    if name.strip().lower() != b"content-length":
        return known
    if not value.strip().isdigit() or int(value) > MAX_ANSWER_BYTES:
        raise FramingError("a Content-Length is not a length that we take")
    return int(value)
