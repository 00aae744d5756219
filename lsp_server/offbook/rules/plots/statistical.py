"""What seaborn writes on the axes by itself: the names of columns and series, and nothing for plain arrays."""

from __future__ import annotations

import ast
from typing import NamedTuple

from offbook.analysis import root_name
from offbook.rules.plots.tracing import deep_root, from_library, values_of
from offbook.rules.views import CellView

_PAIRS = frozenset(
    "scatterplot lineplot regplot residplot boxplot violinplot stripplot swarmplot barplot pointplot boxenplot "
    "relplot catplot lmplot jointplot".split()
)
_SINGLES = frozenset("histplot kdeplot distplot ecdfplot countplot displot".split())
SEABORN_PLOTS = _PAIRS | _SINGLES
"""seaborn's functions that draw on two axes."""
_ARRAY_MAKERS = frozenset(
    "array asarray zeros ones full linspace arange logspace geomspace concatenate hstack vstack meshgrid rand randn "
    "randint random normal uniform choice poisson exponential binomial multivariate_normal append".split()
)
"""Functions of numpy that return plain arrays whatever they are given; ``np.log`` of a series is a series."""
_ARRAY_METHODS = frozenset({"to_numpy", "ravel", "flatten", "tolist", "predict", "reshape"})
_LISTS = frozenset({"list", "sorted", "range"})


class AxisLabels(NamedTuple):
    """Which axes (``x``, ``y``) a call leaves without a label, and which it labels."""

    missing: frozenset[str]
    given: frozenset[str]


def seaborn_labels(cell: CellView, node: ast.Call, name: str) -> AxisLabels | None:
    """Return what a seaborn call does to the labels; ``None`` where it is no plot with two axes.

    An axis is missing only where what is drawn is surely an array without a name: ``X[:, 0]``, a list, ``np.…``.
    """
    if name not in SEABORN_PLOTS:
        return None
    given = {word.arg: word.value for word in node.keywords}
    missing: set[str] = set()
    positional = [argument for argument in node.args if not isinstance(argument, ast.Starred)]
    if name in _SINGLES:
        drawn = given.get("x") or (positional[0] if positional and "y" not in given else given.get("data"))
        if drawn is not None and "y" not in given and is_array(cell, drawn):
            missing.add("x")
    else:
        for axis, place in (("x", 0), ("y", 1)):
            drawn = given.get(axis) or (positional[place] if len(positional) > 1 and place < len(positional) else None)
            if drawn is not None and is_array(cell, drawn):
                missing.add(axis)
    return AxisLabels(frozenset(missing), frozenset({"x", "y"} - missing))


def is_array(cell: CellView, node: ast.expr, depth: int = 0) -> bool:
    """Tell whether a value is surely a list or a numpy array, which carries no name."""
    if isinstance(node, ast.List | ast.ListComp):
        return True
    if isinstance(node, ast.Attribute):
        return node.attr == "values"
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Tuple) and not _is_indexer(node.value)
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name):
            return node.func.id in _LISTS and not any(map(_are_names, node.args))
        attribute = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        made = attribute in _ARRAY_MAKERS and from_library(cell, deep_root(node) or "", "numpy")
        return made or attribute in _ARRAY_METHODS
    if isinstance(node, ast.Name) and depth < 2:
        values = values_of(cell, node.id)
        return bool(values) and all(is_array(cell, value, depth + 1) for value in values)
    return False


def _are_names(node: ast.expr) -> bool:
    """Tell whether a value is the keys of a dictionary, or an index: names, which stand on the ticks."""
    part = node.func if isinstance(node, ast.Call) else node
    return isinstance(part, ast.Attribute) and part.attr in ("keys", "index", "columns")


def _is_indexer(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in ("loc", "iloc", "at", "iat") and root_name(node) is not None
