"""``offbook/candidates``: what a refactoring could be asked for."""

from __future__ import annotations

import asyncio

from offbook.errors import UserError
from offbook.lsp.extraction import REFACTORING, definitions_in
from offbook.lsp.server import OffbookServer
from offbook.lsp.workspaces import project_around
from offbook.wire import Candidate, CandidatesParams, CandidatesResult
from offbook.wire.methods import CANDIDATES


def register(server: OffbookServer) -> None:
    """Register the handler."""

    @server.message(CANDIDATES)
    async def candidates(ls: OffbookServer, params: CandidatesParams) -> CandidatesResult:
        from offbook.lsp.planning import module_choices, suggest_module  # noqa: PLC0415  (off the keystroke path)

        if params.refactoring != REFACTORING:
            raise UserError(f"there is nothing to choose for the refactoring `{params.refactoring}`")
        notebook = ls.session.notebook(params.notebook)
        project = project_around(ls.session, notebook.path)
        selected = definitions_in(notebook, params.cell, params.range) if params.cell is not None else []
        found = {
            item.name: Candidate(name=item.name, kind=item.kind, cell=cell.id, selected=item.name in selected)
            for cell, facts in notebook.current_analysis().cells
            for item in facts.definitions
        }
        return CandidatesResult(
            candidates=list(found.values()),
            modules=await asyncio.to_thread(module_choices, project, notebook.path),
            suggestion=suggest_module(project, notebook.path),
        )
