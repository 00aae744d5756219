"""``textDocument/hover``: what a name is, where it comes from, and its documentation."""

from __future__ import annotations

import asyncio

from lsprotocol import types

from offbook.lsp.places import place_at
from offbook.lsp.server import OffbookServer
from offbook.lsp.workspaces import project_around
from offbook.project.libraries import question_at


def register(server: OffbookServer) -> None:
    """Register the handler."""

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(ls: OffbookServer, params: types.HoverParams) -> types.Hover | None:
        place = place_at(ls.session, params.text_document.uri, params.position)
        document = ls.session.document(params.text_document.uri)
        if place is None or document is None:
            return None
        project = project_around(ls.session, place.path)
        found = await asyncio.to_thread(project.describe, place)
        if found is not None:
            return types.Hover(_markdown(found[0]), ls.session.codec.range(document.lines, found[1]))
        analysis = project.analysis(place.path)
        asked = question_at("documentation", project.root, place, analysis, document.text)
        if asked is None:
            return None
        answer = await ls.libraries.ask(asked[0])
        return types.Hover(_markdown(answer.documentation)) if answer.documentation else None


def _markdown(text: str) -> types.MarkupContent:
    return types.MarkupContent(types.MarkupKind.Markdown, text)
