"""Fixes that add calls behind the last plotting statement of a cell."""

from __future__ import annotations

import ast

from offbook.diagnostics import Applicability, CellEdits, Fix
from offbook.rules.plots.drawing import Plot, makes_axes
from offbook.rules.plots.figures import Figure
from offbook.rules.views import CellView
from offbook.text import Edit, Lines, Position, Span


def insertion(cell: CellView, title: str, calls: list[str], after: ast.stmt) -> Fix | None:
    """Insert calls on lines of their own behind a statement; ``None`` where another one stands on its last line."""
    tree = cell.here.tree
    line = (after.end_lineno or after.lineno) - 1
    if tree is None or any(other is not after and other.lineno - 1 == line for other in tree.body):
        return None
    end = Position(line, len(Lines(cell.here.source).line(line)))
    edit = Edit(Span(end, end), "".join(f"\n{call}" for call in calls))
    return Fix(title, Applicability.SAFE, (CellEdits(cell.id, (edit,)),))


def last_plot(cell: CellView, figure: Figure) -> ast.stmt | None:
    """Return the statement of the last plot, where all plots share one axes and stand at top level."""
    tree, first = cell.here.tree, figure.plots[0]
    targets = {(plot.axes, plot.panel) for plot in figure.plots}
    if tree is None or len(targets) > 1 or first.library != "matplotlib" or not first.axes or "(" in first.axes:
        return None
    holders = [statement for statement in tree.body for plot in figure.plots if _holds(statement, plot.node)]
    if len(holders) < len(figure.plots) or (first.pyplot and makes_axes(cell)):
        return None
    return holders[-1]


def _holds(statement: ast.stmt, node: ast.Call) -> bool:
    """Tell whether a plain statement (no loop, no block) is the plotting call, or assigns its result."""
    return isinstance(statement, ast.Expr | ast.Assign) and statement.value is node


def data_names(cell: CellView, plot: Plot) -> tuple[str, str]:
    """Return names for the axes from what is plotted; histograms count on y, and on x where their bars lie."""
    x, y = _standing_names(cell, plot.node)
    return (y, x) if plot.turned else (x, y)


def _standing_names(cell: CellView, node: ast.Call) -> tuple[str, str]:
    arguments = [argument for argument in node.args if not isinstance(argument, ast.Starred)]
    attribute = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    names = [_data_name(cell, argument) for argument in arguments[:2]]
    if attribute == "hist":
        return (names[0] if names and names[0] else "value"), "count"
    if len([argument for argument in arguments if not _is_format(argument)]) < 2:
        return "index", (names[0] if names and names[0] else "value")
    return names[0] or "x", names[1] or "y"


def _data_name(cell: CellView, node: ast.expr) -> str:
    """Return a readable name for ``hours``, ``df.hours``, ``df["hours"]``, ``hours.mean()``; else nothing."""
    if isinstance(node, ast.Name):
        return "" if cell.imported_from(node.id) else node.id
    if isinstance(node, ast.Attribute):
        return "value" if node.attr == "values" else _data_name(cell, node.value) if node.attr == "index" else node.attr
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _data_name(cell, node.func.value)
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
        return node.slice.value.replace("\\", "").replace('"', "'").replace("\n", " ")
    return ""


def _is_format(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
