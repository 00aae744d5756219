"""``offbook/outputs``: the shapes of outputs, which LSP does not carry."""

from __future__ import annotations

from offbook.lsp.server import OffbookServer
from offbook.wire import OutputsParams
from offbook.wire.methods import OUTPUTS


def register(server: OffbookServer) -> None:
    """Register the handler."""

    @server.message(OUTPUTS)
    def outputs(ls: OffbookServer, params: OutputsParams) -> None:
        notebook = ls.session.notebooks.get(params.notebook)
        if notebook is not None:
            notebook.take_outputs(params.cells)
            ls.diagnoser.touch(params.notebook)
