"""OB303."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from offbook.analysis import root_name, span_of
from offbook.analysis.nodes import text_of, walk
from offbook.diagnostics import Fix, Severity
from offbook.rules.plots.axes import MAKES_AXES
from offbook.rules.plots.drawing import Plot
from offbook.rules.plots.figures import Figure, figure_of
from offbook.rules.plots.insertion import insertion, last_plot
from offbook.rules.registry import Finding, rule
from offbook.rules.views import CellView

_NEW_FIGURE = MAKES_AXES | {"figure", "show", "sca", "close"}


@rule("OB303", Severity.WARNING, per="cell")
def missing_legend(cell: CellView) -> Iterator[Finding]:
    """Several series carry labels, and no legend shows them.

    ## What it does
    Reports axes on which several series are drawn with `label=...` while nothing draws a legend.

    ## Why it matters
    The labels are in the code and not in the figure: nobody can tell the lines apart.

    ## What to do
    Call `legend()`. The fix does.

    ## When it stays silent
    For a single labelled series; for one series on each of several axes; where a function that the cell calls, or
    another cell that works on the same axes, may draw the legend; and when the cell was run and shows no figure.

    ## Bad
    ```python
    # %%
    import matplotlib.pyplot as plt
    plt.plot([1, 2, 3], label="north")
    plt.plot([3, 1, 2], label="south")
    ```

    ## Good
    ```python
    # %%
    import matplotlib.pyplot as plt
    plt.plot([1, 2, 3], label="north")
    plt.plot([3, 1, 2], label="south")
    plt.legend()
    ```
    """
    figure = cell.once(figure_of)
    if figure is None or "legend" in figure.marks:
        return
    labelled = [plot for plot in figure.plots if plot.label is not None and plot.library in ("matplotlib", "pandas")]
    groups: dict[tuple[str, int], list[Plot]] = {}
    for plot in labelled:
        groups.setdefault((plot.axes, plot.panel), []).append(plot)
    for plots in groups.values():
        if len({text_of(label) for plot in plots if (label := plot.label)}) > 1 or _repeats(cell, plots[0]):
            message = f"{_named(plots)} and no legend shows them"
            yield Finding(cell.id, span_of(plots[0].node), message, _legend_fix(cell, figure))
            return


def _named(plots: list[Plot]) -> str:
    texts = [str(plot.label.value) for plot in plots if isinstance(plot.label, ast.Constant)]
    if len(texts) == len(plots) and 1 < len(texts) <= 3:
        return " and ".join([", ".join(f"`{text}`" for text in texts[:-1]), f"`{texts[-1]}`"]) + " are labels,"
    return "the series carry labels,"


def _repeats(cell: CellView, plot: Plot) -> bool:
    """Tell whether a loop draws the series again and again on the same axes, under another label each time."""
    tree = cell.here.tree
    loops = [node for node in walk(tree) if isinstance(node, ast.For)] if tree is not None else []
    around = [loop for loop in loops if any(node is plot.node for node in walk(loop))]
    if not around or plot.label is None:
        return False
    inner = min(around, key=lambda loop: sum(1 for _ in walk(loop)))
    bound = {node.id for node in walk(inner) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    if not bound & _names(plot.label) or (plot.axes and bound & _names(ast.parse(plot.axes, mode="eval"))):
        return False
    functions = [node.func for node in walk(inner) if isinstance(node, ast.Call)]
    made = {node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "") for node in functions}
    return not made & _NEW_FIGURE and (root_name(plot.node.func) or "") not in bound


def _names(node: ast.AST) -> set[str]:
    return {inner.id for inner in walk(node) if isinstance(inner, ast.Name)}


def _legend_fix(cell: CellView, figure: Figure) -> Fix | None:
    statement = last_plot(cell, figure)
    return insertion(cell, "Show the legend", [f"{figure.plots[0].axes}.legend()"], statement) if statement else None
