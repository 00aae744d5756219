"""Where values come from: which library made them, and whether pandas can plot them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from offbook.analysis import Binding
from offbook.rules.views import CellView

PANDAS_PLOTS = frozenset({"plot", "hist", "boxplot"})
"""Methods of frames and series that draw."""

_DEPTH = 4
"""How many assignments are followed back."""


def is_pandas(cell: CellView, name: str, depth: int = 0) -> bool:
    """Tell whether pandas made what a name holds, as far as its assignments tell."""
    for binding in bindings_of(cell, name) if depth < _DEPTH else ():
        value = binding.node.value if isinstance(binding.node, ast.Assign) else None
        if value is None or attribute(value) in PANDAS_PLOTS:
            continue
        for root in _roots(value):
            if root != name and (from_library(cell, root, "pandas") or is_pandas(cell, root, depth + 1)):
                return True
    return False


def _roots(value: ast.expr) -> Iterator[str]:
    """Yield the names at the bottom of a call, of a part, and of the operands of arithmetic."""
    if isinstance(value, ast.BinOp):
        yield from _roots(value.left)
        yield from _roots(value.right)
    elif isinstance(value, ast.Call | ast.Subscript) and (root := deep_root(value)) is not None:
        yield root


def from_library(cell: CellView, name: str, library: str) -> bool:
    """Tell whether an import binds a name to a library, or to something of it."""
    return (cell.imported_from(name) or "").partition(".")[0] == library


def deep_root(node: ast.expr) -> str | None:
    """Return the name at the bottom of ``df.groupby("a").size().plot``, calls included."""
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def bindings_of(cell: CellView, name: str) -> Iterator[Binding]:
    """Yield what binds a name, in all cells."""
    for found in cell.occurrences(name):
        yield from found.events.bindings


def values_of(cell: CellView, name: str) -> list[ast.expr]:
    """Return the values that a name is given, in all cells; none where something else than `name = value` binds it."""
    values: list[ast.expr] = []
    for binding in bindings_of(cell, name):
        node = binding.node
        if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
            return []
        values.append(node.value)
    return values


def attribute(node: ast.expr) -> str:
    """Return the name of the method or module function that a call calls; empty for anything else."""
    return node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
