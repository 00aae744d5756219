"""Tells whether a cell can change places with others without any of them noticing."""

from __future__ import annotations

import ast
import builtins

from offbook.analysis import Analysis, NameEvents
from offbook.notebook import Cell, CellId, may_fail
from offbook.refactor.history import history_use
from offbook.refactor.moving.quiet import Quiet

_EMPTY = NameEvents((), (), (), (), ())


class Crossing:
    """Judges moves in one notebook; answers are reasons in words, empty where a move changes nothing."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.notebook = analysis.notebook

    def up(self, cell: CellId, above: CellId) -> str:
        """Return why a cell cannot go up, to stand above another one."""
        first, last = self.notebook.index(above), self.notebook.index(cell)
        reason = self._common(cell) or self._loud(cell)
        if reason:
            return reason
        for other in self.notebook.cells[first:last]:
            reason = self._swap(cell, other, first)
            if reason:
                return reason
        return self._needs(cell, first)

    def down(self, cell: CellId, below: CellId) -> str:
        """Return why a cell cannot go down, to stand below another one."""
        first, last = self.notebook.index(cell), self.notebook.index(below)
        this = self.notebook.cell(cell)
        reason = self._common(cell)
        if reason:
            return reason
        for other in self.notebook.cells[first + 1 : last + 1]:
            if other.id not in self.analysis.facts:
                continue
            reason = self._loud(other.id) or self._swap(other.id, this, first)
            if reason:
                return reason
        return self._needs(below, last + 1)

    def _common(self, cell: CellId) -> str:
        history = history_use(self.analysis)
        if history is not None:
            return f"cell {self._number(history[0])} reads the history (`{history[2]}`)"
        if may_fail(self.notebook.cell(cell)):
            return f"cell {self._number(cell)} is expected to fail"
        return ""

    def _loud(self, cell: CellId) -> str:
        loud = Quiet(self.analysis, self.analysis.facts_of(cell)).loud
        return f"cell {self._number(cell)} does more than give names values: {loud}" if loud else ""

    def _swap(self, quiet: CellId, other: Cell, first: int) -> str:
        """Return why a quiet cell and another one cannot change places; what is bound above ``first`` is known."""
        facts = self.analysis.facts.get(other.id)
        if facts is None:
            return ""
        own, number = self.analysis.facts_of(quiet), self._number(other.id)
        if facts.tree is None or facts.opaque:
            return f"cell {number} may bind any name"
        why = Quiet(self.analysis, own).hindrance(facts.source)
        if why:
            return f"cell {number} {why}"
        for name, events in own.by_name.items():
            theirs = facts.by_name.get(name, _EMPTY)
            if events.bindings and (theirs.bindings or theirs.mutations or theirs.deletions):
                return f"cells {self._number(quiet)} and {number} both give `{name}` a value"
            guarded = [read.guarded for read in theirs.reads] + [read.guarded for read in theirs.deferred]
            if events.bindings and any(guarded):
                return f"cell {number} asks whether there is a `{name}`"
            if events.bindings and (theirs.reads or theirs.deferred) and self._known(name, first):
                return f"cell {number} reads the `{name}` that an earlier cell gives it"
            if events.reads and not events.bindings and theirs != _EMPTY and not self._is_fixed(name):
                return f"cells {self._number(quiet)} and {number} both use `{name}`"
        return ""

    def _needs(self, cell: CellId, first: int) -> str:
        """Return which name a cell, or a function that it defines, would not find at its new place."""
        facts = self.analysis.facts_of(cell)
        for name, events in facts.by_name.items():
            looked_up = events.deferred or any(read.exposure != "local" for read in events.reads)
            if not looked_up or events.binds or hasattr(builtins, name):
                continue
            later = [number for number, _ in self.analysis.flow.bindings(name) if number >= first]
            if later and not self._known(name, first):
                return f"cell {self._number(cell)} needs `{name}`, which cell {later[0] + 1} binds"
        return ""

    def _known(self, name: str, index: int) -> bool:
        return bool(self.analysis.flow.reaching(name, index))

    def _is_fixed(self, name: str) -> bool:
        """Tell whether a name is a module, function, class, number or text for good."""
        bindings = self.analysis.flow.bindings(name)
        node = bindings[0][1].node if len(bindings) == 1 else None
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            return True
        kinds = {binding.kind for _, binding in bindings}
        return not bindings or (kinds <= {"import"}) or (len(bindings) == 1 and kinds <= {"function", "class"})

    def _number(self, cell: CellId) -> int:
        return self.notebook.index(cell) + 1
