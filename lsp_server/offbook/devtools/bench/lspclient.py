"""A language client with nothing in it but the protocol's framing, so that what is timed is the server."""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, cast

Message = dict[str, Any]


class Client:
    """One server, started as a child process and spoken to over its standard streams."""

    def __init__(self, command: Sequence[str], folder: str) -> None:
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder
        )
        self._received: queue.Queue[tuple[int, Message]] = queue.Queue()
        self._last = 0
        threading.Thread(target=self._read, daemon=True).start()

    def start(self, folder: str) -> None:
        """Say hello as an editor that takes published diagnostics."""
        synchronization = {"dynamicRegistration": False, "executionSummarySupport": True}
        capabilities = {
            "textDocument": {"publishDiagnostics": {"versionSupport": True, "relatedInformation": True}},
            "notebookDocument": {"synchronization": synchronization},
            "general": {"positionEncodings": ["utf-16"]},
        }
        root = f"file://{folder}"
        folders = [{"uri": root, "name": "bench"}]
        params = {"processId": None, "rootUri": root, "workspaceFolders": folders, "capabilities": capabilities}
        self.request("initialize", params)
        self.notify("initialized", {})

    def notify(self, method: str, params: Message) -> None:
        """Send a notification."""
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def request(self, method: str, params: Message | None) -> Message:
        """Send a request and return its answer."""
        self._last += 1
        number = self._last
        self._send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        return self.wait(lambda message: message.get("id") == number and "method" not in message)[1]

    def wait(self, wanted: Callable[[Message], bool], seconds: float = 120) -> tuple[int, Message]:
        """Return the next message that is wanted, and when it was there (nanoseconds); others are dropped.

        Raises:
            TimeoutError: where none comes.
        """
        end = time.monotonic() + seconds
        while True:
            try:
                arrived, message = self._received.get(timeout=max(end - time.monotonic(), 0.001))
            except queue.Empty:
                raise TimeoutError(f"{self.process.args!r} did not answer") from None
            if "id" in message and "method" in message:  # a question of the server
                self._send({"jsonrpc": "2.0", "id": message["id"], "result": None})
            if wanted(message):
                return arrived, message

    def settle(self, seconds: float) -> None:
        """Take messages until none has come for so long."""
        with contextlib.suppress(TimeoutError):
            while True:
                self.wait(lambda _: True, seconds)

    def stop(self) -> None:
        """End the server."""
        with contextlib.suppress(TimeoutError, OSError):
            self.request("shutdown", None)
            self.notify("exit", {})
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        self.process.kill()
        self.process.wait()

    def _send(self, message: Message) -> None:
        assert self.process.stdin is not None, "started with a pipe"
        body = json.dumps(message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None, "started with a pipe"
        while True:
            length = 0
            while (line := stream.readline()) not in (b"\r\n", b""):
                if line.lower().startswith(b"content-length:"):
                    length = int(line[15:])
            if not length:
                return
            body = stream.read(length)
            self._received.put((time.perf_counter_ns(), cast(Message, json.loads(body))))
