"""OB104."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from offbook.analysis import CellFacts
from offbook.diagnostics import Related, Severity
from offbook.notebook import CellId
from offbook.rules.execution.commands import restart_and_run_all
from offbook.rules.execution.counts import Ran, cell_name, falling_counts
from offbook.rules.registry import Finding, rule
from offbook.rules.views import NotebookView
from offbook.text import Span


@rule("OB104", Severity.INFORMATION, per="notebook")
def not_a_fresh_run(notebook: NotebookView) -> Iterator[Finding]:
    """The cells were not run in one go, from top to bottom, in a fresh kernel.

    ## What it does
    Looks at execution counts that rise, and still do not belong to one fresh run: counts that start above 1, leave
    some out or repeat, and cells with code that never ran although later ones did. It is reported once for a notebook,
    at the first such cell, with the others as related locations.

    ## Why it matters
    Cells were run again, edited and run again, skipped or deleted while the notebook was worked on. What it shows may
    not be what the code gives now.

    ## What to do
    Restart and run all before you share it: `offbook run` tells whether that works, and with `--write` saves what
    comes out.

    ## When it stays silent
    Where the counts fall (that is `out-of-order-execution`), where no cell has a count, or where a platform stored
    the same count with all of them. Cells without code, cells below the last one that ran, and cells tagged
    `skip-execution` need no count. In an editor, the counts that were last saved are judged: running one cell again
    is no finding until the notebook is saved like that.

    ## Bad
    ```python
    # %% count=3
    a = 1
    # %% count=9
    b = 2
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
    ran = [Ran(cell, count) for cell, count in counts if count is not None]
    if not ran or falling_counts(counts) or ran[0].count < 1 or (len(ran) > 1 and ran[0].count == ran[-1].count):
        return
    reasons = {**dict(_skipped(notebook, counts, ran[-1].cell)), **dict(_jumps(notebook, ran))}
    places = [
        (cell, reasons[cell])
        for cell, _ in counts
        if cell in reasons and notebook.holds(cell) and _holds_code(notebook.facts(cell))
    ]
    if not places:
        return
    first, reason = places[0]
    more = f" ({len(places) - 1} more {'places' if len(places) > 2 else 'place'} like it)" if places[1:] else ""
    yield Finding(
        first,
        Span.on_line(0),
        f"the cells were not run in one go in a fresh kernel: {reason}{more}",
        restart_and_run_all(),
        tuple(Related(other, Span.on_line(0), text) for other, text in places[1:]),
    )


def _jumps(notebook: NotebookView, ran: Sequence[Ran]) -> Iterator[tuple[CellId, str]]:
    """Yield the cells whose count is not the next one."""
    if ran[0].count > 1:
        yield ran[0].cell, f"the first cell that ran has the execution count {ran[0].count}"
    for above, here in pairwise(ran):
        if here.count == above.count:
            yield here.cell, f"{cell_name(notebook, above.cell)} has the execution count {here.count} too"
        elif here.count > above.count + 1:
            named = f"{above.count} ({cell_name(notebook, above.cell)})"
            yield here.cell, f"the execution count goes from {named} to {here.count} here"


def _skipped(
    notebook: NotebookView, counts: Sequence[tuple[CellId, int | None]], last: CellId
) -> Iterator[tuple[CellId, str]]:
    """Yield the cells with code that have no count, above the last that has one."""
    for cell, count in counts:
        if cell == last:
            return
        if count is None and notebook.holds(cell) and "skip-execution" not in notebook.cell(cell).tags:
            yield cell, "this cell never ran, but later ones did"


def _holds_code(facts: CellFacts | None) -> bool:
    """Tell whether a cell is a code cell with more than comments."""
    return facts is not None and (facts.tree is None or bool(facts.tree.body) or bool(facts.masked.magics))
