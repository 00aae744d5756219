"""What calls write on a figure: labels of the axes, a title, a legend."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from offbook.analysis import root_name
from offbook.analysis.nodes import text_of, walk
from offbook.rules.plots.pyplot import is_pyplot_function
from offbook.rules.plots.tracing import deep_root, is_pandas
from offbook.rules.views import CellView
from offbook.text.patterns import pattern

ALL_MARKS = ("x", "y", "title", "legend")
"""A label on either axis, a title, a legend."""

_X_LABELS = frozenset({"xlabel", "set_xlabel", "supxlabel", "set_xlabels", "update_xaxes"})
_Y_LABELS = frozenset({"ylabel", "set_ylabel", "supylabel", "set_ylabels", "update_yaxes"})
_BOTH_LABELS = frozenset({"set_axis_labels", "label_outer", "set_xylabels", "from_predictions", "from_estimator"})
_TITLES = frozenset({"title", "set_title", "suptitle", "set_titles", "figtext"})
_LEGENDS = frozenset({"legend", "figlegend", "add_legend", "from_predictions", "from_estimator", "clabel"})
_NO_AXES = frozenset("imshow pie matshow spy plot_tree set_axis_off pcolormesh pcolor draw heatmap".split())
_MAPS = frozenset({"drawcoastlines", "drawcountries", "drawmapboundary", "shadedrelief", "bluemarble", "coastlines"})
_TICKS = {"xticks": "x", "set_xticks": "x", "yticks": "y", "set_yticks": "y"}
_TO_SCALE = frozenset({"equal", "image", "scaled", "square", "off"})
_TEXTS = frozenset({"set_text", "set_label_text"})
_PARTS = {"xaxis": "x", "yaxis": "y", "title": "title"}
"""``ax.title.set_text(...)``, ``ax.xaxis.label.set_text(...)``."""
_KEYWORDS = {
    **dict.fromkeys(("xlabel", "x_label", "xaxis_title", "xaxis_title_text", "xtitle"), "x"),
    **dict.fromkeys(("ylabel", "y_label", "yaxis_title", "yaxis_title_text", "ytitle"), "y"),
    **dict.fromkeys(("title", "title_text", "suptitle", "subplot_titles"), "title"),
    "legend": "legend",
}
_LAYOUTS = frozenset({"update_layout", "Layout", "Figure", "update", "FigureWidget", "iplot"})
_SETTERS = frozenset({"set", "setp", "update_layout", "Layout"})
_LAYOUT_AXIS = pattern(r"\b([xy])axis\d*(?:'|\")?\s*[=:]\s*[^=]*?title")
_LAYOUT_TITLE = pattern(r"\btitle(_text)?['\"]?\s*[=:]")
_LAYOUT_NAME = pattern(r"layout|^fig", re.IGNORECASE)
_HELPER = pattern(r"label|axis|axes|decorat|format|styl|plot|draw|fig|config|show|legend|title", re.IGNORECASE)
_LIBRARIES = ("matplotlib", "numpy", "pandas", "seaborn", "scipy", "sklearn", "math", "plotly", "IPython")


def marks_of(cell: CellView, calls: Iterable[ast.Call]) -> frozenset[str]:
    """Return what calls write on the figure, themselves or through the functions that they call.

    Axes that are switched off, or that have nothing to label, count as labelled, and ``hidden`` says so.

    What cannot be seen (a helper of another module whose name speaks of labels, axes or plots) counts as everything.
    """
    return frozenset(_marks(cell, calls, set()))


def _marks(cell: CellView, calls: Iterable[ast.Call], seen: set[str]) -> Iterator[str]:
    for node in calls:
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        yield from _own_marks(cell, node, name)
        if isinstance(function, ast.Name) and name not in seen:
            seen.add(name)
            if not is_pyplot_function(cell, name):
                yield from _helper_marks(cell, name, seen)
        elif isinstance(function, ast.Attribute) and _is_foreign_helper(cell, root_name(function.value) or "", name):
            yield from ALL_MARKS


def _own_marks(cell: CellView, node: ast.Call, name: str) -> Iterator[str]:
    """Yield what one call writes or hides."""
    if name in _X_LABELS:
        yield "x"
    elif name in _Y_LABELS:
        yield "y"
    elif name in _BOTH_LABELS:
        yield from "xy"
    elif name in _NO_AXES or name in _MAPS or _is_to_scale(node, name):
        yield from ("x", "y", "hidden")
    elif name in _TICKS and node.args and (_is_empty(node.args[0]) or _names_ticks(node)):
        yield _TICKS[name]
    elif name in _TEXTS and isinstance(node.func, ast.Attribute):
        yield from (mark for part, mark in _PARTS.items() if part in text_of(node.func.value).split("."))
    elif name in _LAYOUTS:
        yield from _layout_marks(cell, node, set())
    if name in _TITLES:
        yield "title"
    if name in _LEGENDS:
        yield "legend"
    for keyword in node.keywords:
        if keyword.arg is None and name in _SETTERS:
            yield from ALL_MARKS
        elif keyword.arg in _KEYWORDS and not (isinstance(keyword.value, ast.Constant) and not keyword.value.value):
            yield _KEYWORDS[keyword.arg]
        elif keyword.arg == "ax" and _is_foreign_method(cell, node):
            yield from ("x", "y", "legend")  # ``model.plot(forecast, ax=ax)``
        elif keyword.arg == "projection":
            yield from ("x", "y", "hidden")


def _layout_marks(cell: CellView, node: ast.expr, seen: set[str]) -> Iterator[str]:
    """Yield what a plotly layout writes, where it stands in an expression or in a variable that the expression names.

    A layout that nobody can follow counts as everything.
    """
    marks, names = _layout(node)
    yield from marks
    for name in names:
        if name not in seen:
            seen.add(name)
            for found in cell.occurrences(name):
                if found.events.mutations:
                    yield from ALL_MARKS
                for binding in found.events.bindings:
                    value = binding.node.value if isinstance(binding.node, ast.Assign) else None
                    yield from _layout_marks(cell, value, seen) if value is not None else ALL_MARKS


@lru_cache(maxsize=200)
def _layout(node: ast.expr) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return what an expression writes itself, and the names in it that may hold a layout, or a figure with one."""
    text = text_of(node)
    marks = {found[1] for found in _LAYOUT_AXIS.finditer(text)}
    if _LAYOUT_TITLE.search(text):
        marks.add("title")
    names = [part.id for part in (node, *getattr(node, "args", ())) if isinstance(part, ast.Name)]
    for inner in walk(node):
        if isinstance(inner, ast.Name) and _LAYOUT_NAME.search(inner.id):
            names.append(inner.id)
        elif isinstance(inner, ast.keyword) and inner.arg == "layout":
            if _is_unseen(inner.value):
                marks.update(ALL_MARKS)
            elif isinstance(inner.value, ast.Name):
                names.append(inner.value.id)
    return frozenset(marks), tuple(dict.fromkeys(names))


