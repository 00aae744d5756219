"""The way into refactorings from a selection, and their result for clients that know no plans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from offbook.lsp.positions import wire_span
from offbook.lsp.proposals import ProposalData
from offbook.lsp.protocol import InvalidParamsError, RequestFailedError
from offbook.lsp.workspace_edit import edit_of_plan
from offbook.lsp.workspaces import project_around
from offbook.notebook import CellId
from offbook.refactor import Context, Offer, Refactoring, Refusal, Selection, refactorings
from offbook.wire import WireRange

if TYPE_CHECKING:
    from offbook.lsp.open_notebook import NotebookSession
    from offbook.lsp.server import OffbookServer

EXTRACT_MODULE = "offbook.extractModule"
"""The client's command for ``extract.module``, which has a dialog of its own: the notebook's URI, and the options."""

REFACTOR = "offbook.refactor"
"""The client's command for all others: the notebook's URI, the refactoring's id, and the options."""

MODULE = "extract.module"


def selection_in(notebook: NotebookSession, cell: str, place: WireRange | None) -> Selection:
    """Return what a range of our own messages selects; the whole cell without one."""
    if cell not in notebook.document:
        raise InvalidParamsError("this cell is not in the notebook any more")
    lines = notebook.document.cell(cell).document.lines
    return Selection(CellId(cell), wire_span(lines, place) if place is not None else None)


def offered(ls: OffbookServer, notebook: NotebookSession, selection: Selection) -> Iterator[types.CodeAction]:
    """Yield a code action for each refactoring that the selection can have; edits are made when one is chosen."""
    context = Context(notebook.current_analysis(), project_around(ls.session, notebook.path))
    for known in refactorings().values():
        found = known.offer(context, selection)
        action = _action(ls, notebook.uri, known, found) if found is not None else None
        if action is not None:
            yield action


def proposed(ls: OffbookServer, proposal: ProposalData) -> types.CodeAction | None:
    """Return the code action of the refactoring that mends a finding; ``None`` where there is none of that id."""
    known = refactorings().get(proposal.refactoring)
    if known is None or proposal.notebook not in ls.session.notebooks:
        return None
    return _action(ls, proposal.notebook, known, Offer(proposal.title, proposal.options))


def _action(ls: OffbookServer, uri: str, known: Refactoring[Any], offer: Offer) -> types.CodeAction | None:
    """Return what starts a refactoring; ``None`` for a client that can take none."""
    client = ls.session.client
    action = types.CodeAction(title=offer.title, kind=known.kind)
    if not client.applies_changes and client.resolves_edits:
        action.data = {"notebook": uri, "refactoring": known.id, "options": dict(offer.options)}
    elif client.applies_changes or client.applies_edits:
        action.title = f"{offer.title}…"
        action.command = _command(action.title, uri, known.id, dict(offer.options))
    else:
        return None
    return action


def _command(title: str, uri: str, refactoring: str, options: dict[str, object]) -> types.Command:
    if refactoring == MODULE:
        return types.Command(title, EXTRACT_MODULE, arguments=[uri, options])
    return types.Command(title, REFACTOR, arguments=[uri, refactoring, options])


async def refactoring_edit(
    ls: OffbookServer, uri: str, refactoring: str, options: Mapping[str, object]
) -> types.WorkspaceEdit:
    """Return a refactoring as an edit; definitions go to the suggested module where none is named.

    Raises:
        RequestFailedError: where it is refused; the message says why.
    """
    from offbook.lsp.plan_messages import as_sentence  # noqa: PLC0415  (not on the keystroke path)
    from offbook.lsp.planning import plan_open, suggest_module  # noqa: PLC0415

    notebook = ls.session.notebook(uri)
    if refactoring == MODULE and "to" not in options:
        options = {**options, "to": suggest_module(project_around(ls.session, notebook.path), notebook.path)}
    result, _ = await plan_open(ls.session, notebook, refactoring, options)
    if isinstance(result, Refusal):
        raise RequestFailedError(f"{as_sentence(result.reason)} {result.advice}".strip())
    if result.plan.unsafe:
        raise RequestFailedError("This is made only after a run before and after it: use `offbook` on the command line")
    return edit_of_plan(result, ls.session)
