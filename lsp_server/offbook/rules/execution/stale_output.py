"""OB105."""

from __future__ import annotations

from collections.abc import Iterator

from offbook.diagnostics import Related, Severity
from offbook.rules.execution.commands import run_cell, run_from_here
from offbook.rules.execution.counts import cell_name
from offbook.rules.registry import Finding, rule
from offbook.rules.views import CellView
from offbook.text import Span


@rule("OB105", Severity.WARNING, per="cell")
def stale_output(cell: CellView) -> Iterator[Finding]:
    """The output of a cell is older than the code, or than a value that it shows.

    ## What it does
    Follows in the editor what runs and what is edited. It reports a cell whose output is no longer what the code
    gives: the cell was edited after its run, or a cell whose values it used (itself, or by way of other cells) was
    edited or ran again. Values are followed in the order in which the cells ran.

    ## Why it matters
    What you read, and what you save, does not belong to the code beside it.

    ## What to do
    Run the cell again; where the cause is another cell, run from that cell on.

    ## When it stays silent
    When a notebook has just been opened, on the command line, and for cells without output. Comments and layout are
    no edits, nor is a change that the value does not rest on (another import, a plot in the same cell); taking the
    edit back ends the finding. Running a cell again that only imports, defines or sets constants changes nothing. After
    a restart of the kernel, what ran before counts as not run, but edits still count.

    ## Bad
    ```python
    # %% count=1 was=limit=3
    limit = 5
    # %% count=2 lines=1
    print([x for x in range(9) if x < limit])
    ```

    ## Good
    ```python
    # %% count=3 was=limit=3
    limit = 3
    # %% count=4 lines=1
    print([x for x in range(9) if x < limit])
    ```
    """
    why = cell.staleness(cell.id)
    if why is None or not cell.this.outputs:
        return
    if why.cause == cell.id:
        yield Finding(cell.id, Span.on_line(0), "this cell was edited after its output was made", run_cell())
        return
    happened = "was edited" if why.how == "edited" else "ran again"
    facts = cell.facts(why.cause)
    binds = facts is not None and why.name in facts.by_name and facts.by_name[why.name].binds
    yield Finding(
        cell.id,
        Span.on_line(0),
        f"{cell_name(cell, why.cause)}, which {'binds' if binds else 'changes'} `{why.name}`, {happened} "
        "after this output was made",
        run_from_here(),
        (Related(why.cause, Span.on_line(0), f"this cell {happened} since"),),
    )
