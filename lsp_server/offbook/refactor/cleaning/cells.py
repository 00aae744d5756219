"""Which cells a notebook does not need, and why others that look like it stay."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from offbook.analysis import Analysis, CellFacts
from offbook.analysis.exploration import CellsOf, is_discussed, needless_look, repeated_descriptions
from offbook.notebook import Cell, CellId, TrimOutputs
from offbook.notebook.trim import excess
from offbook.refactor.cleaning.effects import Effects
from offbook.refactor.history import history_use

_PROBES = frozenset({"time", "timeit"})
_WIDEST = 1000
_KEPT_SHARE = 5
"""A long output keeps one line in so many of the limit."""


class Removal(NamedTuple):
    """A cell that can go: what it does (``only looks at `df```)."""

    cell: CellId
    why: str


class Kept(NamedTuple):
    """A cell that looks as if it could go, and why it stays."""

    cell: CellId
    why: str


class Cleaning:
    """Finds what can go from one notebook."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.cells = CellsOf(analysis)
        self.effects = Effects(analysis)
        self.history = history_use(analysis)

    def judge(self, cell: Cell) -> Removal | Kept | None:
        """Tell whether a cell can go; ``None`` for one that nobody would take away."""
        if not cell.source.strip():
            return None if cell.tags or cell.outputs else Removal(cell.id, "is empty")
        facts = self.analysis.facts.get(cell.id)
        if facts is None or facts.tree is None or not facts.tree.body:
            return None
        why = self._needless(cell, facts)
        if not why:
            return None
        hindrance = self._hindrance(cell, facts)
        return Kept(cell.id, hindrance) if hindrance else Removal(cell.id, why)

    def _needless(self, cell: Cell, facts: CellFacts) -> str:
        """Return why a reader does not need a cell; empty where one does."""
        if _probes(facts):
            return "" if is_discussed(self.cells, cell.id) else "only takes times"
        looks = needless_look(self.cells, cell.id)
        if looks:
            return f"only looks at {', '.join(f'`{name}`' for name in looks)}"
        assert facts.tree is not None, "only parsed cells are asked for"
        repeated = {id(found.description.statement): found for found in repeated_descriptions(self.cells, cell.id)}
        if facts.masked.magics or not all(id(statement) in repeated for statement in facts.tree.body):
            return ""
        first = next(iter(repeated.values()))
        return f"shows `{first.description.text}`, and cell {first.other.place[0] + 1} shows it, too"

    def _hindrance(self, cell: Cell, facts: CellFacts) -> str:
        """Return what else a cell does or may do; empty where no other cell would notice that it is gone."""
        if self.history is not None:
            where, _, what = self.history
            return f"cell {self.analysis.notebook.index(where) + 1} reads the history (`{what}`)"
        if cell.tags:
            return f"it has the tag `{cell.tags[0]}`"
        if any(output.kind == "error" or output.name == "stderr" for output in cell.outputs):
            return "it has shown an error or a warning"
        if facts.bindings or facts.mutations or facts.deletions or facts.imports or facts.dynamic:
            return "it changes names or values"
        return self._unbound(cell, facts) or self._effect(facts)

    def _unbound(self, cell: Cell, facts: CellFacts) -> str:
        index = self.analysis.notebook.index(cell.id)
        for read in facts.reads:
            known = self.analysis.flow.bindings(read.name)
            if known and not any(number < index for number, _ in known):
                return f"`{read.name}` is not bound above it, so a fresh run stops here"
        return ""

    def _effect(self, facts: CellFacts) -> str:
        assert facts.tree is not None, "only parsed cells are asked for"
        probing = bool(facts.masked.magics)
        for statement in facts.tree.body:
            if not isinstance(statement, ast.Expr):
                return "it does more than look"
            value = statement.value
            found = self.effects.of_probe(value) if probing else self.effects.of_look(value)
            if found:
                return found
        return ""


def _probes(facts: CellFacts) -> bool:
    """Tell whether a cell only takes the time of expressions: ``%timeit f(x)``, ``%%timeit``."""
    magics = facts.masked.magics
    if facts.tree is None or not magics or any(magic.name not in _PROBES or magic.binds for magic in magics):
        return False
    if magics[0].kind == "cell":
        return not facts.bindings
    lines = {magic.span.start.line for magic in magics}
    return all(
        isinstance(statement, ast.Expr) and statement.lineno - 1 in lines and "-o" not in _options(magics)
        for statement in facts.tree.body
    )


def _options(magics: tuple[object, ...]) -> list[str]:
    return [word for magic in magics for word in str(getattr(magic, "argument", "")).split() if word.startswith("-")]


def long_outputs(analysis: Analysis, lines: int, removed: frozenset[CellId]) -> Iterator[TrimOutputs]:
    """Yield the trims of stored outputs that have more lines, of cells that stay."""
    for cell in analysis.notebook.cells:
        reasons = [found for output in cell.outputs if (found := excess(output, lines, _WIDEST))]
        if cell.id not in removed and any("characters" not in reason for reason in reasons):
            yield TrimOutputs(cell.id, max(lines // _KEPT_SHARE, 1))
