"""The WebSocket that carries LSP, one JSON message a text frame, to a language server of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from jupyter_server.auth.decorator import authorized, ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from offbook_jupyter.child import LanguageServerProcess
from offbook_jupyter.connections import Connections
from offbook_jupyter.framing import FramingError
from offbook_jupyter.servers import LanguageServers

UNSUPPORTED_DATA = 1003
SERVER_ENDED = 1011
TOO_MANY = 1013


class LanguageServerSocket(WebSocketMixin, WebSocketHandler, JupyterHandler):
    """One page's connection. Only a user who may execute code gets one, since the run check runs code."""

    auth_resource = "offbook"

    def initialize(self, servers: LanguageServers, connections: Connections, max_message_bytes: int) -> None:
        """Take the bounds from the extension."""
        super().initialize()
        self._servers = servers
        self._connections = connections
        self._max_message_bytes = max_message_bytes
        self._child: LanguageServerProcess | None = None
        self._counted: str | None = None
        self._closed = False
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def max_message_size(self) -> int:
        """The largest frame that tornado takes; a larger one closes the connection with 1009."""
        return self._max_message_bytes

    @ws_authenticated
    @authorized(action="execute", resource="offbook")  # type: ignore[untyped-decorator] # its inner function is untyped
    async def get(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        """Upgrade to a WebSocket."""
        await super().get(*args, **kwargs)

    async def open(self, *args: Any, **kwargs: Any) -> None:
        """Start the language server."""
        super().open(*args, **kwargs)
        user = self.current_user.username
        if not self._connections.enter(user):
            self.close(TOO_MANY, "too many pages already have a language server")
            return
        self._counted = user
        try:
            child = await self._servers.start()
        except OSError as error:
            self.log.error("offbook: the language server does not start: %s", error)
            self.close(SERVER_ENDED, "the language server does not start")
            return
        if self._closed:
            await self._servers.stop(child)
            return
        self._child = child
        self._spawn(self._pump(child))

    async def on_message(self, message: str | bytes) -> None:
        """Pass a message on. Tornado reads the next frame when this is done, so a flood waits in the network."""
        if isinstance(message, bytes):
            self.close(UNSUPPORTED_DATA, "text frames only")
        elif self._child is not None:
            try:
                await self._child.write(message)
            except (ConnectionError, RuntimeError):
                self.close(SERVER_ENDED, "the language server ended")

    def on_close(self) -> None:
        """Stop the language server."""
        self._closed = True
        if self.ping_callback is not None:
            self.ping_callback.stop()
        if self._counted is not None:
            self._connections.leave(self._counted)
            self._counted = None
        if self._child is not None:
            self._spawn(self._servers.stop(self._child))
            self._child = None

    async def _pump(self, child: LanguageServerProcess) -> None:
        """Pass on what the language server says, until it ends."""
        try:
            while (message := await child.read()) is not None:
                await self.write_message(message)
        except WebSocketClosedError:
            return
        except FramingError as error:
            self.log.error("offbook: language server %d: %s", child.pid, error)
        self.close(SERVER_ENDED, "the language server ended")

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Keep a reference to a task while it runs."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
