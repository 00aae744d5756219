"""Which outputs no longer show what the code gives, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from offbook.analysis.facts import CellFacts
from offbook.analysis.history import History, Rest
from offbook.analysis.slices import code_of, slice_for
from offbook.notebook import CellId


class Stale(NamedTuple):
    """Why a cell's output is out of date.

    Attributes:
        cause: the cell that was edited or ran again; the cell itself where its own code was edited.
        name: the name whose value came from there; empty where that is the cell itself.
        how: what happened to that cell after the output was made.
    """

    cause: CellId
    name: str
    how: Literal["edited", "ran"]


def find_stale(history: History, facts: Mapping[CellId, CellFacts]) -> dict[CellId, Stale]:
    """Return the cells whose last run no longer matches the code, or values that have been made anew since.

    Args:
        history: what ran.
        facts: what the cells hold now.
    """
    search = _Search(history, facts)
    for cell in sorted(search.edited | history.repeated, key=lambda cell: history.executions[cell].number):
        search.spread(cell)
    found = search.found
    for cell in search.edited:
        if code_of(facts[cell]) != code_of(history.executions[cell].facts):
            found[cell] = Stale(cell, "", "edited")
    return found


class _Search:
    """Follows the values of changed cells to those that used them."""

    def __init__(self, history: History, facts: Mapping[CellId, CellFacts]) -> None:
        self._history = history
        self._facts = facts
        self._seen: set[tuple[CellId, str]] = set()
        self.found: dict[CellId, Stale] = {}
        self.edited = {
            cell
            for cell, execution in history.executions.items()
            if cell in facts and facts[cell] is not execution.facts and facts[cell].source != execution.facts.source
        }

    def spread(self, changed: CellId) -> None:
        """Find the cells that rest on a cell that was edited or ran again."""
        waiting: list[tuple[CellId, str, Stale]] = []
        for reader, rest in self._history.readers.get(changed, ()):
            how = self._change_of(reader, rest)
            if how is not None:
                waiting.append((reader, rest.via, Stale(changed, rest.name, how)))
        while waiting:
            cell, name, why = waiting.pop()
            if (cell, name) in self._seen:
                continue
            self._seen.add((cell, name))
            if cell != why.cause:
                self.found.setdefault(cell, why)
            number = self._history.executions[cell].number
            for reader, rest in self._history.readers.get(cell, ()):
                if rest.number == number and name in slice_for(rest.facts, rest.name).needs:
                    waiting.append((reader, rest.via, why))

    def _change_of(self, reader: CellId, rest: Rest) -> Literal["edited", "ran"] | None:
        """Tell what happened to the code or the run that made a value, since a cell used it."""
        now = self._facts.get(rest.cell)
        if now is None:
            return None
        used = slice_for(rest.facts, rest.name)
        if now is not rest.facts and slice_for(now, rest.name).text != used.text:
            return "edited"
        last, own = self._history.executions[rest.cell], self._history.executions[reader]
        again = last.number > rest.number and last.kernel == own.kernel and last.success
        return "ran" if again and not used.repeatable else None
