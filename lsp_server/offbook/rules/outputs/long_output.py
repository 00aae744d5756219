"""OB201."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from offbook.diagnostics import Applicability, Fix, Severity
from offbook.notebook import TrimOutputs
from offbook.notebook.trim import excess
from offbook.rules.registry import Finding, rule
from offbook.rules.views import CellView
from offbook.text import Span


class LongOutputOptions(Struct, frozen=True):
    """Settings of `long-output`.

    Attributes:
        max_lines: Lines of text, or rows of a table, that one output may have.
        max_width: Characters that one line of text may have.
    """

    max_lines: int = 100
    max_width: int = 1000


@rule("OB201", Severity.WARNING, per="cell", options=LongOutputOptions)
def long_output(cell: CellView) -> Iterator[Finding]:
    """A very long output is stored with a cell.

    ## What it does
    Reports a stored output with more lines of text, or more table rows, than `max-lines` (100), or with a line
    longer than `max-width` (1000) characters. Error messages and outputs that are shown as images or HTML are
    judged by what is shown.

    ## Why it matters
    Nobody reads it; it hides the next cell, swells the file and makes every diff unreadable.

    ## What to do
    Show the part that matters (`.head()`, a summary), or write the rest to a file. The fix trims the stored output and
    leaves the code as it is.

    ## Bad
    ```python
    # %% count=1 lines=150
    for step in range(150):
        print("step", step)
    ```

    ## Good
    ```python
    # %% count=1 lines=3
    for step in range(0, 150, 50):
        print("step", step)
    ```
    """
    options: LongOutputOptions = cell.options
    found = [excess(output, options.max_lines, options.max_width) for output in cell.this.outputs]
    reasons = [reason for reason in found if reason]
    if not reasons:
        return
    trim = TrimOutputs(cell.id, options.max_lines // 5)
    lines_only = all("characters" not in reason for reason in reasons)
    fix = Fix("Trim the stored output", Applicability.SAFE, changes=(trim,)) if lines_only else None
    yield Finding(cell.id, Span.on_line(0), f"{reasons[0]} stored with this cell", fix)