def _is_unseen(layout: ast.expr) -> bool:
    """Tell whether a layout comes out of a call that is not plotly's or ``dict``."""
    if not isinstance(layout, ast.Call):
        return False
    function = layout.func
    return (function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")) not in (
        "Layout",
        "dict",
    )


def _helper_marks(cell: CellView, name: str, seen: set[str]) -> Iterator[str]:
    """Yield what a function of the notebook writes; a plotting helper that cannot be seen counts as everything."""
    bindings = [(found.cell, binding) for found in cell.occurrences(name) for binding in found.events.bindings]
    for place, binding in bindings:
        if binding.kind in ("function", "class"):
            facts = cell.facts(place)
            inner = [call.node for call in facts.calls if call.owner == name] if facts else []
            yield from _marks(cell, inner, seen)
        elif binding.kind == "import":
            if _is_foreign_helper(cell, name, name):
                yield from ALL_MARKS
        elif _HELPER.search(name):
            yield from ALL_MARKS
    if not bindings and not hasattr(builtins, name) and _HELPER.search(name):
        yield from ALL_MARKS  # from a star import or another notebook


def _is_foreign_helper(cell: CellView, root: str, name: str) -> bool:
    """Tell whether a call goes to a module that may well finish the figure, and is none of the known libraries."""
    module = cell.imported_from(root)
    return module is not None and not module.startswith(_LIBRARIES) and _HELPER.search(name) is not None


def _is_foreign_method(cell: CellView, node: ast.Call) -> bool:
    """Tell whether a method of an unknown object draws on the axes that it is given."""
    if not isinstance(node.func, ast.Attribute) or node.func.attr == "colorbar":
        return False
    root = deep_root(node.func)
    return root is not None and cell.imported_from(root) is None and not is_pandas(cell, root)


def _is_to_scale(node: ast.Call, name: str) -> bool:
    """Tell whether a call switches axes off, or makes the figure a drawing to scale."""
    given = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
    return name in ("axis", "set_aspect") and any(isinstance(value, str) and value in _TO_SCALE for value in given)


def _names_ticks(node: ast.Call) -> bool:
    """Tell whether a call writes names on the ticks, which say what stands there."""
    return len(node.args) > 1 or any(word.arg in ("labels", "ticklabels") for word in node.keywords)


def _is_empty(node: ast.expr) -> bool:
    return isinstance(node, ast.List | ast.Tuple) and not node.elts
