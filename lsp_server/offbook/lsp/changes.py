"""Cell changes as messages for the client."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from offbook.notebook import (
    CellChange,
    DeleteCell,
    DropOutputs,
    InsertCell,
    MoveCell,
    ReplaceSource,
    TrimOutputs,
    new_cell_id,
)
from offbook.wire import (
    CellChangeMessage,
    DeleteCellMessage,
    DropOutputsMessage,
    InsertCellMessage,
    ReplaceSourceMessage,
    TrimOutputsMessage,
)


def change_messages(changes: Iterable[CellChange], source: Callable[[str], str]) -> list[CellChangeMessage]:
    """Return changes as messages.

    Args:
        changes: changes of one notebook.
        source: returns what a cell holds, which the client compares before it changes it.

    Raises:
        ValueError: for a change of stored outputs, which is made in files only.
    """
    return [message for change in changes for message in _messages(change, source)]


def _messages(change: CellChange, source: Callable[[str], str]) -> list[CellChangeMessage]:
    """Return a change as messages; a client moves a cell by deleting it and inserting it elsewhere."""
    if not isinstance(change, MoveCell):
        return [_message(change, source)]
    text = source(change.cell)
    new = InsertCellMessage(after=change.after, id=new_cell_id(text, (change.cell,)), cell_kind="code", source=text)
    return [DeleteCellMessage(cell=change.cell, before=text), new]


def _message(change: CellChange, source: Callable[[str], str]) -> CellChangeMessage:
    if isinstance(change, ReplaceSource):
        return ReplaceSourceMessage(cell=change.cell, before=source(change.cell), after=change.source)
    if isinstance(change, InsertCell):
        new = change.cell
        return InsertCellMessage(after=change.after, id=new.id, cell_kind=new.kind, source=new.source)
    if isinstance(change, DeleteCell):
        return DeleteCellMessage(cell=change.cell, before=source(change.cell))
    if isinstance(change, TrimOutputs):
        return TrimOutputsMessage(cell=change.cell, lines=change.lines)
    if isinstance(change, DropOutputs):
        return DropOutputsMessage(cell=change.cell, outputs=list(change.outputs), total=change.total)
    raise ValueError(f"{type(change).__name__} cannot be sent to a client")
