"""``textDocument/references``: over the cells and modules of the workspace, open or not."""

from __future__ import annotations

import asyncio

from lsprotocol import types

from offbook.lsp.places import locations, place_at
from offbook.lsp.server import OffbookServer
from offbook.lsp.workspaces import project_around


def register(server: OffbookServer) -> None:
    """Register the handler."""

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    async def references(ls: OffbookServer, params: types.ReferenceParams) -> list[types.Location] | None:
        place = place_at(ls.session, params.text_document.uri, params.position)
        if place is None:
            return None
        project = project_around(ls.session, place.path)
        found = await asyncio.to_thread(project.references, place)
        if not params.context.include_declaration:
            definitions = await asyncio.to_thread(project.definition, place)
            found = [item for item in found if item not in definitions]
        return locations(ls.session, project, found) or None
