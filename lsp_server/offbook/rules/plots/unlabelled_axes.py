"""OB301."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from offbook.analysis import span_of
from offbook.diagnostics import Applicability, CellEdits, Fix, Severity
from offbook.notebook import Cell
from offbook.rules.plots.figures import Plot, labelled_axes, makes_axes, plots_of
from offbook.rules.registry import Finding, rule
from offbook.rules.views import CellView
from offbook.text import Edit, Lines, Position, Span


@rule("OB301", Severity.WARNING, per="cell")
def unlabelled_axes(cell: CellView) -> Iterator[Finding]:
    """A figure has no labels on its axes.

    ## What it does
    Reports a cell that draws with matplotlib (pyplot or axes objects) or with pandas' `.plot`, and leaves the x axis,
    the y axis or both without a label.

    ## Why it matters
    A figure is read without the code beside it. Without labels and units nobody knows what it shows.

    ## What to do
    Name the axes. The fix inserts labels taken from the plotted names, for you to improve.

    ## When it stays silent
    For images, pies, heat maps and axes that are switched off; where pandas or seaborn set the labels by themselves;
    where a function that the cell calls sets them; and when the cell was run and shows no figure.

    ## Bad
    ```python
    # %%
    import matplotlib.pyplot as plt
    hours = [1, 2, 3]
    sales = [4, 5, 9]
    plt.plot(hours, sales)
    ```

    ## Good
    ```python
    # %%
    import matplotlib.pyplot as plt
    hours = [1, 2, 3]
    sales = [4, 5, 9]
    plt.plot(hours, sales)
    plt.xlabel("hours")
    plt.ylabel("sales")
    ```
    """
    plots = plots_of(cell)
    if not plots or _shows_nothing(cell.this):
        return
    needed = frozenset().union(*(plot.needs for plot in plots))
    missing = sorted(needed - labelled_axes(cell))
    if not missing:
        return
    names = " and ".join(f"no {axis} label" for axis in missing)
    yield Finding(cell.id, span_of(plots[0].node), f"this figure has {names}", _labels_fix(cell, plots, missing))


def _shows_nothing(cell: Cell) -> bool:
    """Tell whether the cell was run and left no figure."""
    shown = any(
        mime.startswith(("image/", "text/html", "application/"))
        for output in cell.outputs
        for mime in output.mime_types
    )
    return cell.execution_count is not None and not shown


def _labels_fix(cell: CellView, plots: list[Plot], missing: list[str]) -> Fix | None:
    """Insert labels behind the last plotting statement, where all plots share one axes and stand at top level."""
    tree = cell.here.tree
    targets = {plot.axes for plot in plots}
    if tree is None or len(targets) > 1 or not plots[0].axes or "(" in plots[0].axes:
        return None
    holders = [statement for statement in tree.body for plot in plots if _holds(statement, plot.node)]
    if len(holders) < len(plots) or (plots[0].pyplot and makes_axes(cell)):
        return None
    data = dict(zip("xy", _data_names(cell, plots[0].node), strict=True))
    axes = plots[0].axes
    calls = [
        f'{axes}.{axis}label("{data[axis]}")' if plots[0].pyplot else f'{axes}.set_{axis}label("{data[axis]}")'
        for axis in missing
    ]
    last = holders[-1]
    lines = Lines(cell.here.source)
    line = (last.end_lineno or last.lineno) - 1
    if any(statement is not last and statement.lineno - 1 == line for statement in tree.body):
        return None  # another statement on the same line
    end = Position(line, len(lines.line(line)))
    edit = Edit(Span(end, end), "".join(f"\n{call}" for call in calls))
    return Fix("Label the axes", Applicability.SAFE, (CellEdits(cell.id, (edit,)),))


def _holds(statement: ast.stmt, node: ast.Call) -> bool:
    """Tell whether a plain statement (no loop, no block) is the plotting call, or assigns its result."""
    return isinstance(statement, ast.Expr | ast.Assign) and statement.value is node


def _data_names(cell: CellView, node: ast.Call) -> tuple[str, str]:
    """Return names for the axes from what is plotted; histograms count on y."""
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
