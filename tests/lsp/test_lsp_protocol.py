from __future__ import annotations

import asyncio
import json
import re
import sys
from typing import Any

import pytest
from lsp_editor import PATIENCE, Editor, capabilities
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from offbook import version
from offbook.wire import PROTOCOL_VERSION

pytestmark = pytest.mark.asyncio


async def test_initialize_tells_versions_and_capabilities(connect) -> None:
    editor = await connect()
    result = await editor.initialize(capabilities(), {"offbook": {"applyChanges": True}})
    assert result.server_info == types.ServerInfo("offbook", version())
    assert result.capabilities.experimental == {"offbook": {"protocol": PROTOCOL_VERSION, "version": version()}}
    sync = result.capabilities.notebook_document_sync
    assert [(item.notebook, item.cells) for item in sync.notebook_selector] == [("jupyter-notebook", None)]
    assert sync.save is True
    assert not result.capabilities.execute_command_provider.commands


async def test_commands_are_for_clients_that_have_none_of_their_own(connect) -> None:
    editor = await connect()
    result = await editor.initialize(capabilities())
    assert set(result.capabilities.execute_command_provider.commands) == {
        "offbook.run",
        "offbook.acceptOutputs",
        "offbook.extractModule",
        "offbook.refactor",
    }


async def test_what_is_unknown_or_malformed_is_answered_in_words(editor: Editor) -> None:
    cases: list[tuple[str, Any, int, str]] = [
        ("offbook/run", {"notebook": "file:///nowhere/b.ipynb"}, -32602, "the notebook `b.ipynb` is not open"),
        ("offbook/run", {}, -32602, "the parameters of `offbook/run` are malformed.*notebook"),
        ("offbook/run", None, -32602, "the parameters of `offbook/run` are malformed"),
        ("offbook/run", {"notebook": "x", "timeout": "long"}, -32602, ".*malformed.*timeout"),
        ("offbook/nothing", {}, -32601, "Method Not Found: offbook/nothing"),
    ]
    for method, params, code, message in cases:
        with pytest.raises(JsonRpcException) as caught:
            await editor.request(method, params)
        assert caught.value.code == code
        assert re.match(message, caught.value.message)
        assert "traceback" not in json.dumps(caught.value.data).lower()


async def test_notifications_about_what_is_not_open_are_ignored(editor: Editor) -> None:
    editor.cells["file:///gone.ipynb"] = ["gone"]
    editor.versions.update({"file:///gone.ipynb": 1, "gone": 1})
    editor.write("gone", "print(a)")
    editor.close("file:///gone.ipynb")
    editor.client.protocol.notify("offbook/outputs", {"notebook": "file:///gone.ipynb", "cells": []})
    editor.client.protocol.notify("offbook/outputs", {"nonsense": 1})
    editor.client.protocol.notify("offbook/unknown", {"nonsense": 1})
    uri = editor.open("a.ipynb", ["print(a)"])
    await editor.codes(editor.cells[uri][0], "OB102")


