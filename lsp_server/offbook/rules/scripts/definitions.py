"""Which definitions of a notebook need nothing of it: they mean the same in a module."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from typing import NamedTuple

from offbook.analysis import CellFacts, Definition, Occurrence
from offbook.analysis.nodes import walk
from offbook.notebook import CellId
from offbook.rules.views import NotebookView

_NOTEBOOK_ONLY = frozenset({"input", "eval", "exec", "exit", "quit"})
_BUILTINS = frozenset(dir(builtins)) - _NOTEBOOK_ONLY


class Defined(NamedTuple):
    """A function or class, and the cell that defines it."""

    cell: CellId
    facts: CellFacts
    item: Definition


def self_contained(notebook: NotebookView) -> list[Defined]:
    """Return the definitions that use imports, constants and one another alone, in document order.

    A name that is bound more than once is left out, and so is one whose code uses what only a notebook has.
    """
    found = {
        item.name: Defined(cell, facts, item)
        for cell in notebook.code_cells()
        if (facts := notebook.facts(cell)) is not None and not facts.opaque
        for item in facts.definitions
        if sum(len(other.events.bindings) for other in notebook.occurrences(item.name)) == 1
    }
    needs = {name: names for name, defined in found.items() if (names := _needs(notebook, defined)) is not None}
    while True:
        lost = [name for name, names in needs.items() if names - needs.keys()]
        if not lost:
            return [found[name] for name in needs]
        for name in lost:
            del needs[name]


def _needs(notebook: NotebookView, defined: Defined) -> set[str] | None:
    """Return the other definitions that one uses; ``None`` where it uses what no module has."""
    item, facts = defined.item, defined.facts
    if any(item.whole.covers(magic.span.start) for magic in facts.masked.magics):
        return None
    if any(change.owner == item.name for change in facts.mutations):
        return None
    if any(binding.kind == "global" and item.whole.covers(binding.span.start) for binding in facts.bindings):
        return None
    reads = [read.name for read in facts.deferred if item.whole.covers(read.span.start)]
    reads += (read.name for read in facts.reads if item.whole.covers(read.span.start))
    needs: set[str] = set()
    for name in set(reads) - {item.name}:
        cells = notebook.occurrences(name)
        kinds = {binding.kind for cell in cells for binding in cell.events.bindings}
        if kinds & {"function", "class"}:
            needs.add(name)
            continue
        builtin = not kinds and name in _BUILTINS
        if kinds != {"import"} and not builtin and not is_constant(cells):
            return None
    return needs


def is_constant(cells: list[Occurrence]) -> bool:
    """Tell whether a name gets one plain value, once, that nothing changes."""
    bindings = [binding for found in cells for binding in found.events.bindings]
    if len(bindings) != 1 or any(found.events.mutations or found.events.deletions for found in cells):
        return False
    node = bindings[0].node
    return (
        bindings[0].unconditional
        and isinstance(node, ast.Assign | ast.AnnAssign)
        and node.value is not None
        and _is_plain(node.value)
    )


def _is_plain(value: ast.expr) -> bool:
    """Tell whether an expression is a literal, or made of some."""
    if isinstance(value, ast.Tuple | ast.List | ast.Set):
        return all(map(_is_plain, value.elts))
    if isinstance(value, ast.Dict):
        return all(key is not None and _is_plain(key) for key in value.keys) and all(map(_is_plain, value.values))
    if isinstance(value, ast.UnaryOp):
        return _is_plain(value.operand)
    if isinstance(value, ast.BinOp):
        return _is_plain(value.left) and _is_plain(value.right)
    return isinstance(value, ast.Constant)


def statements(node: ast.AST) -> Iterator[ast.stmt]:
    """Yield the statements below a node, those in its blocks too; texts are none."""
    for part in walk(node):
        if isinstance(part, ast.stmt) and part is not node:
            text = isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)
            if not text:
                yield part


def size_of(node: ast.AST) -> int:
    """Return how many statements a definition holds."""
    return sum(1 for _ in statements(node))
