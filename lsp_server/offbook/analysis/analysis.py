"""Everything that is known of one notebook: the value that rules and refactorings are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from offbook.analysis.cell import analyze_cell
from offbook.analysis.facts import CellFacts
from offbook.analysis.flow import Flow
from offbook.notebook import Cell, CellId, Notebook


@dataclass(frozen=True, eq=False)
class Analysis:
    """A notebook, the facts of its code cells, and the data flow between them.

    Attributes:
        notebook: the notebook.
        facts: what each code cell does, in document order.
        flow: the index from names to cells.
    """

    notebook: Notebook
    facts: Mapping[CellId, CellFacts]
    flow: Flow

    def facts_of(self, cell: CellId) -> CellFacts:
        """Return the facts of a code cell; ``KeyError`` for any other."""
        return self.facts[cell]

    @cached_property
    def cells(self) -> tuple[tuple[Cell, CellFacts], ...]:
        """The code cells and their facts, in document order."""
        return tuple((cell, self.facts[cell.id]) for cell in self.notebook.cells if cell.id in self.facts)


def analyze(notebook: Notebook, previous: Analysis | None = None) -> Analysis:
    """Analyse a notebook; what did not change since ``previous`` is taken from there."""
    facts = {cell.id: _facts(cell, previous) for cell in notebook.cells if cell.kind == "code"}
    if previous is None:
        return Analysis(notebook, facts, Flow.build(notebook, facts))
    known = previous.facts
    pairs = {cell: (known.get(cell), facts.get(cell)) for cell in known.keys() | facts.keys()}
    changes = {cell: (old, new) for cell, (old, new) in pairs.items() if old is not new}
    return Analysis(notebook, facts, previous.flow.updated(notebook, changes))


def _facts(cell: Cell, previous: Analysis | None) -> CellFacts:
    if previous is not None:
        known = previous.facts.get(cell.id)
        if known is not None and known.source == cell.source:
            return known
    return analyze_cell(cell.source)