class Raw:
    """A client that sends bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: Any) -> None:
        self.reader, self.writer = reader, writer

    def send(self, body: bytes) -> None:
        self.writer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    async def receive(self) -> dict[str, Any]:
        headers = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), PATIENCE)
        found = re.search(rb"Content-Length: (\d+)", headers)
        assert found and headers.startswith((b"Content-Length", b"Content-Type")), headers
        message: dict[str, Any] = json.loads(await self.reader.readexactly(int(found[1])))
        return message

    async def answer(self, identity: int) -> dict[str, Any]:
        while (message := await self.receive()).get("id") != identity:
            pass
        return message


def request(identity: int, method: str, params: Any) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": identity, "method": method, "params": params}).encode()


async def test_rubbish_does_not_end_the_server() -> None:
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "offbook", "lsp", "--stdio"],
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdin and process.stdout and process.stderr
    raw = Raw(process.stdout, process.stdin)
    raw.send(request(1, "initialize", {"processId": None, "rootUri": None, "capabilities": {}}))
    assert "result" in await raw.answer(1)
    raw.send(b"{ not json")
    raw.send(b"[]")
    raw.send(b'{"jsonrpc": "2.0"}')
    raw.send(b'{"jsonrpc": "2.0", "id": 7, "result": null}')
    raw.send(b'"\xff\xfe"')
    raw.send(request(2, "textDocument/codeAction", {"textDocument": 3}))
    answer = await raw.answer(2)
    assert answer["error"]["code"] == -32602
    assert answer["error"]["message"] == "the parameters of `textDocument/codeAction` are malformed"
    raw.send(request(3, "shutdown", None))
    assert (await raw.answer(3))["result"] is None
    raw.send(json.dumps({"jsonrpc": "2.0", "method": "exit"}).encode())
    assert await asyncio.wait_for(process.wait(), PATIENCE) == 0


async def test_the_server_leaves_when_its_client_is_gone() -> None:
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "offbook", "lsp"], stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdin and process.stdout
    raw = Raw(process.stdout, process.stdin)
    raw.send(request(1, "initialize", {"processId": None, "rootUri": None, "capabilities": {}}))
    await raw.answer(1)
    process.stdin.close()
    await asyncio.wait_for(process.wait(), PATIENCE)


async def test_one_client_is_served_over_tcp() -> None:
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "offbook", "lsp", "--tcp", "127.0.0.1:0"],
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr and process.stdout
    line = (await asyncio.wait_for(process.stderr.readline(), PATIENCE)).decode()
    port = int(line.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    raw = Raw(reader, writer)
    raw.send(request(1, "initialize", {"processId": None, "rootUri": None, "capabilities": {}}))
    assert (await raw.answer(1))["result"]["serverInfo"]["name"] == "offbook"
    with pytest.raises(OSError):
        await asyncio.open_connection("127.0.0.1", port)
    writer.close()
    assert await asyncio.wait_for(process.wait(), PATIENCE) == 0
    assert await process.stdout.read() == b""


NOISY = """
import os, subprocess, sys
from offbook.lsp import serve

make_server = serve.make_server

def make_noisy():
    server = make_server()

    @server.feature("test/noise")
    async def noise(ls, params):
        print("print", flush=True)
        os.write(1, b"descriptor")
        subprocess.run([sys.executable, "-c", "print('child')"], check=True)
        return {"stdin": os.read(0, 1).decode()}

    return server

serve.make_server = make_noisy
serve.serve_stdio()
"""


async def test_nothing_but_the_protocol_is_on_standard_output(connect, capfd) -> None:
    editor = await connect([sys.executable, "-c", NOISY])
    await editor.initialize(capabilities())
    assert await editor.request("test/noise", {}) == {"stdin": ""}
    await editor.client.shutdown_session()
    noise = capfd.readouterr().err
    assert "print" in noise and "descriptor" in noise and "child" in noise


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--tcp", "nowhere"], "`nowhere` is not HOST:PORT, such as 127.0.0.1:2087"),
        (["--tcp", "127.0.0.1:99999"], "`127.0.0.1:99999` is not HOST:PORT"),
        (["--tcp", "256.1.1.1:80"], "offbook: 256.1.1.1:80 cannot be opened"),
        (["--stdio", "--tcp", "127.0.0.1:0"], "choose one of --stdio and --tcp"),
    ],
)
async def test_wrong_addresses_are_told(arguments: list[str], message: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "offbook", "lsp", *arguments], stderr=asyncio.subprocess.PIPE
    )
    _, stderr = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert process.returncode == 2
    assert message in stderr.decode()
    assert "Traceback" not in stderr.decode()


async def test_a_ping_is_answered(editor: Editor) -> None:
    assert await editor.request("offbook/ping", {}) == {}
