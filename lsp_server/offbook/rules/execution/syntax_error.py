"""OB100."""

from __future__ import annotations

from collections.abc import Iterator

from offbook.diagnostics import Severity
from offbook.rules.registry import Finding, rule
from offbook.rules.views import CellView


@rule("OB100", Severity.ERROR, per="cell")
def syntax_error(cell: CellView) -> Iterator[Finding]:
    """A cell is not valid Python.

    ## What it does
    Reports a cell that the Python parser refuses. IPython's own syntax (`%magic`, `!command`, `name?`) is
    understood. Code for Python 2 is recognised as such.

    ## Why it matters
    The cell cannot run. The other rules lose this cell, and only this one: names that may come from it are not
    reported.

    ## What to do
    Correct the cell. If it is meant to fail, give it the tag `raises-exception`.

    ## Bad
    ```python
    # %%
    total = (1 + 2
    ```

    ## Good
    ```python
    # %%
    total = (1 + 2)
    # %% tags=raises-exception
    this is what an error looks like
    ```
    """
    problem = cell.here.problem
    if problem is None or "raises-exception" in cell.this.tags:
        return
    if problem.python2:
        message = "this cell is Python 2: it does not run in a Python 3 kernel (`2to3` converts most of it)"
    else:
        message = f"this cell is not valid Python: {problem.message}"
    yield Finding(cell.id, problem.span, message)
