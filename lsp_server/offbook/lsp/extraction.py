"""The way into "extract to a module" from a cursor, and its result for clients that know no plans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from offbook.lsp.positions import wire_span
from offbook.lsp.protocol import InvalidParamsError, RequestFailedError
from offbook.lsp.workspace_edit import edit_of_plan
from offbook.lsp.workspaces import project_around
from offbook.notebook import CellId
from offbook.refactor import Refusal
from offbook.text import Span
from offbook.wire import WireRange

if TYPE_CHECKING:
    from offbook.lsp.open_notebook import NotebookSession
    from offbook.lsp.server import OffbookServer

EXTRACT_MODULE = "offbook.extractModule"
"""The client's command that asks what to extract and shows the plan."""

REFACTORING = "extract.module"


def definitions_at(notebook: NotebookSession, cell: str, span: Span | None) -> list[str]:
    """Return the functions and classes of a cell that a span touches (all without one), in document order."""
    facts = notebook.current_analysis().facts.get(CellId(cell))
    if facts is None:
        return []
    touched = (item.name for item in facts.definitions if span is None or item.whole.overlaps(span))
    return list(dict.fromkeys(touched))


def definitions_in(notebook: NotebookSession, cell: str, place: WireRange | None) -> list[str]:
    """Return the functions and classes of a cell that a range of our own messages touches (all without one)."""
    if cell not in notebook.document:
        raise InvalidParamsError("this cell is not in the notebook any more")
    lines = notebook.document.cell(cell).document.lines
    return definitions_at(notebook, cell, wire_span(lines, place) if place is not None else None)


async def extraction_edit(ls: OffbookServer, uri: str, names: list[str]) -> types.WorkspaceEdit:
    """Return the extraction of some definitions to the suggested module, as an edit.

    Raises:
        RequestFailedError: where it is refused; the message says why.
    """
    from offbook.lsp.plan_messages import as_sentence  # noqa: PLC0415  (not on the keystroke path)
    from offbook.lsp.planning import plan_open, suggest_module  # noqa: PLC0415

    notebook = ls.session.notebook(uri)
    to = suggest_module(project_around(ls.session, notebook.path), notebook.path)
    result, _ = await plan_open(ls.session, notebook, REFACTORING, {"names": names, "to": to})
    if isinstance(result, Refusal):
        raise RequestFailedError(f"{as_sentence(result.reason)} {result.advice}".strip())
    return edit_of_plan(result.plan, ls.session)
