"""``offbook/candidates``: what a refactoring could be asked for."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection

import msgspec

from offbook.lsp.refactoring import MODULE, selection_in
from offbook.lsp.server import OffbookServer
from offbook.lsp.workspaces import project_around
from offbook.refactor import Context, find_refactoring
from offbook.refactor.across.twins import defined_names, find_twins
from offbook.wire import Candidate, CandidatesParams, CandidatesResult
from offbook.wire.methods import CANDIDATES


def register(server: OffbookServer) -> None:
    """Register the handler."""

    @server.message(CANDIDATES)
    async def candidates(ls: OffbookServer, params: CandidatesParams) -> CandidatesResult:
        from offbook.lsp.planning import module_choices, suggest_module  # noqa: PLC0415  (off the keystroke path)

        refactoring = find_refactoring(params.refactoring)
        notebook = ls.session.notebook(params.notebook)
        project = project_around(ls.session, notebook.path)
        analysis = notebook.current_analysis()
        modules = await asyncio.to_thread(module_choices, project, analysis)
        suggestion = suggest_module(project, notebook.path)
        if refactoring.id != MODULE:
            return CandidatesResult(candidates=[], modules=modules, suggestion=suggestion)
        names: Collection[str] = ()
        if params.cell is not None:
            selection = selection_in(notebook, params.cell, params.range)
            found = refactoring.offer(Context(analysis, project), selection)
            names = msgspec.convert(found.options["names"], list[str]) if found is not None else ()
        twins = await asyncio.to_thread(find_twins, Context(analysis, project), defined_names(analysis))
        shared = Counter(name for twin in twins for name in twin.names)
        definitions = {
            item.name: Candidate(
                name=item.name,
                kind=item.kind,
                cell=cell.id,
                selected=item.name in names,
                others=shared[item.name],
            )
            for cell, facts in analysis.cells
            for item in facts.definitions
        }
        return CandidatesResult(
            candidates=list(definitions.values()),
            modules=modules,
            suggestion=suggestion,
        )
