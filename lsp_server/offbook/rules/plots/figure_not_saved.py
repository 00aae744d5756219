"""OB304."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from msgspec import Struct

from offbook.analysis import CellFacts, span_of
from offbook.diagnostics import Applicability, CellEdits, Fix, Severity
from offbook.notebook import Cell
from offbook.rules.plots.drawing import Plot
from offbook.rules.plots.figures import figure_of
from offbook.rules.plots.pyplot import is_pyplot
from offbook.rules.plots.results import SAVES, teaches
from offbook.rules.registry import Finding, rule
from offbook.rules.views import CellView
from offbook.text import Edit, Lines, Position, Span
from offbook.text.patterns import pattern

_CAPTION = pattern(r"^[\s#*_>]*(?:figure|fig\.?|abbildung|abb\.)\s*(?P<number>\d+)\b", re.IGNORECASE | re.MULTILINE)
_RESULT = pattern(
    r"\b(?:final|publication|headline)\s+(?:\w+\s+)?(?:figure|plot|chart|graph)\b"
    r"|\b(?:figure|plot|chart)s?\s+(?:for|in)\s+(?:the|our|my)\s+(?:\w+\s+)?"
    r"(?:paper|report|thesis|manuscript|publication|slides|presentation|poster)\b",
    re.IGNORECASE,
)
_NEW_FIGURES = frozenset({"figure", "subplots", "show"})


class FigureNotSavedOptions(Struct, frozen=True):
    """Settings of `figure-not-saved`.

    Attributes:
        strict: Whether every figure should be saved; else those that the text names as results.
    """

    strict: bool = False


@rule("OB304", Severity.INFORMATION, per="cell", options=FigureNotSavedOptions)
def figure_not_saved(cell: CellView) -> Iterator[Finding]:
    """A figure that is a result is shown, and not saved.

    ## What it does
    Reports a figure that the text beside it names as a result (`Figure 3: ...`, "the final plot", "figure for the
    paper") and that no call writes to a file. With `strict` it reports every figure.

    ## Why it matters
    The result exists inside the notebook only, at the size of the screen: what uses it gets a copy by hand, and nobody
    knows later which code made that copy.

    ## What to do
    Call `savefig` before the figure is shown. The fix does, for figures of pyplot.

    ## When it stays silent
    For figures without such a text; in notebooks that teach; where any call of the cell, or a function of the notebook,
    may save something; and when the cell was run and shows no figure.

    ## Bad
    ```python
    # %%
    import matplotlib.pyplot as plt
    plt.plot([1, 2, 3])
    plt.show()
    # %% [markdown]
    # **Figure 3:** Sales over the day.
    ```

    ## Good
    ```python
    # %%
    import matplotlib.pyplot as plt
    plt.plot([1, 2, 3])
    plt.savefig("figure_3.png", bbox_inches="tight")
    plt.show()
    # %% [markdown]
    # **Figure 3:** Sales over the day.
    ```
    """
    options: FigureNotSavedOptions = cell.options
    figure = cell.once(figure_of)
    if figure is None or any(map(_may_save, _facts(cell))):
        return
    named = _named_result(cell)
    if (not named and not options.strict) or (named and any(map(teaches, map(cell.cell, cell.order())))):
        return
    message = f"this figure is a result ({named}), and is not saved" if named else "this figure is not saved"
    yield Finding(cell.id, span_of(figure.plots[0].node), message, _saving(cell, figure.plots[0], named))


def _facts(cell: CellView) -> Iterator[CellFacts]:
    """Yield this cell, and the cells that define a function that it calls."""
    yield cell.here
    names = {call.node.func.id for call in cell.here.calls if isinstance(call.node.func, ast.Name)}
    for name in sorted(names):
        for found in cell.occurrences(name):
            facts = cell.facts(found.cell) if found.events.binds else None
            if facts is not None:
                yield facts


def _may_save(facts: CellFacts) -> bool:
    called = (call.node.func for call in facts.calls)
    names = (node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "") for node in called)
    return any(map(SAVES.search, names)) or any(magic.kind != "line" for magic in facts.masked.magics)


def _named_result(cell: CellView) -> str:
    """Return the words by which a text beside the figure names it; empty without any."""
    above, below = cell.neighbour(-1), cell.neighbour(1)
    for text in (_caption(below), _caption(above)):
        if text:
            return text
    for beside in (above, below):
        found = _RESULT.search(beside.source) if beside is not None and beside.kind == "markdown" else None
        if found:
            return f"“{found[0]}”"
    return ""


def _caption(beside: Cell | None) -> str:
    """Return ``Figure 3`` for a text cell with the caption of one figure."""
    captions = list(_CAPTION.finditer(beside.source)) if beside is not None and beside.kind == "markdown" else []
    return f"Figure {captions[0]['number']}" if len(captions) == 1 else ""


def _saving(cell: CellView, plot: Plot, named: str) -> Fix | None:
    """Insert ``savefig`` before the figure is shown, where pyplot's current figure is the only one of the cell."""
    tree = cell.here.tree
    attributes = [call.node.func.attr for call in cell.here.calls if isinstance(call.node.func, ast.Attribute)]
    if tree is None or any(attributes.count(name) > 1 for name in _NEW_FIGURES):
        return None
    pyplot = next((name for name in cell.here.by_name if cell.imported_from(name) and is_pyplot(cell, name)), "")
    if not pyplot or plot.library == "plotly":
        return None
    stem = re.sub(r"\W+", "_", named.lower().strip("“”")) or "figure"
    call = f'{pyplot}.savefig("{stem}.png", bbox_inches="tight")'
    shows = [statement for statement in tree.body if _shows(statement)]
    lines = Lines(cell.here.source)
    if shows:
        place = Position(shows[0].lineno - 1, 0)
        alone = shows[0].col_offset == 0 and all(
            other is shows[0] or (other.end_lineno or other.lineno) < shows[0].lineno
            for other in tree.body[: tree.body.index(shows[0])]
        )
        edit = Edit(Span(place, place), f"{call}\n") if alone else None
    else:
        edit = Edit(Span(lines.end, lines.end), f"\n{call}") if cell.here.source.strip() else None
    return Fix("Save the figure", Applicability.SAFE, (CellEdits(cell.id, (edit,)),)) if edit else None


def _shows(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "show"
