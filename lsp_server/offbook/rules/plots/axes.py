"""Which names hold matplotlib's axes, pyplot, or data that pandas can plot."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from offbook.analysis import Binding, root_name
from offbook.analysis.nodes import walk
from offbook.rules.views import CellView

MAKES_AXES = frozenset(
    {
        "subplots",
        "gca",
        "add_subplot",
        "axes",
        "subplot",
        "add_axes",
        "twinx",
        "twiny",
        "subplot2grid",
        "subplot_mosaic",
    }
)
"""Calls that make or choose axes."""

_AXES_NAME = re.compile(r"(ax|axs|axes|axis)(_?\w*)?$")
_AXES_ITERABLES = frozenset({"flat", "flatten", "ravel", "values", "items", "reshape"})
_PANDAS_PLOTS = frozenset({"plot", "hist", "boxplot"})
_DEPTH = 4
"""How many assignments are followed back."""


def is_pyplot(cell: CellView, name: str) -> bool:
    """Tell whether a name is ``matplotlib.pyplot``; ``plt`` is, where nothing binds it (``%pylab``)."""
    module = cell.imported_from(name)
    return module in ("matplotlib.pyplot", "pylab", "matplotlib.pylab") or (name == "plt" and module is None)


def is_axes(cell: CellView, name: str, depth: int = 0) -> bool:
    """Tell whether a name holds matplotlib axes, by what binds it."""
    if depth >= _DEPTH or cell.imported_from(name) is not None:
        return False
    return any(_binds_axes(cell, binding, depth) for binding in bindings_of(cell, name))


def is_pandas(cell: CellView, name: str, depth: int = 0) -> bool:
    """Tell whether pandas made what a name holds, as far as its assignments tell."""
    for binding in bindings_of(cell, name) if depth < _DEPTH else ():
        value = binding.node.value if isinstance(binding.node, ast.Assign) else None
        if not isinstance(value, ast.Call | ast.Subscript) or (_attribute(value) in _PANDAS_PLOTS):
            continue
        root = deep_root(value)
        if root is None or root == name:
            continue
        if from_library(cell, root, "pandas") or is_pandas(cell, root, depth + 1):
            return True
    return False


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


def _binds_axes(cell: CellView, binding: Binding, depth: int) -> bool:
    node = binding.node
    if isinstance(node, ast.Assign):
        return _makes_axes(cell, node, binding.name) or _is_part(cell, node.value, binding.name, depth)
    if isinstance(node, ast.For):
        source = _looped(node, binding.name)
        return source is not None and _is_part(cell, source, binding.name, depth)
    return False


def _makes_axes(cell: CellView, node: ast.Assign, name: str) -> bool:
    """Tell whether an assignment gives a name the axes that a call makes; ``fig`` of ``fig, ax`` is a figure."""
    value, target = node.value, node.targets[0]
    made = _attribute(value)
    if made in MAKES_AXES:
        if not isinstance(target, ast.Tuple | ast.List):
            return True
        return _AXES_NAME.match(name) is not None or (len(target.elts) == 2 and _holds(target.elts[1], name))
    return made in _PANDAS_PLOTS and _AXES_NAME.match(name) is not None and is_pandas(cell, deep_root(value) or "")


def _is_part(cell: CellView, value: ast.expr, name: str, depth: int) -> bool:
    """Tell whether a value is axes, or some of them: ``axes[0]``, ``axes.flat``, ``axes.ravel()``."""
    if isinstance(value, ast.Call):
        if not isinstance(value.func, ast.Attribute) or value.func.attr not in _AXES_ITERABLES:
            return False
        value = value.func.value
    root = root_name(value)
    return root is not None and root != name and is_axes(cell, root, depth + 1)


def _looped(node: ast.For, name: str) -> ast.expr | None:
    """Return what a loop's name runs over: ``axes`` for ``ax`` in ``for ax, c in zip(axes, columns)``."""
    target, source = node.target, node.iter
    if isinstance(source, ast.Call) and isinstance(source.func, ast.Name) and isinstance(target, ast.Tuple):
        place = next((place for place, part in enumerate(target.elts) if _holds(part, name)), None)
        if source.func.id == "zip" and place is not None and place < len(source.args):
            return source.args[place]
        if source.func.id == "enumerate" and place == 1 and source.args:
            inner = ast.For(target=target.elts[1], iter=source.args[0], body=[], orelse=[])
            return _looped(inner, name)
        return None
    return source


def _holds(target: ast.expr, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in walk(target))


def _attribute(node: ast.expr) -> str:
    """Return the name of the method or module function that a call calls."""
    return node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
