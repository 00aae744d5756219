from __future__ import annotations

import asyncio
import json
import os
import sys
import textwrap
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from offbook_jupyter import child

FAKE = textwrap.dedent("""
    import json, os, sys, time
    def read():
        length = 0
        while (line := sys.stdin.buffer.readline()) not in (b"", b"\\r\\n"):
            length = int(line.split(b":")[1])
        return json.loads(sys.stdin.buffer.read(length)) if length else None
    def write(value):
        body = json.dumps(value).encode()
        sys.stdout.buffer.write(b"Content-Length: %d\\r\\n\\r\\n" % len(body) + body)
        sys.stdout.buffer.flush()
    stuck = False
    while (message := read()) is not None:
        if message["method"] == "about":
            write({"pid": os.getpid(), "environment": sorted(os.environ), "folder": os.getcwd()})
        elif message["method"] == "size":
            write({"size": len(message["text"])})
        elif message["method"] == "garbage":
            sys.stdout.buffer.write(b"hello\\r\\n\\r\\n"); sys.stdout.buffer.flush()
        elif message["method"] == "stick":
            stuck = True
            write({})
        else:
            write(message)
    if stuck:
        time.sleep(60)
""")


@pytest.fixture
def jp_server_config() -> dict[str, Any]:
    return {
        "ServerApp": {"jpserver_extensions": {"offbook_jupyter": True}},
        "OffbookApp": {
            "max_message_bytes": 100_000,
            "max_connections": 2,
            "max_all_connections": 3,
            "stop_seconds": 0.5,
        },
    }


@pytest.fixture
def fake_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stands in for the language server: answers at once, and misbehaves when it is asked to."""
    script = tmp_path / "fake_server.py"
    script.write_text(FAKE)
    monkeypatch.setattr(child, "COMMAND", (sys.executable, str(script)))


@pytest.fixture
def ask() -> Callable[..., Awaitable[dict[str, Any]]]:
    async def ask(socket: Any, method: str, **more: Any) -> dict[str, Any]:
        await socket.write_message(json.dumps({"method": method, **more}))
        answer = await asyncio.wait_for(socket.read_message(), 10)
        assert answer is not None, f"closed with {socket.close_code}"
        result: dict[str, Any] = json.loads(answer)
        return result

    return ask


@pytest.fixture
def gone() -> Callable[..., Awaitable[None]]:
    async def gone(pid: int, seconds: float) -> None:
        """Wait until a process has ended and was reaped."""

        async def poll() -> None:
            while True:
                try:
                    os.kill(pid, 0)
                except ProcessLookupError:
                    return
                await asyncio.sleep(0.02)

        await asyncio.wait_for(poll(), seconds)

    return gone
