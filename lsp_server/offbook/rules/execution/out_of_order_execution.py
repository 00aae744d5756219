"""OB103."""

from __future__ import annotations

from collections.abc import Iterator

from offbook.diagnostics import Related, Severity
from offbook.rules.execution.commands import restart_and_run_all
from offbook.rules.execution.counts import cell_name, falling_counts
from offbook.rules.execution.misplaced import find_misplaced
from offbook.rules.registry import Finding, rule
from offbook.rules.views import NotebookView
from offbook.text import Span


@rule("OB103", Severity.WARNING, per="notebook")
def out_of_order_execution(notebook: NotebookView) -> Iterator[Finding]:
    """The cells were not run from top to bottom.

    ## What it does
    Compares the stored execution counts: reading down, each must be higher than the one before. It is reported once
    for a notebook, at the first cell that ran before a cell above it; where the data flow shows that a cell used a
    value that it does not get from top to bottom, the message names it. In an editor, the counts that were last saved
    are judged.

    ## Why it matters
    The outputs come from another order than the one in which anybody will read or run the notebook. They may not be
    what the code gives.

    ## What to do
    Restart and run all, and look at what changes: `offbook run --write` does it in a kernel of its own, and
    saves what comes out.

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
    early = [(ran, above) for ran, above in falling_counts(notebook.counts()) if notebook.holds(ran.cell)]
    if not early:
        return
    ran, above = early[0]
    more = f" ({len(early) - 1} more cells like it)" if len(early) > 2 else " (1 more like it)" * (len(early) - 1)
    related = [Related(above.cell, Span.on_line(0), f"this cell has the higher count {above.count}")]
    yield Finding(
        ran.cell,
        Span.on_line(0),
        f"this cell ran before {cell_name(notebook, above.cell)} above it (execution counts {ran.count} and "
        f"{above.count}): the outputs do not come from a run from top to bottom{more}{_effect(notebook)}",
        restart_and_run_all(),
        tuple(related if notebook.holds(above.cell) else ()),
    )


def _effect(notebook: NotebookView) -> str:
    """Say which value a cell had that a run from top to bottom does not give it; nothing where none is known."""
    found = find_misplaced(notebook)
    if found is None:
        return ""
    return (
        f"; {cell_name(notebook, found.reader)} used the `{found.name}` of {cell_name(notebook, found.source)}, "
        f"and from the top it gets that of {cell_name(notebook, found.above)}"
    )
