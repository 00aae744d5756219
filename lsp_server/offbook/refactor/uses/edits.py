"""Edits of several cells, and the difference of two notebooks, as changes of the notebook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from offbook.notebook import CellChange, CellId, DeleteCell, InsertCell, Notebook, ReplaceSource
from offbook.refactor.plan import NotebookChange
from offbook.text import Edit, apply_edits


def edited(notebook: Notebook, edits: Mapping[CellId, Sequence[Edit]]) -> NotebookChange:
    """Return the change that carries out the edits of each cell's source."""
    changes = (ReplaceSource(cell, apply_edits(notebook.cell(cell).source, edits[cell])) for cell in edits)
    return NotebookChange(notebook.path, tuple(changes))


def difference(before: Notebook, after: Notebook) -> NotebookChange:
    """Return the changes that make one notebook of another; no cell changes its place."""
    return NotebookChange(before.path, tuple(_differences(before, after)))


def _differences(before: Notebook, after: Notebook) -> Iterator[CellChange]:
    there = {cell.id for cell in after.cells}
    yield from (DeleteCell(cell.id) for cell in before.cells if cell.id not in there)
    above: CellId | None = None
    new: list[CellChange] = []
    for cell in after.cells:
        if cell.id not in before:
            new.insert(0, InsertCell(above, cell))  # each is put right below the cell above: the last one first
            continue
        yield from new
        new.clear()
        above = cell.id
        if before.cell(cell.id).source != cell.source:
            yield ReplaceSource(cell.id, cell.source)
    yield from new
