"""``textDocument/definition``: from cells and modules into cells, modules and installed libraries."""

from __future__ import annotations

import asyncio

from lsprotocol import types

from offbook.lsp.places import locations, place_at
from offbook.lsp.server import OffbookServer
from offbook.lsp.workspaces import project_around
from offbook.project.libraries import places_of, question_at
from offbook.project.project import Project
from offbook.refactor import Place


def register(server: OffbookServer) -> None:
    """Register the handler."""

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    async def definition(ls: OffbookServer, params: types.DefinitionParams) -> list[types.Location] | None:
        place = place_at(ls.session, params.text_document.uri, params.position)
        if place is None:
            return None
        project = project_around(ls.session, place.path)
        found = await asyncio.to_thread(project.definition, place)
        if all(_stands_at(item, place) for item in found):
            found = await _in_libraries(ls, project, place) or found
        return locations(ls.session, project, found) or None


def _stands_at(found: Place, place: Place) -> bool:
    """Tell whether what was found is the place itself: an import, whose definition is elsewhere."""
    return (found.path, found.cell) == (place.path, place.cell) and found.span.covers(place.span.start)


async def _in_libraries(ls: OffbookServer, project: Project, place: Place) -> list[Place]:
    text = project.read(place.path) if place.cell is None else ""
    asked = question_at("definition", project.root, place, project.analysis(place.path), text or "")
    if asked is None:
        return []
    question, source_map = asked
    return places_of(await ls.libraries.ask(question), place, source_map)
