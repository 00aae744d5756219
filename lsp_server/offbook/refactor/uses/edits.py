"""Edits of several cells, as changes of the notebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from offbook.notebook import CellId, Notebook, ReplaceSource
from offbook.refactor.plan import NotebookChange
from offbook.text import Edit, apply_edits


def edited(notebook: Notebook, edits: Mapping[CellId, Sequence[Edit]]) -> NotebookChange:
    """Return the change that carries out the edits of each cell's source."""
    changes = (ReplaceSource(cell, apply_edits(notebook.cell(cell).source, edits[cell])) for cell in edits)
    return NotebookChange(notebook.path, tuple(changes))
