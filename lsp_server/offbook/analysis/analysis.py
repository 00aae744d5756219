"""Everything that is known of one notebook: the value that rules and refactorings are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from offbook.analysis.cell import analyze_cell
from offbook.analysis.facts import CellFacts
from offbook.analysis.flow import Flow
from offbook.analysis.history import History
from offbook.analysis.staleness import Stale, find_stale
from offbook.notebook import Cell, CellId, Notebook


@dataclass(frozen=True, eq=False)
class Analysis:
    """A notebook, the facts of its code cells, and the data flow between them.

    Attributes:
        notebook: the notebook.
        facts: what each code cell does, in document order.
        flow: the index from names to cells.
        history: what ran in the editor, and what it rested on.
    """

    notebook: Notebook
    facts: Mapping[CellId, CellFacts]
    flow: Flow
    history: History = field(default_factory=History)

    def facts_of(self, cell: CellId) -> CellFacts:
        """Return the facts of a code cell; ``KeyError`` for any other."""
        return self.facts[cell]

    @cached_property
    def cells(self) -> tuple[tuple[Cell, CellFacts], ...]:
        """The code cells and their facts, in document order."""
        return tuple((cell, self.facts[cell.id]) for cell in self.notebook.cells if cell.id in self.facts)

    @cached_property
    def stale(self) -> Mapping[CellId, Stale]:
        """The cells whose last run no longer matches the code; those that run now, or were cleared, are left out."""
        if not self.notebook.runs:
            return {}
        ran, cell_of = self.history.executions, self.notebook.cell
        return {
            cell: why
            for cell, why in find_stale(self.history, self.facts).items()
            if cell in self.facts and cell_of(cell).execution_count == ran[cell].count
        }


def analyze(notebook: Notebook, previous: Analysis | None = None) -> Analysis:
    """Analyse a notebook; what did not change since ``previous`` is taken from there."""
    facts = {cell.id: _facts(cell, previous) for cell in notebook.cells if cell.kind == "code"}
    if previous is None:
        return Analysis(notebook, facts, Flow.build(notebook, facts), History.of(notebook.runs))
    known = previous.facts
    pairs = {cell: (known.get(cell), facts.get(cell)) for cell in known.keys() | facts.keys()}
    changes = {cell: (old, new) for cell, (old, new) in pairs.items() if old is not new}
    history = History.of(notebook.runs, previous.history)
    return Analysis(notebook, facts, previous.flow.updated(notebook, changes), history)


def _facts(cell: Cell, previous: Analysis | None) -> CellFacts:
    if previous is not None:
        known = previous.facts.get(cell.id)
        if known is not None and known.source == cell.source:
            return known
    return analyze_cell(cell.source)
