"""OB100."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from offbook.analysis import SyntaxProblem
from offbook.diagnostics import Severity
from offbook.notebook import is_excused
from offbook.rules.registry import Finding, rule
from offbook.rules.views import CellView
from offbook.text import split_lines
from offbook.text.patterns import pattern

_PYTHON_3_12 = pattern(r"\s*(?:type\s+\w+\s*(?:\[.*\]\s*)?=|(?:async\s+)?def\s+\w+\[|class\s+\w+\[)")


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

    ## When it stays silent
    For syntax that a newer Python has than the one that offbook runs on (`type X = int`, quotes within an f-string's
    braces): the kernel may well know it.

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
    if problem is None or is_excused(cell.this) or _is_newer(problem, cell.here.source):
        return
    if problem.python2:
        message = "this cell is Python 2: it does not run in a Python 3 kernel (`2to3` converts most of it)"
    else:
        message = f"this cell is not valid Python: {problem.message}"
    yield Finding(cell.id, problem.span, message)


def _is_newer(problem: SyntaxProblem, source: str) -> bool:
    """Tell whether a cell may be right in a Python newer than the one that parsed it (PEP 695, PEP 701)."""
    if sys.version_info >= (3, 12):
        return False
    line = split_lines(source)[problem.span.start.line]
    return problem.message.startswith("f-string") or _PYTHON_3_12.match(line) is not None
