"""``offbook/staged``: tells which notebooks the next commit concerns, and which of them are known to run."""

from __future__ import annotations

import asyncio
from pathlib import Path

from offbook.lsp.server import OffbookServer
from offbook.lsp.uris import path_of
from offbook.wire import StagedNotebookMessage, StagedParams, StagedResult
from offbook.wire.methods import STAGED


def register(server: OffbookServer) -> None:
    """Register the handler."""

    @server.message(STAGED)
    async def staged(ls: OffbookServer, params: StagedParams) -> StagedResult:
        folder = path_of(params.folder)
        if folder is None or not folder.is_dir():
            return StagedResult(notebooks=[], hook=False)
        return await asyncio.to_thread(_look, ls, folder)


def _look(ls: OffbookServer, folder: Path) -> StagedResult:
    from offbook.app.hook import staged_notebooks  # noqa: PLC0415  (off the keystroke path)
    from offbook.vcs import is_installed  # noqa: PLC0415

    found = [
        StagedNotebookMessage(notebook=ls.session.uri(item.path), verified=item.verified, problem=item.problem)
        for item in staged_notebooks(folder)
    ]
    return StagedResult(notebooks=found, hook=is_installed(folder))
