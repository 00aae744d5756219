"""``textDocument/definition``: from cells and modules into cells and modules."""

from __future__ import annotations

import asyncio

from lsprotocol import types

from offbook.lsp.places import locations, place_at
from offbook.lsp.server import OffbookServer
from offbook.lsp.workspaces import project_around


def register(server: OffbookServer) -> None:
    """Register the handler."""

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    async def definition(ls: OffbookServer, params: types.DefinitionParams) -> list[types.Location] | None:
        place = place_at(ls.session, params.text_document.uri, params.position)
        if place is None:
            return None
        project = project_around(ls.session, place.path)
        found = await asyncio.to_thread(project.definition, place)
        return locations(ls.session, project, found) or None
