"""OB302."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from offbook.analysis import span_of
from offbook.diagnostics import Fix, Severity
from offbook.notebook import Cell
from offbook.rules.plots.figures import Figure, figure_of
from offbook.rules.plots.insertion import data_names, insertion, last_plot
from offbook.rules.registry import Finding, rule
from offbook.rules.views import CellView
from offbook.text.patterns import pattern

_SAVES = pattern(r"save_?(fig|plot|image)|write_(image|html)", re.IGNORECASE)
_COMMENT = pattern(
    r"^[^\S\n]*#(?!.*\w\().*\b(plot|figure|fig|chart|graph|curve|visuali[sz]\w*|draw|histogram|show)",
    re.IGNORECASE | re.MULTILINE,
)
_HEADING = pattern(r"\s*#(?!.*\w\()\W*\w+\W+\w+\W+\w+\W+\w+")
_CAPTION = pattern(r"\W*(fig|figure|plot|chart)\b", re.IGNORECASE)


@rule("OB302", Severity.WARNING, per="cell")
def missing_title(cell: CellView) -> Iterator[Finding]:
    """A finished figure has no title.

    ## What it does
    Reports a figure whose axes are labelled, but which has no title (`title`, `set_title`, `suptitle`, plotly's
    `title=`) and no text around it that names it.

    ## Why it matters
    A reader who looks for a result leafs through the figures. Without a title each has to be puzzled out from its axes
    and its code.

    ## What to do
    Say in a title, or in a text cell above, what the figure shows. The fix inserts a title made of the axes' labels,
    for you to improve.

    ## When it stays silent
    Where a text cell above introduces the figure (up to two cells without a figure may stand between), or the cell
    below is a caption (`Figure 3: ...`); where a comment says what is plotted; where the figure is saved to a file
    (what uses the file has the caption); for maps, images and drawings without labelled axes; where axes have no labels
    yet (OB301 says that first); where a function that the cell calls may set the title; and when the cell was run and
    shows no figure.

    ## Bad
    ```python
    # %%
    import matplotlib.pyplot as plt
    hours = [1, 2, 3]
    sales = [4, 5, 9]
    plt.plot(hours, sales)
    plt.xlabel("hour of the day")
    plt.ylabel("sales in euro")
    ```

    ## Good
    ```python
    # %%
    import matplotlib.pyplot as plt
    hours = [1, 2, 3]
    sales = [4, 5, 9]
    plt.plot(hours, sales)
    plt.xlabel("hour of the day")
    plt.ylabel("sales in euro")
    plt.title("Sales over the day")
    ```
    """
    figure = cell.once(figure_of)
    if figure is None or figure.missing or not {"x", "y"} <= figure.marks or figure.marks & {"title", "hidden"}:
        return
    if _is_introduced(cell) or _is_caption(cell.neighbour(1)) or _is_named(cell):
        return
    first = figure.plots[0]
    yield Finding(cell.id, span_of(first.node), "this figure has no title", _title_fix(cell, figure))


def _is_introduced(cell: CellView) -> bool:
    """Tell whether a text cell stands above, with at most two cells between that show no figure."""
    for distance in (-1, -2, -3):
        above = cell.neighbour(distance)
        if above is None or any(mime.startswith("image/") for output in above.outputs for mime in output.mime_types):
            return False
        if above.kind == "markdown" and above.source.strip():
            return True
    return False


def _is_caption(below: Cell | None) -> bool:
    return below is not None and below.kind == "markdown" and _CAPTION.match(below.source) is not None


def _is_named(cell: CellView) -> bool:
    """Tell whether the code says what the figure is: in a comment, or in the name of the file it is saved to."""
    called = (call.node.func for call in cell.here.calls)
    names = (node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "") for node in called)
    return any(map(_SAVES.search, names)) or _is_described(cell.here.source)


def _is_described(source: str) -> bool:
    """Tell whether a comment speaks of a plot, or a sentence stands above the code."""
    return _COMMENT.search(source) is not None or _HEADING.match(source) is not None


def _title_fix(cell: CellView, figure: Figure) -> Fix | None:
    """Insert a title that says what is plotted over what."""
    statement = last_plot(cell, figure)
    if statement is None:
        return None
    first = figure.plots[0]
    x, y = (_written(cell, axis) or name for axis, name in zip("xy", data_names(cell, first), strict=True))
    method = "title" if first.pyplot else "set_title"
    return insertion(cell, "Add a title", [f'{first.axes}.{method}("{y} by {x}")'], statement)


def _written(cell: CellView, axis: str) -> str:
    """Return the text that the cell writes on an axis; empty where it is no plain text."""
    for call in cell.here.calls:
        function = call.node.func
        if isinstance(function, ast.Attribute) and function.attr in (f"{axis}label", f"set_{axis}label"):
            for argument in call.node.args[:1]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    return "" if re.search(r'["\\\n$]', argument.value) else argument.value
    return ""
