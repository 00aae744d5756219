"""OB301."""

from __future__ import annotations

from collections.abc import Iterator

from offbook.analysis import span_of
from offbook.diagnostics import Fix, Severity
from offbook.rules.plots.figures import Figure, figure_of
from offbook.rules.plots.insertion import data_names, insertion, last_plot
from offbook.rules.registry import Finding, rule
from offbook.rules.views import CellView


@rule("OB301", Severity.WARNING, per="cell")
def unlabelled_axes(cell: CellView) -> Iterator[Finding]:
    """A figure has no labels on its axes.

    ## What it does
    Reports a cell that draws with matplotlib (pyplot, `%pylab`, axes objects), pandas' `.plot` or a column's `.hist`,
    seaborn or plotly, and leaves the x axis, the y axis or both without a label.

    ## Why it matters
    A figure is read without the code beside it. Without labels and units nobody knows what it shows.

    ## What to do
    Name the axes. The fix inserts labels taken from the plotted names, for you to improve.

    ## When it stays silent
    For images, pies, heat maps, maps, bodies in space, drawings to scale (`plt.axis("equal")`), axes that are switched
    off and axes with names on their ticks; where a legend names what stands on y; where a library's object draws on the
    axes; where pandas, seaborn or plotly express set the labels by themselves; where a function that the cell calls, or
    another cell that works on the same axes, sets them; and when the cell was run and shows no figure.

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
    figure = cell.once(figure_of)
    if figure is None or not figure.missing:
        return
    names = " and ".join(f"no {axis} label" for axis in figure.missing)
    yield Finding(cell.id, span_of(figure.plots[0].node), f"this figure has {names}", _labels_fix(cell, figure))


def _labels_fix(cell: CellView, figure: Figure) -> Fix | None:
    """Insert labels named after the data."""
    statement = last_plot(cell, figure)
    if statement is None:
        return None
    first = figure.plots[0]
    data = dict(zip("xy", data_names(cell, first), strict=True))
    method = "" if first.pyplot else "set_"
    calls = [f'{first.axes}.{method}{axis}label("{data[axis]}")' for axis in figure.missing]
    return insertion(cell, "Label the axes", calls, statement)
