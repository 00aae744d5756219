"""Runs of cells as if they were one function: what they take, what they give, and how much they do in between."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

from offbook.analysis import CellFacts, Occurrence, root_name
from offbook.analysis.nodes import walk
from offbook.notebook import CellId
from offbook.rules.scripts.definitions import is_constant, statements
from offbook.rules.scripts.variables import is_callable
from offbook.rules.views import NotebookView

_SHOWS = frozenset(
    "print display show figure subplot subplots title xlabel ylabel legend grid tight_layout axis".split()
)
_PLOTTERS = frozenset({"plt", "sns", "ax", "axes", "axs", "fig", "pylab", "px", "go"})
_works: WeakKeyDictionary[CellFacts, int] = WeakKeyDictionary()


class Region(NamedTuple):
    """Cells that follow one another, and their interface.

    Attributes:
        cells: the cells.
        reads: variables that they take from above, in the order of their first use.
        gives: variables that they bind and that is used below.
        inner: variables that nothing else uses.
        work: how many of their statements compute something.
    """

    cells: tuple[CellId, ...]
    reads: tuple[str, ...]
    gives: tuple[str, ...]
    inner: tuple[str, ...]
    work: int


def work_of(facts: CellFacts) -> int:
    """Return how many statements of a cell compute something: prints, plots, imports and plain values do not."""
    known = _works.get(facts)
    if known is None:
        known = _works[facts] = sum(map(_computes, statements(facts.tree))) if facts.tree is not None else 0
    return known


def is_plain(facts: CellFacts) -> bool:
    """Tell whether a cell could be the body of a function: no magics, definitions, imports, ``del`` or ``await``."""
    if facts.tree is None or facts.opaque or facts.masked.magics or facts.definitions or facts.imports:
        return False
    if any(binding.kind == "global" for binding in facts.bindings) or facts.deletions:
        return False
    waits = "await" in facts.source or "async" in facts.source  # most cells hold neither word
    return not waits or not any(isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith) for node in walk(facts.tree))


def region(notebook: NotebookView, cells: Sequence[tuple[CellId, CellFacts]]) -> Region | None:
    """Return the interface of plain cells.

    ``None`` where a function could not have it: a name may be bound or not, a variable from above is changed in
    place, or another function looks a name up that the cells bind.
    """
    last = notebook.number(cells[-1][0])
    bound: set[str] = set()
    reads: dict[str, None] = {}
    for _, facts in cells:
        for name, events in facts.by_name.items():
            if name in bound:
                continue
            known = any(binding.definite for binding in events.bindings)
            if any(read.exposure != "local" for read in events.reads) or (events.deferred and not known):
                reads[name] = None
                if any(change.how != "augment" for change in events.mutations):
                    return None
        for name, events in facts.by_name.items():
            if any(binding.definite for binding in events.bindings):
                bound.add(name)
            elif events.binds and _is_used_after(notebook.occurrences(name), last):
                return None
    if any(_is_looked_up(notebook.occurrences(name), last) for name in bound):
        return None
    live = [name for name in sorted(bound) if _is_used_after(notebook.occurrences(name), last)]
    taken = [name for name in reads if _is_variable(notebook.occurrences(name))]
    inside = {name for _, facts in cells for name in facts.by_name if facts.by_name[name].binds}
    return Region(
        cells=tuple(cell for cell, _ in cells),
        reads=tuple(taken),
        gives=tuple(live),
        inner=tuple(sorted(inside - set(live) - set(taken))),
        work=sum(work_of(facts) for _, facts in cells),
    )


def _is_variable(cells: list[Occurrence]) -> bool:
    """Tell whether a function would have to be given a name: it is no import, function, constant or builtin."""
    return any(found.events.binds for found in cells) and not is_callable(cells) and not is_constant(cells)


def _is_looked_up(cells: list[Occurrence], last: int) -> bool:
    """Tell whether a function, defined up to cell number ``last``, looks a name up when it is called."""
    return any(read.owner and found.number <= last for found in cells for read in found.events.deferred)


def _is_used_after(cells: list[Occurrence], last: int) -> bool:
    """Tell whether a later cell uses what a name holds behind cell number ``last``."""
    for found in cells:
        if found.number > last:
            if found.events.deferred or any(read.exposure != "local" for read in found.events.reads):
                return True
            if any(binding.definite for binding in found.events.bindings):
                return False
    return False


def draws(facts: CellFacts) -> bool:
    """Tell whether a cell draws."""
    return any(
        set(_roots(call.node.func)) & _PLOTTERS or getattr(call.node.func, "attr", "") in ("plot", "hist", "boxplot")
        for call in facts.calls
    )


def _computes(node: ast.stmt) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom | ast.Pass | ast.Global | ast.Break | ast.Continue):
        return False
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return not isinstance(node.value, ast.Constant | ast.Name | None.__class__)
    if not isinstance(node, ast.Expr):
        return True
    value = node.value
    if not isinstance(value, ast.Call):
        return False
    called = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")
    return called not in _SHOWS and not set(_roots(value.func)) & _PLOTTERS


def _roots(node: ast.expr) -> Iterator[str]:
    """Yield the name at the bottom of a chain of calls and attributes."""
    while isinstance(node, ast.Call):
        node = node.func
        while isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
    root = root_name(node)
    if root is not None:
        yield root
