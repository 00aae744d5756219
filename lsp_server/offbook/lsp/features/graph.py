"""``offbook/graph``: draws what flows between the cells of an open notebook."""

from __future__ import annotations

import asyncio

from offbook.lsp.server import OffbookServer
from offbook.lsp.uris import name_of
from offbook.lsp.workspaces import project_around
from offbook.refactor import Context
from offbook.wire import GraphParams, GraphResult
from offbook.wire.methods import GRAPH


def register(server: OffbookServer) -> None:
    """Register the handler."""

    @server.message(GRAPH)
    async def graph(ls: OffbookServer, params: GraphParams) -> GraphResult:
        from offbook.app.graph import draw_graph, make_graph  # noqa: PLC0415  (off the keystroke path)
        from offbook.app.graph.groups import find_groups  # noqa: PLC0415

        notebook = ls.session.notebook(params.notebook)
        context = Context(notebook.current_analysis(), project_around(ls.session, notebook.path))

        def draw() -> str:
            found = make_graph(context.analysis, find_groups(context))
            return draw_graph(found, f"Cells of {name_of(notebook.uri)}")

        return GraphResult(svg=await asyncio.to_thread(draw))
