"""A message is read in one go, and comes out as pygls reads it: line by line, then the body."""

import asyncio
import io

import pytest

from offbook.lsp.streams import MessageReader


async def taken(data: bytes) -> list[bytes]:
    """Read as pygls does: lines up to an empty one behind a length, then so many bytes."""
    reader, found, length = MessageReader(io.BytesIO(data), None), [], 0
    while line := await reader.readline():
        found.append(line)
        if line.startswith(b"Content-Length: ") and line.strip()[16:].isdigit():
            length = int(line[16:])
        elif not line.strip() and length:
            found.append(await reader.readexactly(length))
            length = 0
    return found


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"Content-Length: 2\r\n\r\n{}", [b"Content-Length: 2\r\n", b"\r\n", b"{}"]),
        (
            b"Content-Type: x\r\nContent-Length: 2\r\n\r\n[]Content-Length: 1\r\n\r\n1",
            [b"Content-Type: x\r\n", b"Content-Length: 2\r\n", b"\r\n", b"[]", b"Content-Length: 1\r\n", b"\r\n", b"1"],
        ),
        (b"Content-Length: two\r\n\r\n", [b"Content-Length: two\r\n", b"\r\n"]),
        (b"stray\n\r\nContent-Length: 1\r\n\r\n7", [b"stray\n", b"\r\n", b"Content-Length: 1\r\n", b"\r\n", b"7"]),
        (b"Content-Length: 9\r\n\r\n{", [b"Content-Length: 9\r\n", b"\r\n", b"{"]),
        (b"Content-Length: 9", [b"Content-Length: 9"]),
        (b"", []),
    ],
    ids=["one", "two", "no-number", "stray-lines", "cut-short", "no-end", "nothing"],
)
def test_messages_are_read(data: bytes, lines: list[bytes]) -> None:
    assert asyncio.run(taken(data)) == lines
