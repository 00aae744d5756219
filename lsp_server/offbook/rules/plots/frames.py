"""What pandas writes on the axes of its plots by itself, and which values are its series."""

from __future__ import annotations

import ast

from offbook.analysis import root_name
from offbook.rules.plots.statistical import AxisLabels
from offbook.rules.plots.tracing import deep_root, from_library, is_pandas, values_of
from offbook.rules.views import CellView

_NEEDS = {"line": "y", "bar": "y", "area": "y", "box": "y", "hist": "x", "barh": "x"}
_NAMES = {"line": "x", "bar": "x", "area": "x", "hist": "y", "barh": "y", "kde": "y", "density": "y"}
_LABELLED = frozenset({"scatter", "hexbin"})
_NO_COLUMNS = frozenset("T values index columns loc iloc at iat str dt cat plot size shape dtype dtypes".split())
_OF_SERIES = frozenset(
    "dropna fillna astype apply map abs round clip diff pct_change cumsum shift head tail sample sort_values "
    "sort_index replace copy rank value_counts interpolate rename".split()
)
"""Methods that make a series of a series."""
_DEPTH = 3


def pandas_labels(cell: CellView, node: ast.Call, function: ast.Attribute) -> AxisLabels | None:
    """Return what a plotting method of pandas does to the labels; ``None`` where it is none, or names what it draws.

    These are ``df.plot()``, ``df.plot(kind="bar")``, ``df["a"].plot.hist()`` and ``df["a"].hist()``. A
    histogram of a frame has a panel with a title for each column, and boxes have their names on the ticks.
    """
    words = {word.arg: word.value for word in node.keywords}
    owner = function.value
    if None in words or "subplots" in words:
        return None
    if function.attr == "hist" and not (isinstance(owner, ast.Attribute) and owner.attr == "plot"):
        is_one = not node.args and "by" not in words and "column" not in words and _is_series(cell, owner)
        return _labels("x", "y") if is_one else None
    if function.attr == "plot":
        given = words.get("kind", ast.Constant("line"))
        kind = given.value if isinstance(given, ast.Constant) else ""
    elif isinstance(owner, ast.Attribute) and owner.attr == "plot":
        kind = function.attr
    else:
        return None
    root = deep_root(owner)
    if root is None or not is_pandas(cell, root):
        return None
    if kind in _LABELLED:
        return _labels("", "xy")
    if kind not in _NEEDS and kind not in _NAMES:
        return None
    return _labels(_NEEDS.get(str(kind), ""), _NAMES.get(str(kind), ""))


def _labels(missing: str, given: str) -> AxisLabels:
    return AxisLabels(frozenset(missing), frozenset(given))


def _is_series(cell: CellView, node: ast.expr, depth: int = 0) -> bool:
    """Tell whether a value is one column: ``df["a"]``, ``df.a``, what is made of one, or a name for one."""
    if isinstance(node, ast.Subscript):
        if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
            return is_pandas(cell, deep_root(node) or "")
        return _is_series(cell, node.value, depth)
    if isinstance(node, ast.Attribute):
        return node.attr not in _NO_COLUMNS and is_pandas(cell, root_name(node) or "")
    if isinstance(node, ast.BinOp):
        return _is_series(cell, node.left, depth) or _is_series(cell, node.right, depth)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.args and from_library(cell, root_name(node.func) or "", "numpy"):
            return _is_series(cell, node.args[0], depth)
        return node.func.attr in _OF_SERIES and _is_series(cell, node.func.value, depth)
    if isinstance(node, ast.Name) and depth < _DEPTH:
        values = values_of(cell, node.id)
        return bool(values) and all(_is_series(cell, value, depth + 1) for value in values)
    return False
