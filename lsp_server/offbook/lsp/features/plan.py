"""``offbook/plan``: asks a refactoring for all that it would change."""

from __future__ import annotations

from offbook.lsp.refactoring import selection_in
from offbook.lsp.server import OffbookServer
from offbook.lsp.workspaces import project_around
from offbook.refactor import Context, Refusal, find_refactoring
from offbook.wire import PlanParams, PlanResult
from offbook.wire.methods import PLAN


def register(server: OffbookServer) -> None:
    """Register the handler."""

    @server.message(PLAN)
    async def plan(ls: OffbookServer, params: PlanParams) -> PlanResult:
        from offbook.lsp.plan_messages import plan_message, refusal_message  # noqa: PLC0415  (off the keystroke path)
        from offbook.lsp.planning import plan_open  # noqa: PLC0415

        session = ls.session
        notebook = session.notebook(params.notebook)
        options = dict(params.options)
        if params.cell is not None:  # what is selected stands for what is not named
            context = Context(notebook.current_analysis(), project_around(session, notebook.path))
            selection = selection_in(notebook, params.cell, params.range)
            options = find_refactoring(params.refactoring).filled(context, selection, options)
        result, project = await plan_open(session, notebook, params.refactoring, options)
        if isinstance(result, Refusal):
            return PlanResult(refusal=refusal_message(result, project, session))
        return PlanResult(plan=plan_message(result, session.plans.add(result), session))
