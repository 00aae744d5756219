"""``textDocument/rename`` and ``prepareRename``: over the cells and modules of the workspace, open or not."""

from __future__ import annotations

import asyncio

from lsprotocol import types

from offbook.lsp.places import place_at
from offbook.lsp.server import OffbookServer
from offbook.lsp.workspace_edit import edit_of_sources
from offbook.lsp.workspaces import project_around


def register(server: OffbookServer) -> None:
    """Register the handlers."""

    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    async def prepare_rename(
        ls: OffbookServer, params: types.PrepareRenameParams
    ) -> types.PrepareRenamePlaceholder | None:
        document = ls.session.document(params.text_document.uri)
        place = place_at(ls.session, params.text_document.uri, params.position)
        if place is None or document is None:
            return None
        name, span = await asyncio.to_thread(project_around(ls.session, place.path).name_at, place)
        return types.PrepareRenamePlaceholder(ls.session.codec.range(document.lines, span), name)

    @server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    async def rename(ls: OffbookServer, params: types.RenameParams) -> types.WorkspaceEdit | None:
        place = place_at(ls.session, params.text_document.uri, params.position)
        if place is None:
            return None
        project = project_around(ls.session, place.path)
        changes = await asyncio.to_thread(project.rename, place, params.new_name)
        return await asyncio.to_thread(edit_of_sources, changes, ls.session)
