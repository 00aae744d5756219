from __future__ import annotations

import asyncio

import pytest

from offbook_jupyter.connections import Connections
from offbook_jupyter.framing import FramingError, frame, read_message


def test_each_user_has_a_limit_and_all_have_one() -> None:
    connections = Connections(2, 3)
    assert [connections.enter(user) for user in ("ann", "ann", "ann", "bob", "cyd")] == [True, True, False, True, False]
    connections.leave("ann")
    assert connections.enter("cyd")


def read_all(data: bytes) -> list[str]:
    async def read() -> list[str]:
        stream = asyncio.StreamReader()
        stream.feed_data(data)
        stream.feed_eof()
        messages = []
        while (message := await read_message(stream)) is not None:
            messages.append(message)
        return messages

    return asyncio.run(read())


def test_messages_survive_framing() -> None:
    messages = ["{}", '{"text": "naïve 🐍 漢字"}', ""]
    assert read_all(b"".join(map(frame, messages))) == messages


def test_a_cut_message_ends_the_stream() -> None:
    assert read_all(frame("{}") + b"Content-Length: 10\r\n\r\n{") == ["{}"]


@pytest.mark.parametrize(
    "data",
    [
        b"hello\r\n\r\n",
        b"Content-Length: -1\r\n\r\n",
        b"Content-Length: 999999999999\r\n\r\n",
        b"a: b\r\n" * 20,
        b"x" * 200_000 + b"\r\n",
    ],
)
def test_garbage_is_named(data: bytes) -> None:
    with pytest.raises(FramingError):
        read_all(data)
