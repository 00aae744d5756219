"""What a check has found, as values that every face can show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from offbook.diagnostics import Diagnostic
from offbook.notebook import CellId, Notebook, NotebookFile


@dataclass(frozen=True, slots=True)
class FoundCells:
    """What is kept of a notebook's cells: enough to show its findings.

    Attributes:
        total: how many cells the notebook has.
        known: the place among all cells, from 0, and the source of each cell that has a finding.
    """

    total: int
    known: Mapping[CellId, tuple[int, str]]

    @staticmethod
    def of(notebook: Notebook, diagnostics: Sequence[Diagnostic]) -> FoundCells:
        """Keep the cells of a notebook that have findings."""
        cells = dict.fromkeys(item.cell for item in diagnostics)
        known = {cell: (notebook.index(cell), notebook.cell(cell).source) for cell in cells}
        return FoundCells(len(notebook.cells), known)

    def index(self, cell: CellId) -> int:
        """Return the place of a cell with findings among all cells, from 0."""
        return self.known[cell][0]

    def source(self, cell: CellId) -> str:
        """Return the source of a cell with findings."""
        return self.known[cell][1]


@dataclass(frozen=True, slots=True)
class NotebookCheck:
    """One notebook's findings.

    Attributes:
        path: as the user named it.
        file: the file; ``None`` where it could not be read, and where nobody needs its text.
        diagnostics: the findings, in document order; without the file, they hold no edits and no refactorings.
        problem: why it could not be checked; empty otherwise.
        cells: the cells that have findings; ``None`` where it could not be read.
    """

    path: Path
    file: NotebookFile | None
    diagnostics: tuple[Diagnostic, ...] = ()
    problem: str = ""
    cells: FoundCells | None = None


@dataclass(frozen=True, slots=True)
class CheckReport:
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

    @property
    def clean(self) -> bool:
        """Whether every notebook could be read and nothing was found."""
        return not any(notebook.diagnostics or notebook.problem for notebook in self.notebooks)
