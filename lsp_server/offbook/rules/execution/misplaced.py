"""Values that a cell had from a cell below it, as the execution counts and the data flow tell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from offbook.analysis import History
from offbook.analysis.slices import slice_for
from offbook.notebook import CellId, Run
from offbook.rules.views import NotebookView

_MOST_CELLS = 300
"""In a larger notebook nothing is followed: this happens at a keystroke."""


class Misplaced(NamedTuple):
    """A cell, a name that it read, the cell below that gave it, and the cell above that gives it from the top."""

    reader: CellId
    name: str
    source: CellId
    above: CellId


def find_misplaced(notebook: NotebookView) -> Misplaced | None:
    """Return the first value that a run from top to bottom would take from another cell; ``None`` without any."""
    runs = sorted(_runs(notebook), key=lambda run: run.count)
    if len(runs) > _MOST_CELLS or len({run.count for run in runs}) != len(runs):
        return None
    executions = History.of(runs).executions
    for reader in sorted(executions, key=notebook.number):
        for rest in executions[reader].rests:
            if rest.name == rest.via and notebook.number(rest.cell) > notebook.number(reader):
                above = _binder_above(notebook, rest.name, notebook.number(reader))
                if above is not None and _leave_other_values(notebook, rest.name, above, rest.cell):
                    return Misplaced(reader, rest.name, rest.cell, above)
    return None


def _runs(notebook: NotebookView) -> Iterator[Run]:
    for cell, count in notebook.counts():
        facts = notebook.facts(cell)
        if count and facts is not None:
            yield Run(cell, facts.source, count)


def _binder_above(notebook: NotebookView, name: str, number: int) -> CellId | None:
    found = [item for item in notebook.occurrences(name) if item.number < number and item.events.binds]
    return found[-1].cell if found else None


def _leave_other_values(notebook: NotebookView, name: str, one: CellId, other: CellId) -> bool:
    """Tell whether two cells bind a name, and differ in how."""
    facts, others = notebook.facts(one), notebook.facts(other)
    if facts is None or others is None or not others.by_name[name].binds:
        return False
    return slice_for(facts, name).text != slice_for(others, name).text
