"""OB108."""

from __future__ import annotations

from collections.abc import Iterator

from offbook.diagnostics import Severity
from offbook.notebook import is_excused
from offbook.rules.execution.commands import run_cell
from offbook.rules.registry import Finding, rule
from offbook.rules.views import CellView
from offbook.text import Span


@rule("OB108", Severity.WARNING, per="cell")
def stored_error(cell: CellView) -> Iterator[Finding]:
    """The stored output of a cell is an error.

    ## What it does
    Reports a cell with an exception among its stored outputs.

    ## Why it matters
    A reader sees that the work broke off here, and whoever runs the notebook from top to bottom does not get further.

    ## What to do
    Correct the cell and run it again. If it is meant to fail, give it the tag `raises-exception`: a run goes on after
    it, and readers' tools know as well.

    ## When it stays silent
    For cells tagged `raises-exception` or marked `# NBVAL_RAISES_EXCEPTION` or `# NBVAL_SKIP`; for exceptions that the
    cell catches and prints itself.

    ## Bad
    ```python
    # %% count=1 error=ZeroDivisionError
    1 / 0
    ```

    ## Good
    ```python
    # %% count=1 tags=raises-exception error=ZeroDivisionError
    1 / 0
    ```
    """
    errors = [output.name for output in cell.this.outputs if output.kind == "error"]
    if not errors or is_excused(cell.this):
        return
    error = errors[0].rpartition(".")[2]
    if error == "KeyboardInterrupt":
        message = "this cell was interrupted (`KeyboardInterrupt`) when its stored output was made"
    else:
        what = f"an error (`{error}`)" if error else "an error"
        message = f"the stored output of this cell is {what}: correct it, or tag the cell `raises-exception`"
    yield Finding(cell.id, Span.on_line(0), message, run_cell())
