"""What the stored execution counts tell about the run that they come from."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from offbook.notebook import CellId
from offbook.rules.views import NotebookView


class Ran(Struct, frozen=True):
    """A cell that ran, and its execution count."""

    cell: CellId
    count: int


def falling_counts(counts: Sequence[tuple[CellId, int | None]]) -> list[tuple[Ran, Ran]]:
    """Return the cells that ran before a cell above them, each with that cell."""
    highest: Ran | None = None
    early: list[tuple[Ran, Ran]] = []
    for cell, count in counts:
        if count is None:
            continue
        if highest is not None and count < highest.count:
            early.append((Ran(cell, count), highest))
        elif highest is None or count >= highest.count:
            highest = Ran(cell, count)
    return early


def cell_name(notebook: NotebookView, cell: CellId) -> str:
    """Return how messages name a cell: by its place, from 1."""
    return f"cell {notebook.number(cell) + 1}" if notebook.holds(cell) else "a cell that was deleted"
