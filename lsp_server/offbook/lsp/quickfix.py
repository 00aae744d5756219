"""Fixes that change whole cells, as plans for clients that apply them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from offbook.lsp.fixdata import FixData
from offbook.lsp.session import Session
from offbook.text import Edit, apply_edits
from offbook.wire import (
    CellChangeMessage,
    DeleteCellMessage,
    InsertCellMessage,
    NotebookChangeMessage,
    PlanMessage,
    ReplaceSourceMessage,
)

APPLY_CHANGES = "offbook.applyChanges"
"""The client's command that applies a plan."""


def plan_of_fix(fix: FixData, session: Session) -> dict[str, Any] | None:
    """Return the plan of a fix, as JSON; ``None`` where it no longer fits."""
    notebook = session.notebooks.get(fix.notebook)
    if notebook is None:
        return None
    changes: list[CellChangeMessage] = list(_edited(fix, session))
    if len(changes) != len(fix.edits):
        return None
    for change in fix.changes:
        if not _fits(change, session):
            return None
        changes.append(change)
    message = PlanMessage(
        id="",
        refactoring="fix",
        title=fix.title,
        notebooks=[NotebookChangeMessage(uri=notebook.uri, version=notebook.document.version, changes=changes)],
        files=[],
        summary=[],
        warnings=[],
    )
    built: dict[str, Any] = msgspec.to_builtins(message)
    return built


def _edited(fix: FixData, session: Session) -> Iterator[ReplaceSourceMessage]:
    """Yield the edits inside cells as new sources."""
    for part in fix.edits:
        document = session.document(part.cell)
        if document is None or document.version != part.version:
            continue
        spans = ((session.codec.span(document.lines, edit.edit().range), edit.text) for edit in part.edits)
        after = apply_edits(document.text, [Edit(span, text) for span, text in spans])
        yield ReplaceSourceMessage(cell=part.cell, before=document.text, after=after)


def _fits(change: CellChangeMessage, session: Session) -> bool:
    """Tell whether the cells that a change names are still what it was made for."""
    target = change.after if isinstance(change, InsertCellMessage) else change.cell
    if target is None:
        return True
    document = session.document(target)
    if document is None:
        return False
    return not isinstance(change, ReplaceSourceMessage | DeleteCellMessage) or document.text == change.before
