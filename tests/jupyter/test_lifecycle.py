from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from offbook_jupyter import child

LSP = ("offbook", "lsp")


@pytest.mark.usefixtures("fake_server")
class TestWithAFakeServer:
    async def test_the_child_ends_with_its_connection(self, jp_ws_fetch: Any, ask: Any, gone: Any) -> None:
        socket = await jp_ws_fetch(*LSP)
        pid = (await ask(socket, "about"))["pid"]
        os.kill(pid, 0)
        socket.close()
        await gone(pid, 5)

    async def test_a_child_that_will_not_end_is_killed(self, jp_ws_fetch: Any, ask: Any, gone: Any) -> None:
        socket = await jp_ws_fetch(*LSP)
        pid = (await ask(socket, "about"))["pid"]
        await ask(socket, "stick")
        socket.close()
        await gone(pid, 5)

    async def test_a_killed_child_closes_the_socket(self, jp_ws_fetch: Any, ask: Any) -> None:
        socket = await jp_ws_fetch(*LSP)
        os.kill((await ask(socket, "about"))["pid"], signal.SIGKILL)
        assert await asyncio.wait_for(socket.read_message(), 5) is None
        assert socket.close_code == 1011

    async def test_a_child_that_writes_garbage_closes_the_socket(self, jp_ws_fetch: Any, ask: Any, gone: Any) -> None:
        socket = await jp_ws_fetch(*LSP)
        pid = (await ask(socket, "about"))["pid"]
        await socket.write_message('{"method": "garbage"}')
        assert await asyncio.wait_for(socket.read_message(), 5) is None
        assert socket.close_code == 1011
        await gone(pid, 5)

    async def test_each_connection_has_its_own_child(self, jp_ws_fetch: Any, ask: Any) -> None:
        sockets = [await jp_ws_fetch(*LSP) for _ in range(2)]
        pids = {(await ask(socket, "about"))["pid"] for socket in sockets}
        assert len(pids) == 2
        for socket in sockets:
            socket.close()

    async def test_the_child_does_not_start_among_the_users_files(
        self, jp_ws_fetch: Any, ask: Any, jp_root_dir: Path
    ) -> None:
        socket = await jp_ws_fetch(*LSP)
        assert Path((await ask(socket, "about"))["folder"]) == Path(sys.prefix)
        socket.close()

    async def test_a_frame_within_the_bound_passes_and_a_larger_one_closes(
        self, jp_ws_fetch: Any, ask: Any, gone: Any
    ) -> None:
        socket = await jp_ws_fetch(*LSP)
        pid = (await ask(socket, "about"))["pid"]
        assert await ask(socket, "size", text="x" * 90_000) == {"size": 90_000}
        await socket.write_message("x" * 110_000)
        assert await asyncio.wait_for(socket.read_message(), 5) is None
        assert socket.close_code == 1009
        await gone(pid, 5)

    async def test_a_binary_frame_closes(self, jp_ws_fetch: Any, ask: Any) -> None:
        socket = await jp_ws_fetch(*LSP)
        await ask(socket, "about")
        await socket.write_message(b"{}", binary=True)
        assert await asyncio.wait_for(socket.read_message(), 5) is None
        assert socket.close_code == 1003

    async def test_the_number_of_connections_is_bounded(self, jp_ws_fetch: Any, ask: Any, gone: Any) -> None:
        """Without a cookie each connection is a new anonymous user, so the bound on all of them counts here."""
        sockets = [await jp_ws_fetch(*LSP) for _ in range(3)]
        pids = [(await ask(socket, "about"))["pid"] for socket in sockets]
        refused = await jp_ws_fetch(*LSP)
        assert await asyncio.wait_for(refused.read_message(), 5) is None
        assert refused.close_code == 1013
        sockets[0].close()
        await gone(pids[0], 5)
        again = await jp_ws_fetch(*LSP)
        assert (await ask(again, "about"))["pid"] not in pids
        for socket in (*sockets, again):
            socket.close()


async def test_a_command_that_is_not_there_closes_the_socket(jp_ws_fetch: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "COMMAND", ("/nonexistent/python",))
    socket = await jp_ws_fetch(*LSP)
    assert await asyncio.wait_for(socket.read_message(), 5) is None
    assert socket.close_code == 1011


async def test_the_real_language_server_answers(jp_ws_fetch: Any, ask: Any) -> None:
    socket = await jp_ws_fetch(*LSP)
    answer = await ask(
        socket,
        "initialize",
        jsonrpc="2.0",
        id=1,
        params={
            "processId": None,
            "rootUri": None,
            "capabilities": {"notebookDocument": {"synchronization": {"dynamicRegistration": False}}},
        },
    )
    assert "notebookDocumentSync" in answer["result"]["capabilities"]
    socket.close()
