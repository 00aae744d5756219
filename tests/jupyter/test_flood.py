"""A page that floods its language server does not keep Jupyter from its work."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

LSP = ("offbook", "lsp")
MESSAGE = json.dumps({"method": "size", "text": "x" * 90_000})
REQUESTS = 40


@pytest.mark.usefixtures("fake_server")
async def test_a_flood_of_messages_leaves_room_for_others(jp_ws_fetch: Any, jp_fetch: Any, ask: Any) -> None:
    socket = await jp_ws_fetch(*LSP)
    await ask(socket, "about")
    sent, answered = 0, 0

    async def flood() -> None:
        nonlocal sent
        while True:
            await socket.write_message(MESSAGE)
            sent += 1

    async def drain() -> None:
        nonlocal answered
        while await socket.read_message() is not None:
            answered += 1

    busy = [asyncio.create_task(flood()), asyncio.create_task(drain())]
    try:
        for _ in range(REQUESTS):
            before = answered
            await jp_fetch("api", "kernels")
            while answered == before:
                await asyncio.sleep(0.001)
    finally:
        for task in busy:
            task.cancel()
    assert answered >= REQUESTS, "the bridge was busy all the time"
    assert sent - answered < 1_000, "what is not yet read waits with the sender"
    socket.close()
