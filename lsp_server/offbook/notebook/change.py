"""What can be changed in a notebook, as values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from offbook.notebook.model import Cell, CellId, Notebook
from offbook.notebook.reader import summarize_output
from offbook.notebook.trim import trimmed_shape


class ReplaceSource(Struct, frozen=True):
    """Give a cell a new source; all else of it stays."""

    cell: CellId
    source: str


class InsertCell(Struct, frozen=True):
    """Put a new cell behind the cell ``after``, or at the top (``None``).

    ``after`` names a cell of the original notebook; several insertions at one place keep their order.
    """

    after: CellId | None
    cell: Cell


class DeleteCell(Struct, frozen=True):
    """Take a cell away."""

    cell: CellId


class MoveCell(Struct, frozen=True):
    """Put a cell, with all that it holds, behind the cell ``after`` of the original notebook, or at the top."""

    cell: CellId
    after: CellId | None


class SetOutputs(Struct, frozen=True):
    """Give a code cell other outputs (in the notebook format's JSON) and another execution count."""

    cell: CellId
    outputs: tuple[dict[str, Any], ...] = ()
    execution_count: int | None = None


class TrimOutputs(Struct, frozen=True):
    """Keep the first ``lines`` lines of each stored text output, and say in the output how many were cut."""

    cell: CellId
    lines: int


class DropOutputs(Struct, frozen=True):
    """Take some of a cell's stored outputs away: their numbers, from 0, of ``total`` that it has."""

    cell: CellId
    outputs: tuple[int, ...]
    total: int


CellChange = ReplaceSource | InsertCell | DeleteCell | MoveCell | SetOutputs | TrimOutputs | DropOutputs


def apply_changes(notebook: Notebook, changes: Iterable[CellChange]) -> Notebook:
    """Return the notebook with all changes made; ``KeyError`` where one names a cell that is not there."""
    current: dict[CellId, Cell | None] = {cell.id: cell for cell in notebook.cells}
    inserted: dict[CellId | None, list[Cell]] = {}
    moves: list[MoveCell] = []
    for change in changes:
        if isinstance(change, InsertCell):
            if change.after is not None and change.after not in notebook:
                raise KeyError(change.after)
            inserted.setdefault(change.after, []).append(change.cell)
            continue
        cell = current[change.cell]
        if isinstance(change, MoveCell):
            if change.after is not None and change.after not in notebook:
                raise KeyError(change.after)
            moves.append(change)
        elif cell is None:
            continue
        elif isinstance(change, DeleteCell):
            current[change.cell] = None
        elif isinstance(change, ReplaceSource):
            current[change.cell] = replace(cell, source=change.source)
        elif isinstance(change, TrimOutputs):
            shapes = tuple(trimmed_shape(output, change.lines) for output in cell.outputs)
            current[change.cell] = replace(cell, outputs=shapes)
        elif isinstance(change, DropOutputs):
            left = tuple(output for number, output in enumerate(cell.outputs) if number not in change.outputs)
            current[change.cell] = replace(cell, outputs=left)
        else:
            outputs = tuple(map(summarize_output, change.outputs))
            current[change.cell] = replace(cell, outputs=outputs, execution_count=change.execution_count)
    for move in moves:
        moved, current[move.cell] = current[move.cell], None
        inserted.setdefault(move.after, []).extend([moved] if moved is not None else [])
    cells = list(inserted.get(None, ()))
    for identity, cell in current.items():
        if cell is not None:
            cells.append(cell)
        cells += inserted.get(identity, ())
    return replace(notebook, cells=tuple(cells))
