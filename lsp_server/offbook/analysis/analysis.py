"""Everything that is known of one notebook: the value that rules and refactorings are given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

from msgspec import Struct, field

from offbook.analysis.cell import analyze_cell
from offbook.analysis.facts import CellFacts
from offbook.analysis.flow import Flow
from offbook.analysis.history import History
from offbook.analysis.staleness import Stale, find_stale
from offbook.notebook import Cell, CellId, Notebook


class Edit(NamedTuple):
    """What changed from one analysis to the next.

    Attributes:
        before: the version of the analysis that was edited.
        cells: the cells that have other facts now.
        names: the names with which these cells do, or did, anything.
    """

    before: object
    cells: tuple[CellId, ...]
    names: frozenset[str]


class Analysis(Struct, frozen=True, eq=False, dict=True):
    """A notebook, the facts of its code cells, and the data flow between them.

    Attributes:
        notebook: the notebook.
        facts: what each code cell does, in document order.
        flow: the index from names to cells.
        history: what ran in the editor, and what it rested on.
        version: what tells it from all others.
        edit: how it came from another one, where no cell came, went or moved.
    """

    notebook: Notebook
    facts: Mapping[CellId, CellFacts]
    flow: Flow
    history: History = field(default_factory=History)
    version: object = field(default_factory=object)
    edit: Edit | None = None

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
    edited = notebook.edited_since(previous.notebook) if previous is not None else None
    if previous is not None and edited is not None:
        return _edited(notebook, edited, previous)
    facts = {cell.id: _facts(cell, previous) for cell in notebook.cells if cell.kind == "code"}
    if previous is None:
        return Analysis(notebook, facts, Flow.build(notebook, facts), History.of(notebook.runs))
    known = previous.facts
    pairs = {cell: (known.get(cell), facts.get(cell)) for cell in known.keys() | facts.keys()}
    changes = {cell: (old, new) for cell, (old, new) in pairs.items() if old is not new}
    history = History.of(notebook.runs, previous.history)
    return Analysis(notebook, facts, previous.flow.updated(notebook, changes), history)


def _edited(notebook: Notebook, cells: Iterable[CellId], previous: Analysis) -> Analysis:
    """Analyse the cells that differ, and nothing else."""
    facts = dict(previous.facts)
    changes: dict[CellId, tuple[CellFacts | None, CellFacts | None]] = {}
    for cell in cells:
        before = facts.get(cell)
        if before is not None:
            after = facts[cell] = _facts(notebook.cell(cell), previous)
            if after is not before:
                changes[cell] = (before, after)
    names = frozenset(name for pair in changes.values() for known in pair if known for name in known.by_name)
    flow = previous.flow.updated(notebook, changes)
    edit = Edit(previous.version, tuple(changes), names)
    return Analysis(notebook, facts, flow, History.of(notebook.runs, previous.history), edit=edit)


def _facts(cell: Cell, previous: Analysis | None) -> CellFacts:
    if previous is not None:
        known = previous.facts.get(cell.id)
        if known is not None and known.source == cell.source:
            return known
    return analyze_cell(cell.source)
