"""What a check has found, as values that every face can show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from offbook.diagnostics import Diagnostic
from offbook.notebook import CellId, Notebook, NotebookFile
from offbook.notebook.modulefile import is_module


def spoken_place(path: Path, cell: int, line: int) -> str:
    """Return how people name a place, both counted from 0: its cell and the line in it; in a module the line alone."""
    return f"line {line + 1}" if is_module(path) else f"cell {cell + 1}, line {line + 1}"


class FoundCells(Struct, frozen=True):
    """What is kept of a notebook's cells: enough to show its findings.

    Attributes:
        total: how many cells the notebook has.
        known: the place among all cells, from 0, and the source of each cell that findings name.
    """

    total: int
    known: Mapping[CellId, tuple[int, str]]

    @staticmethod
    def of(notebook: Notebook, diagnostics: Sequence[Diagnostic]) -> FoundCells:
        """Keep the cells of a notebook that have findings, and those that refactorings which mend them name."""
        known = {cell: (notebook.index(cell), notebook.cell(cell).source) for cell in _named(diagnostics)}
        return FoundCells(len(notebook.cells), known)

    def kept(self, diagnostics: Sequence[Diagnostic]) -> FoundCells:
        """Leave out the cells that these findings do not name."""
        return FoundCells(self.total, {cell: self.known[cell] for cell in _named(diagnostics)})

    def index(self, cell: CellId) -> int:
        """Return the place of a cell that a finding names among all cells, from 0."""
        return self.known[cell][0]

    def source(self, cell: CellId) -> str:
        """Return the source of a cell that a finding names."""
        return self.known[cell][1]


def _named(diagnostics: Sequence[Diagnostic]) -> Mapping[CellId, None]:
    return dict.fromkeys(
        cell for item in diagnostics for cell in (item.cell, *(item.proposal.cells if item.proposal else ()))
    )


class NotebookCheck(Struct, frozen=True):
    """One notebook's findings.

    Attributes:
        path: as the user named it.
        file: the file; ``None`` where it could not be read, and where nobody needs its text.
        diagnostics: the findings, in document order; without the file, they hold no edits.
        problem: why it could not be checked; empty otherwise.
        cells: the cells that findings name; ``None`` where it could not be read.
    """

    path: Path
    file: NotebookFile | None
    diagnostics: tuple[Diagnostic, ...] = ()
    problem: str = ""
    cells: FoundCells | None = None


class CheckReport(Struct, frozen=True):
    """The findings of one command."""

    notebooks: tuple[NotebookCheck, ...]
    seconds: float

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """All findings."""
        return [diagnostic for notebook in self.notebooks for diagnostic in notebook.diagnostics]

    @property
    def cells(self) -> int:
        """How many cells there are in all notebooks that could be read."""
        return sum(checked.cells.total for checked in self.notebooks if checked.cells)

    def count(self, number: int | None = None) -> str:
        """Return how many notebooks were checked, or so many of them, in words."""
        number = len(self.notebooks) if number is None else number
        noun = "file" if any(is_module(checked.path) for checked in self.notebooks) else "notebook"
        return f"{number} {noun}{'s' * (number != 1)}"

    @property
    def clean(self) -> bool:
        """Whether every notebook could be read and nothing was found."""
        return not any(notebook.diagnostics or notebook.problem for notebook in self.notebooks)
