"""The calls of a cell that draw: matplotlib's, pandas', seaborn's and plotly's."""

from __future__ import annotations

import ast

from msgspec import Struct
from msgspec.structs import replace

from offbook.analysis import root_name
from offbook.analysis.nodes import text_of
from offbook.rules.plots.axes import MAKES_AXES, is_axes
from offbook.rules.plots.frames import pandas_labels
from offbook.rules.plots.pyplot import is_pyplot, is_pyplot_function
from offbook.rules.plots.statistical import SEABORN_PLOTS, seaborn_labels
from offbook.rules.plots.tracing import from_library
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

_PLOTLY_NEEDS = {
    **dict.fromkeys(("Scatter", "Scattergl", "Bar", "add_scatter", "add_bar"), _BOTH),
    **dict.fromkeys(("Histogram", "add_histogram"), frozenset({"x"})),
    **dict.fromkeys(("Box", "Violin", "add_box", "add_violin"), frozenset({"y"})),
}
_NAMES = {*_NEEDS, *_PLOTLY_NEEDS, *SEABORN_PLOTS, "plot"}
"""Names of everything that draws; plotly express has more."""
_NEW_PANEL = MAKES_AXES | {"figure", "show", "sca", "close", "clf", "cla"}


class Plot(Struct, frozen=True):
    """One plotting call at the cell's top level.

    Attributes:
        node: the call.
        library: whose call it is: ``matplotlib``, ``pandas``, ``seaborn`` or ``plotly``.
        axes: what it draws on, as source text: ``plt``, ``ax``, ``axes[0]``; empty for axes that the call
            makes, and where pyplot has no name.
        pyplot: whether that is the pyplot module.
        needs: the axes (``x``, ``y``) that it leaves without a label.
        names: the axes that it labels by itself.
        panel: how many figures or axes the cell has made or chosen before it.
        turned: whether its boxes or bars lie.
    """

    node: ast.Call
    library: str
    axes: str
    pyplot: bool
    needs: frozenset[str]
    names: frozenset[str] = frozenset()
    panel: int = 0
    turned: bool = False

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
        if call.owner:
            continue
        function = call.node.func
        if isinstance(function, ast.Attribute):
            panel += function.attr in _NEW_PANEL
            plot = _plot(cell, call.node, function)
        elif isinstance(function, ast.Name) and is_pyplot_function(cell, function.id):
            panel += function.id in _NEW_PANEL
            plot = _bare_plot(call.node, function.id)
        else:
            continue
        if plot is not None:
            found.append(replace(_turned(plot) if _lies(call.node) else plot, panel=panel))
    return found


def _lies(node: ast.Call) -> bool:
    """Tell whether boxes or bars lie: ``vert=False``, ``orientation="horizontal"``."""
    given = {word.arg: word.value.value for word in node.keywords if isinstance(word.value, ast.Constant)}
    return given.get("vert") is False or given.get("orientation") == "horizontal"


def _turned(plot: Plot) -> Plot:
    """Return a plot whose axes have changed places."""
    needs, names = (frozenset({"x": "y", "y": "x"}[axis] for axis in axes) for axes in (plot.needs, plot.names))
    return replace(plot, needs=needs, names=names, turned=True)


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


def _bare_plot(node: ast.Call, name: str) -> Plot | None:
    """Recognise ``plot(...)`` where the notebook brings pyplot's functions by their own names."""
    return Plot(node, "matplotlib", "", True, _NEEDS[name]) if name in _NEEDS else None


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
    labels = pandas_labels(cell, node, function)
    axes = next((text_of(word.value) for word in node.keywords if word.arg == "ax"), "")
    return None if labels is None else Plot(node, "pandas", axes, False, labels.missing, labels.given)
