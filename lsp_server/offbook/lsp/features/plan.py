"""``offbook/plan``: asks a refactoring for all that it would change."""

from __future__ import annotations

from offbook.lsp.extraction import definitions_in
from offbook.lsp.open_notebook import NotebookSession
from offbook.lsp.server import OffbookServer
from offbook.refactor import Refusal
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
        result, project = await plan_open(session, notebook, params.refactoring, _options(notebook, params))
        if isinstance(result, Refusal):
            return PlanResult(refusal=refusal_message(result, project, session))
        return PlanResult(plan=plan_message(result, session.plans.add(result), session))


def _options(notebook: NotebookSession, params: PlanParams) -> dict[str, object]:
    """Return the options; what is selected stands for what is not named."""
    options = dict(params.options)
    if params.cell is not None and not options.keys() & {"names", "cells", "everything"}:
        options["names"] = definitions_in(notebook, params.cell, params.range)
    return options
