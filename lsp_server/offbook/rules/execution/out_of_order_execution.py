"""OB103."""

from __future__ import annotations

from collections.abc import Iterator

from offbook.diagnostics import Related, Severity
from offbook.rules.execution.counts import falling_counts
from offbook.rules.registry import Finding, rule
from offbook.rules.views import NotebookView
from offbook.text import Span


@rule("OB103", Severity.WARNING, per="notebook")
def out_of_order_execution(notebook: NotebookView) -> Iterator[Finding]:
    """The cells were not run from top to bottom.

    ## What it does
    Compares the stored execution counts: reading down, each must be higher than the one before. It is reported once
    for a notebook, at the first cell that ran before a cell above it.

    ## Why it matters
    The outputs come from another order than the one in which anybody will read or run the notebook. They may not be
    what the code gives.

    ## What to do
    Restart and run all, and look at what changes: `offbook run` does it in a kernel of its own.

    ## Bad
    ```python
    # %% count=2
    b = 2
    # %% count=1
    a = 1
    ```

    ## Good
    ```python
    # %% count=1
    a = 1
    # %% count=2
    b = 2
    ```
    """
    counts = notebook.counts()
    early = falling_counts(counts)
    if not early:
        return
    number, above = early[0]
    order = notebook.order()
    more = f" ({len(early) - 1} more cells like it)" if len(early) > 2 else " (1 more like it)" * (len(early) - 1)
    yield Finding(
        order[number],
        Span.on_line(0),
        f"this cell ran before cell {above + 1} above it (execution counts {counts[number]} and {counts[above]}): "
        f"the outputs do not come from a run from top to bottom{more}",
        related=(Related(order[above], Span.on_line(0), f"this cell has the higher count {counts[above]}"),),
    )
