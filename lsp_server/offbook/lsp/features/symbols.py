"""``textDocument/documentSymbol`` and ``workspace/symbol``."""

from __future__ import annotations

import asyncio

from lsprotocol import types

from offbook.analysis import analyze_cell
from offbook.lsp.places import locations
from offbook.lsp.positions import PositionCodec
from offbook.lsp.server import OffbookServer
from offbook.lsp.workspaces import project_around
from offbook.project.outline import OutlineItem, outline_of
from offbook.text import Lines

_KINDS = {
    "function": types.SymbolKind.Function,
    "method": types.SymbolKind.Method,
    "class": types.SymbolKind.Class,
    "variable": types.SymbolKind.Variable,
    "constant": types.SymbolKind.Constant,
}
_LIMIT = 200
"""So many symbols answer one query."""


def register(server: OffbookServer) -> None:
    """Register the handlers."""

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def document_symbol(ls: OffbookServer, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol] | None:
        document = ls.session.document(params.text_document.uri)
        if document is None or document.language != "python":
            return None
        found = outline_of(analyze_cell(document.text))
        return [_symbol(item, document.lines, ls.session.codec) for item in found]

    @server.feature(types.WORKSPACE_SYMBOL)
    async def workspace_symbol(
        ls: OffbookServer, params: types.WorkspaceSymbolParams
    ) -> list[types.SymbolInformation] | None:
        found: list[types.SymbolInformation] = []
        for root in ls.session.roots:
            project = project_around(ls.session, root / "any")
            for place, item in await asyncio.to_thread(project.find_symbols, params.query, _LIMIT):
                for location in locations(ls.session, project, [place]):
                    kind, container = _KINDS[item.kind], place.path.name
                    found.append(types.SymbolInformation(location, item.name, kind, container_name=container))
        return found[:_LIMIT]


def _symbol(item: OutlineItem, lines: Lines, codec: PositionCodec) -> types.DocumentSymbol:
    return types.DocumentSymbol(
        item.name,
        _KINDS[item.kind],
        codec.range(lines, item.whole),
        codec.range(lines, item.span),
        children=[_symbol(child, lines, codec) for child in item.children],
    )
