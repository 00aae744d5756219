"""``offbook/ping``: answers, so that a client knows that the server is there."""

from __future__ import annotations

from offbook.lsp.server import OffbookServer
from offbook.wire import PingParams, PingResult
from offbook.wire.methods import PING


def register(server: OffbookServer) -> None:
    """Register the handler."""

    @server.message(PING)
    async def ping(_ls: OffbookServer, _params: PingParams) -> PingResult:
        return PingResult()
