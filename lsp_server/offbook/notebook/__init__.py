"""Notebooks as frozen values: read, written byte-faithfully, and seen as Python."""

from offbook.notebook.change import (
    CellChange,
    DeleteCell,
    DropOutputs,
    InsertCell,
    MoveCell,
    ReplaceSource,
    SetOutputs,
    TrimOutputs,
    apply_changes,
)
from offbook.notebook.file import NotebookFile
from offbook.notebook.ipython import Magic, MaskedSource, mask
from offbook.notebook.marks import holds_parameters, is_excused, is_skipped, marks_of, may_fail
from offbook.notebook.model import Cell, CellId, CellKind, Notebook, Output, OutputKind, Run, new_cell_id
from offbook.notebook.reader import NotebookError, PointerError, read_notebook
from offbook.notebook.sourcemap import SourceMap, python_view

__all__ = [
    "Cell",
    "CellChange",
    "CellId",
    "CellKind",
    "DeleteCell",
    "DropOutputs",
    "InsertCell",
    "Magic",
    "MaskedSource",
    "MoveCell",
    "Notebook",
    "NotebookError",
    "NotebookFile",
    "Output",
    "OutputKind",
    "PointerError",
    "ReplaceSource",
    "Run",
    "SetOutputs",
    "SourceMap",
    "TrimOutputs",
    "apply_changes",
    "holds_parameters",
    "is_excused",
    "is_skipped",
    "marks_of",
    "mask",
    "may_fail",
    "new_cell_id",
    "python_view",
    "read_notebook",
]
