"""The data flow between cells: for every name, which cells bind, read, mutate and delete it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from offbook.analysis.facts import Binding, CellFacts, DeferredRead, Deletion, Mutation, NameEvents, Read
from offbook.notebook import CellId, Notebook


class Occurrence(NamedTuple):
    """What one cell, the ``number``-th of all from 0, does with one name."""

    number: int
    cell: CellId
    events: NameEvents


class Flow:
    """An index from names to cells. It is immutable: :meth:`updated` shares all that did not change."""

    __slots__ = ("_names", "_notebook")

    def __init__(self, notebook: Notebook, names: Mapping[str, Mapping[CellId, NameEvents]]) -> None:
        self._notebook = notebook
        self._names = names

    @staticmethod
    def build(notebook: Notebook, facts: Mapping[CellId, CellFacts]) -> Flow:
        """Index all cells."""
        names: dict[str, dict[CellId, NameEvents]] = {}
        for cell, known in facts.items():
            for name, events in known.by_name.items():
                names.setdefault(name, {})[cell] = events
        return Flow(notebook, names)

    def updated(self, notebook: Notebook, changes: Mapping[CellId, tuple[CellFacts | None, CellFacts | None]]) -> Flow:
        """Return the index after some cells changed from the first to the second facts (``None``: not there)."""
        names = dict(self._names)
        for cell, (before, after) in changes.items():
            old = before.by_name if before else {}
            new = after.by_name if after else {}
            for name in old.keys() | new.keys():
                entry = dict(names.get(name, {}))
                if name in new:
                    entry[cell] = new[name]
                else:
                    entry.pop(cell, None)
                if entry:
                    names[name] = entry
                else:
                    names.pop(name, None)
        return Flow(notebook, names)

    @property
    def names(self) -> Mapping[str, Mapping[CellId, NameEvents]]:
        """Every name, and what each cell does with it; cells in no particular order."""
        return self._names

    def occurrences(self, name: str) -> list[Occurrence]:
        """Return what the cells do with a name, in document order."""
        entry = self._names.get(name, {})
        if len(entry) == 1:
            ((cell, events),) = entry.items()
            return [Occurrence(self._notebook.index(cell), cell, events)]
        return sorted(Occurrence(self._notebook.index(cell), cell, events) for cell, events in entry.items())

    def bindings(self, name: str) -> list[tuple[int, Binding]]:
        """Return where a name is bound: cell index and binding, in document order."""
        return [(found.number, item) for found in self.occurrences(name) for item in found.events.bindings]

    def reads(self, name: str) -> list[tuple[int, Read]]:
        """Return where cells look a name up while they run."""
        return [(found.number, item) for found in self.occurrences(name) for item in found.events.reads]

    def deferred(self, name: str) -> list[tuple[int, DeferredRead]]:
        """Return where functions' bodies look a name up."""
        return [(found.number, item) for found in self.occurrences(name) for item in found.events.deferred]

    def mutations(self, name: str) -> list[tuple[int, Mutation]]:
        """Return where the object of a name is changed in place."""
        return [(found.number, item) for found in self.occurrences(name) for item in found.events.mutations]

    def deletions(self, name: str) -> list[tuple[int, Deletion]]:
        """Return where a name is deleted."""
        return [(found.number, item) for found in self.occurrences(name) for item in found.events.deletions]

    def reaching(self, name: str, index: int) -> list[tuple[int, Binding]]:
        """Return the bindings that a run from the top leaves for cell number ``index`` to see.

        The nearest earlier cell that binds the name for certain ends the search; cells between that may bind it are
        included (reaching definitions, Aho et al., Compilers, section 9.2.4). Nearest first.
        """
        found: list[tuple[int, Binding]] = []
        for occurrence in reversed(self.occurrences(name)):
            if occurrence.number >= index:
                continue
            bindings = [binding for binding in occurrence.events.bindings if binding.kind != "global"]
            start = max((at for at, binding in enumerate(bindings) if binding.unconditional), default=0)
            found += ((occurrence.number, binding) for binding in reversed(bindings[start:]))
            if any(binding.definite for binding in bindings):
                break
        return found
