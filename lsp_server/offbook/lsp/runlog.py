"""What a client was seen to run in one open notebook, and the execution counts that were last saved."""

from __future__ import annotations

from collections.abc import Mapping

from offbook.lsp.notebooks import OpenCell, OpenNotebook
from offbook.lsp.stored import StoredCells
from offbook.notebook import CellId, Run

_MOST = 10_000
"""So many runs are kept; without the oldest, less is known and less is said."""


class RunLog:
    """Notes the runs of one open notebook from the execution counts that a client tells.

    The counts at the start are those of the file. They tell in which order the cells ran before.

    Attributes:
        runs: what ran, one after another.
        counts: the execution counts in the file, as far as the client told them, by cell.
    """

    def __init__(self, notebook: OpenNotebook) -> None:
        self.runs: tuple[Run, ...] = ()
        self._live = False
        self._started: dict[str, str] = {}
        self.counts: Mapping[str, int | None] = {}
        self.reset(notebook)

    def reset(self, notebook: OpenNotebook) -> None:
        """Take the counts of a notebook that was just opened, or loaded again, for those in the file."""
        ran = sorted((cell for cell in notebook.cells if cell.count), key=lambda cell: cell.count or 0)
        distinct = len({cell.count for cell in ran}) == len(ran)
        self.runs = tuple(_run(cell) for cell in ran) if distinct else ()
        self._live = False
        self.save(notebook)

    def save(self, notebook: OpenNotebook) -> None:
        """Take the counts of a notebook for those in the file."""
        self.counts = {cell.uri: cell.count for cell in notebook.cells}

    def start(self, cell: OpenCell) -> None:
        """Note that a cell starts to run; what is edited from now on did not run."""
        self._started[cell.uri] = cell.document.text

    def follow(self, before: OpenNotebook, after: OpenNotebook) -> None:
        """Note the runs that a change of the notebook tells of."""
        if before is after:
            return
        ran = [
            cell
            for cell in after.cells
            if cell.count and cell.uri in before and before.cell(cell.uri).count != cell.count
        ]
        ran.sort(key=lambda cell: cell.count or 0)
        if len(ran) > 1 and not self._follow_each_other(ran):
            self.reset(after)
            return
        for cell in ran:
            self._note(cell)
        if len(self._started) > len(after.cells):
            self._started = {cell: source for cell, source in self._started.items() if cell in after}

    def tell(self, before: OpenNotebook, after: OpenNotebook, first: frozenset[str]) -> None:
        """Note the runs that a message about outputs tells of.

        Args:
            before: the notebook before the message.
            after: the notebook with its counts.
            first: the cells that were never in such a message: theirs are the counts of the file.
        """
        loaded = [uri for uri in first if after.cell(uri).count and before.cell(uri).count is None]
        if loaded and not self._live:
            self.reset(after)
        elif not loaded:
            self.follow(before, after)

    def saved(self, notebook: OpenNotebook, stored: StoredCells) -> tuple[tuple[CellId, int | None], ...]:
        """Return the counts in the file; of a client that tells none, those that were read from it."""
        return tuple((CellId(cell), _known(cell, count, notebook, stored)) for cell, count in self.counts.items())

    def _note(self, cell: OpenCell) -> None:
        """Note a run; a count that is only told again is none."""
        self._live = True
        run = _run(cell, self._started.pop(cell.uri, None))
        last = next((known for known in reversed(self.runs) if known.cell == cell.uri), None)
        again = last == run and run.count != self.runs[-1].count + 1
        if not again:
            self.runs = (*self.runs[-_MOST + 1 :], run)

    def _follow_each_other(self, ran: list[OpenCell]) -> bool:
        """Tell whether counts that came at once are those of runs: the next ones, or the first of a new kernel."""
        counts = [cell.count or 0 for cell in ran]
        highest = self.runs[-1].count if self.runs else 0
        return counts[0] in (1, highest + 1) and counts == list(range(counts[0], counts[0] + len(counts)))


def _run(cell: OpenCell, source: str | None = None) -> Run:
    return Run(CellId(cell.uri), cell.document.text if source is None else source, cell.count or 0, cell.success)


def _known(cell: str, count: int | None, notebook: OpenNotebook, stored: StoredCells) -> int | None:
    if count is None and cell in stored and cell in notebook and not notebook.cell(cell).counted:
        return stored[cell].execution_count
    return count
