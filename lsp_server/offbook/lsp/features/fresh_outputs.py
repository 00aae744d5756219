"""``offbook/freshOutputs``: what the last check has shown, for a client that accepts it."""

from __future__ import annotations

from offbook.lsp.freshoutputs import fresh_outputs
from offbook.lsp.server import OffbookServer
from offbook.wire import FreshOutputsParams, FreshOutputsResult
from offbook.wire.methods import FRESH_OUTPUTS


def register(server: OffbookServer) -> None:
    """Register the handler."""

    @server.message(FRESH_OUTPUTS)
    async def fresh(ls: OffbookServer, params: FreshOutputsParams) -> FreshOutputsResult:
        return FreshOutputsResult(cells=fresh_outputs(ls.session.notebook(params.notebook)))
