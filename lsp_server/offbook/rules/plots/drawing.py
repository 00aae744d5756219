"""The calls of a cell that draw: matplotlib's, pandas', seaborn's and plotly's."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from offbook.analysis import root_name
from offbook.analysis.nodes import text_of
from offbook.rules.plots.axes import MAKES_AXES, deep_root, from_library, is_axes, is_pandas, is_pyplot
from offbook.rules.plots.statistical import SEABORN_PLOTS, seaborn_labels
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
_PANDAS_NAMES = {"line": "x", "bar": "x", "area": "x", "hist": "y", "barh": "y", "kde": "y", "density": "y"}
_PANDAS_LABELLED = frozenset({"scatter", "hexbin"})
_PLOTLY_NEEDS = {
    **dict.fromkeys(("Scatter", "Scattergl", "Bar", "add_scatter", "add_bar"), _BOTH),
    **dict.fromkeys(("Histogram", "add_histogram"), frozenset({"x"})),
    **dict.fromkeys(("Box", "Violin", "add_box", "add_violin"), frozenset({"y"})),
}
_NAMES = {*_NEEDS, *_PLOTLY_NEEDS, *SEABORN_PLOTS, "plot"}
"""Names of everything that draws; plotly express has more."""
_NEW_PANEL = MAKES_AXES | {"figure", "show", "sca", "close", "clf", "cla"}


@dataclass(frozen=True, slots=True)
class Plot:
    """One plotting call at the cell's top level.

    Attributes:
        node: the call.
        library: whose call it is: ``matplotlib``, ``pandas``, ``seaborn`` or ``plotly``.
        axes: what it draws on, as source text: ``plt``, ``ax``, ``axes[0]``; empty for axes that the call makes.
        pyplot: whether that is the pyplot module.
        needs: the axes (``x``, ``y``) that it leaves without a label.
        names: the axes that it labels by itself.
        panel: how many figures or axes the cell has made or chosen before it.
    """

    node: ast.Call
    library: str
    axes: str
    pyplot: bool
    needs: frozenset[str]
    names: frozenset[str] = frozenset()
    panel: int = 0

    @property
    def label(self) -> ast.expr | None:
        """What the call writes into a legend; ``None`` without ``label=``, and for labels that hide themselves."""
        for word in self.node.keywords:
            if word.arg == "label":
                text = word.value.value if isinstance(word.value, ast.Constant) else "?"
                return word.value if isinstance(text, str) and text and not text.startswith("_") else None
        return None


def plots_of(cell: CellView) -> list[Plot]:
    """Return the plotting calls that run when the cell runs, function bodies left out."""
    found: list[Plot] = []
    panel = 0
    for call in cell.here.calls:
        if call.owner or not isinstance(call.node.func, ast.Attribute):
            continue
        panel += call.node.func.attr in _NEW_PANEL
        plot = _plot(cell, call.node, call.node.func)
        if plot is not None:
            found.append(replace(plot, panel=panel))
    return found


def makes_axes(cell: CellView) -> bool:
    """Tell whether the cell makes or chooses axes, so that pyplot's current ones may be any of several."""
    attributes = (call.node.func for call in cell.here.calls)
    return any(isinstance(node, ast.Attribute) and node.attr in (*MAKES_AXES, "sca") for node in attributes)


def _plot(cell: CellView, node: ast.Call, function: ast.Attribute) -> Plot | None:
    known = function.attr in _NAMES or (isinstance(function.value, ast.Attribute) and function.value.attr == "plot")
    root = root_name(function.value)
    if not known and (root is None or not from_library(cell, root, "plotly")):
        return None
    if root is None:
        return _on_current_axes(node, function, cell) or _pandas_plot(cell, node, function)
    if function.attr in _NEEDS:
        if isinstance(function.value, ast.Name) and is_pyplot(cell, root):
            return Plot(node, "matplotlib", root, True, _NEEDS[function.attr])
        if is_axes(cell, root):
            return Plot(node, "matplotlib", text_of(function.value), False, _NEEDS[function.attr])
    if from_library(cell, root, "seaborn"):
        labels = seaborn_labels(cell, node, function.attr)
        if labels is None:
            return None
        axes = next((text_of(word.value) for word in node.keywords if word.arg == "ax"), "")
        return Plot(node, "seaborn", axes, False, labels.missing, labels.given)
    return _plotly_plot(cell, node, function, root) or _pandas_plot(cell, node, function)


def _on_current_axes(node: ast.Call, function: ast.Attribute, cell: CellView) -> Plot | None:
    """Recognise ``plt.gca().plot(...)`` and ``plt.subplot(121).plot(...)``."""
    owner = function.value
    if function.attr not in _NEEDS or not isinstance(owner, ast.Call) or not isinstance(owner.func, ast.Attribute):
        return None
    if owner.func.attr not in ("gca", "subplot", "axes") or not is_pyplot(cell, root_name(owner.func) or ""):
        return None
    return Plot(node, "matplotlib", text_of(owner), False, _NEEDS[function.attr])


def _plotly_plot(cell: CellView, node: ast.Call, function: ast.Attribute, root: str) -> Plot | None:
    """Recognise traces (``go.Scatter``) and the charts of plotly express, which name their axes."""
    module = cell.imported_from(root) or ""
    if module == "plotly.express" and function.attr[:1].islower() and function.attr not in ("data", "colors"):
        return Plot(node, "plotly", "", False, frozenset(), _BOTH)
    if function.attr in _PLOTLY_NEEDS and (module.startswith("plotly.graph_obj") or function.attr.startswith("add_")):
        return Plot(node, "plotly", "", False, _PLOTLY_NEEDS[function.attr])
    return None


def _pandas_plot(cell: CellView, node: ast.Call, function: ast.Attribute) -> Plot | None:
    """Recognise ``df.plot()``, ``df.plot(kind="bar")`` and ``df["a"].plot.hist()``; pandas names the other axis."""
    owner = function.value
    if function.attr == "plot":
        given = next((word.value for word in node.keywords if word.arg == "kind"), ast.Constant("line"))
        kind = given.value if isinstance(given, ast.Constant) else ""
    elif isinstance(owner, ast.Attribute) and owner.attr == "plot":
        kind = function.attr
    else:
        return None
    root = deep_root(function.value)
    if root is None or not is_pandas(cell, root) or any(word.arg in ("subplots", None) for word in node.keywords):
        return None
    axes = next((text_of(word.value) for word in node.keywords if word.arg == "ax"), "")
    if kind in _PANDAS_LABELLED:
        return Plot(node, "pandas", axes, False, frozenset(), _BOTH)
    if kind not in _PANDAS_NEEDS and kind not in _PANDAS_NAMES:
        return None
    needs, names = frozenset(_PANDAS_NEEDS.get(str(kind), "")), frozenset(_PANDAS_NAMES.get(str(kind), ""))
    return Plot(node, "pandas", axes, False, needs, names)
