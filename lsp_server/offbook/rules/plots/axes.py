"""Which names hold matplotlib's axes."""

from __future__ import annotations

import ast

from offbook.analysis import Binding, root_name
from offbook.analysis.nodes import walk
from offbook.rules.plots.pyplot import is_pyplot_function
from offbook.rules.plots.tracing import PANDAS_PLOTS, attribute, bindings_of, deep_root, is_pandas
from offbook.rules.views import CellView
from offbook.text.patterns import pattern

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

_AXES_NAME = pattern(r"(ax|axs|axes|axis)(_?\w*)?$")
_AXES_ITERABLES = frozenset({"flat", "flatten", "ravel", "values", "items", "reshape"})
_DEPTH = 4
"""How many assignments are followed back."""


def is_axes(cell: CellView, name: str, depth: int = 0) -> bool:
    """Tell whether a name holds matplotlib axes, by what binds it."""
    if depth >= _DEPTH or cell.imported_from(name) is not None:
        return False
    return any(_binds_axes(cell, binding, depth) for binding in bindings_of(cell, name))


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
    made = attribute(value)
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in MAKES_AXES:
        made = value.func.id if is_pyplot_function(cell, value.func.id) else ""
    if made in MAKES_AXES:
        if not isinstance(target, ast.Tuple | ast.List):
            return True
        return _AXES_NAME.match(name) is not None or (len(target.elts) == 2 and _holds(target.elts[1], name))
    return made in PANDAS_PLOTS and _AXES_NAME.match(name) is not None and is_pandas(cell, deep_root(value) or "")


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
