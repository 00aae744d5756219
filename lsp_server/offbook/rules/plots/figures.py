"""What a cell plots, and what it does to the axes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from offbook.analysis import Binding, root_name
from offbook.rules.views import CellView

_BOTH = frozenset({"x", "y"})
_NEEDS = {
    **dict.fromkeys(
        ("plot", "scatter", "bar", "barh", "errorbar", "fill_between", "fill_betweenx", "step", "stem", "hexbin"), _BOTH
    ),
    **dict.fromkeys(("hist2d", "semilogx", "semilogy", "loglog", "stackplot", "plot_date"), _BOTH),
    "hist": frozenset({"x"}),
    "boxplot": frozenset({"y"}),
    "violinplot": frozenset({"y"}),
}
"""matplotlib's plotting methods, and the axes whose meaning each leaves open."""

_PANDAS_NEEDS = {"line": "y", "bar": "y", "area": "y", "box": "y", "hist": "x", "barh": "x"}
_NO_AXES = frozenset({"imshow", "pie", "matshow", "spy", "plot_tree", "set_axis_off", "pcolormesh", "draw", "heatmap"})
_X_LABELS = frozenset({"xlabel", "set_xlabel", "supxlabel", "set_xlabels"})
_Y_LABELS = frozenset({"ylabel", "set_ylabel", "supylabel", "set_ylabels"})
_TICKS = {"xticks": "x", "set_xticks": "x", "yticks": "y", "set_yticks": "y"}
_BOTH_LABELS = frozenset({"set_axis_labels", "label_outer", "set_xylabels"})
_MAKES_AXES = frozenset(
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
_AXES_NAME = re.compile(r"(ax|axs|axes|axis)(_?\w*)?$")
_LABELLING_HELPER = re.compile(r"label|axis|axes|decorat|format|styl|plot|draw|fig", re.IGNORECASE)
_PLOTTING_LIBRARIES = ("matplotlib", "numpy", "pandas", "seaborn", "scipy", "sklearn", "math")


@dataclass(frozen=True, slots=True)
class Plot:
    """One plotting call at the cell's top level.

    Attributes:
        node: the call.
        axes: what it draws on, as source text: ``plt``, ``ax``, ``axes[0]``; empty for pandas' own axes.
        pyplot: whether that is the pyplot module.
        needs: the axes (``x``, ``y``) that it leaves without a label.
    """

    node: ast.Call
    axes: str
    pyplot: bool
    needs: frozenset[str]


def plots_of(cell: CellView) -> list[Plot]:
    """Return the plotting calls that run when the cell runs, function bodies left out."""
    return [plot for call in cell.here.calls if not call.owner and (plot := _plot(cell, call.node))]


def _plot(cell: CellView, node: ast.Call) -> Plot | None:
    function = node.func
    if not isinstance(function, ast.Attribute):
        return None
    root = root_name(function.value)
    if root is None:
        return None
    if function.attr in _NEEDS:
        if isinstance(function.value, ast.Name) and is_pyplot(cell, root):
            return Plot(node, root, True, _NEEDS[function.attr])
        if is_axes(cell, root):
            return Plot(node, ast.unparse(function.value), False, _NEEDS[function.attr])
    return _pandas_plot(cell, node, function, root)


def _pandas_plot(cell: CellView, node: ast.Call, function: ast.Attribute, root: str) -> Plot | None:
    """Recognise ``df.plot()``, ``df.plot(kind="bar")`` and ``df["a"].plot.hist()``; pandas names the other axis."""
    owner = function.value
    if function.attr == "plot":
        given = next((word.value for word in node.keywords if word.arg == "kind"), ast.Constant("line"))
        kind = given.value if isinstance(given, ast.Constant) else ""
    elif isinstance(owner, ast.Attribute) and owner.attr == "plot":
        kind = function.attr
    else:
        return None
    if kind not in _PANDAS_NEEDS or not _is_pandas(cell, root) or any(word.arg == "ax" for word in node.keywords):
        return None
    return Plot(node, "", False, frozenset(_PANDAS_NEEDS[str(kind)]))


def labelled_axes(cell: CellView) -> frozenset[str]:
    """Return the axes (``x``, ``y``) that the cell labels or hides, itself or through the functions that it calls.

    What cannot be seen (a helper of another module whose name speaks of labels, axes or plots) counts as both.
    """
    return frozenset(_labels(cell, [call.node for call in cell.here.calls], set()))


def _labels(cell: CellView, calls: list[ast.Call], seen: set[str]) -> Iterator[str]:
    for node in calls:
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        yield from _own_labels(node, name)
        if isinstance(function, ast.Name) and name not in seen:
            seen.add(name)
            yield from _labels_by_helper(cell, name, seen)
        elif isinstance(function, ast.Attribute) and _is_foreign_helper(cell, root_name(function.value) or "", name):
            yield from "xy"


def _own_labels(node: ast.Call, name: str) -> Iterator[str]:
    """Yield the axes that one call labels or hides."""
    if name in _X_LABELS:
        yield "x"
    elif name in _Y_LABELS:
        yield "y"
    elif name in _BOTH_LABELS or name in _NO_AXES or (name == "axis" and _is_text(node, "off")):
        yield from "xy"
    elif name in _TICKS and node.args and _is_empty(node.args[0]):
        yield _TICKS[name]
    for keyword in node.keywords:
        if keyword.arg in ("xlabel", "x_label", "xaxis_title", "xtitle"):
            yield "x"
        elif keyword.arg in ("ylabel", "y_label", "yaxis_title", "ytitle"):
            yield "y"


def _labels_by_helper(cell: CellView, name: str, seen: set[str]) -> Iterator[str]:
    """Yield the axes that a function of the notebook labels; a plotting helper from elsewhere counts as both."""
    for found in cell.occurrences(name):
        for binding in found.events.bindings:
            if binding.kind in ("function", "class"):
                facts = cell.facts(found.cell)
                inner = [call.node for call in facts.calls if call.owner == name] if facts else []
                yield from _labels(cell, inner, seen)
            elif binding.kind == "import" and _is_foreign_helper(cell, name, name):
                yield from "xy"


def _is_foreign_helper(cell: CellView, root: str, name: str) -> bool:
    """Tell whether a call goes to a module that may well label axes, and is none of the known libraries."""
    module = cell.imported_from(root)
    return (
        module is not None and not module.startswith(_PLOTTING_LIBRARIES) and _LABELLING_HELPER.search(name) is not None
    )


def is_pyplot(cell: CellView, name: str) -> bool:
    """Tell whether a name is ``matplotlib.pyplot``; ``plt`` is, where nothing binds it (``%pylab``)."""
    module = cell.imported_from(name)
    return module in ("matplotlib.pyplot", "pylab", "matplotlib.pylab") or (name == "plt" and module is None)


def makes_axes(cell: CellView) -> bool:
    """Tell whether the cell makes or chooses axes, so that pyplot's current ones may be any of several."""
    attributes = (call.node.func for call in cell.here.calls)
    return any(isinstance(node, ast.Attribute) and node.attr in (*_MAKES_AXES, "sca") for node in attributes)


def is_axes(cell: CellView, name: str, depth: int = 0) -> bool:
    """Tell whether a name holds matplotlib axes, by what binds it."""
    if cell.imported_from(name) is not None or depth > 3:
        return False
    bindings = [binding for found in cell.occurrences(name) for binding in found.events.bindings]
    return any(_binds_axes(cell, binding, depth) for binding in bindings)


def _binds_axes(cell: CellView, binding: Binding, depth: int) -> bool:
    node = binding.node
    if isinstance(node, ast.Assign):
        value = node.value
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in _MAKES_AXES:
            return isinstance(node.targets[0], ast.Name) or _AXES_NAME.match(binding.name) is not None
        root = root_name(
            value.func.value if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) else value
        )
        return (
            root is not None
            and root != binding.name
            and bool(_AXES_NAME.match(root))
            and is_axes(cell, root, depth + 1)
        )
    if isinstance(node, ast.For):
        names = {inner.id for inner in ast.walk(node.iter) if isinstance(inner, ast.Name)}
        return any(_AXES_NAME.match(name) and is_axes(cell, name, depth + 1) for name in names)
    return False


def _is_pandas(cell: CellView, name: str) -> bool:
    """Tell whether pandas made what a name holds, as far as its assignments tell."""
    for found in cell.occurrences(name):
        for binding in found.events.bindings:
            value = binding.node.value if isinstance(binding.node, ast.Assign) else None
            if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
                root = root_name(value.func.value)
                if root is not None and (cell.imported_from(root) or "").partition(".")[0] == "pandas":
                    return True
    return False


def _is_text(node: ast.Call, text: str) -> bool:
    return any(isinstance(argument, ast.Constant) and argument.value == text for argument in node.args)


def _is_empty(node: ast.expr) -> bool:
    return isinstance(node, ast.List | ast.Tuple) and not node.elts
