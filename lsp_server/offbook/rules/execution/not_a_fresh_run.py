"""OB104."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from offbook.analysis import CellFacts
from offbook.diagnostics import Related, Severity
from offbook.rules.execution.counts import falling_counts
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
    Restart and run all before you share it: `offbook run` tells whether that works.

    ## When it stays silent
    Where the counts fall (that is `out-of-order-execution`), where no cell has a count, or where a platform stored
    the same count with all of them. Cells without code, cells below the last one that ran, and cells tagged
    `skip-execution` need no count.

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
    ran = [(number, count) for number, count in enumerate(counts) if count is not None]
    if not ran or falling_counts(counts) or ran[0][1] < 1 or (len(ran) > 1 and ran[0][1] == ran[-1][1]):
        return
    order = notebook.order()
    places = [*_jumps(ran), *_skipped(notebook, counts, ran[-1][0])]
    places = sorted((number, reason) for number, reason in places if _holds_code(notebook.facts(order[number])))
    if not places:
        return
    number, reason = places[0]
    more = f" ({len(places) - 1} more {'places' if len(places) > 2 else 'place'} like it)" if places[1:] else ""
    yield Finding(
        order[number],
        Span.on_line(0),
        f"the cells were not run in one go in a fresh kernel: {reason}{more}",
        related=tuple(Related(order[other], Span.on_line(0), text) for other, text in places[1:]),
    )


def _jumps(ran: Sequence[tuple[int, int]]) -> Iterator[tuple[int, str]]:
    """Yield the cells whose count is not the next one."""
    if ran[0][1] > 1:
        yield ran[0][0], f"the first cell that ran has the execution count {ran[0][1]}"
    for (above, before), (number, count) in pairwise(ran):
        if count == before:
            yield number, f"cell {above + 1} has the execution count {count} too"
        elif count > before + 1:
            yield number, f"the execution count goes from {before} (cell {above + 1}) to {count} here"


def _skipped(notebook: NotebookView, counts: Sequence[int | None], last: int) -> Iterator[tuple[int, str]]:
    """Yield the cells with code that have no count, above the last that has one."""
    order = notebook.order()
    for number in range(last):
        if counts[number] is not None or not _holds_code(notebook.facts(order[number])):
            continue
        if "skip-execution" not in notebook.cell(order[number]).tags:
            yield number, "this cell never ran, but later ones did"


def _holds_code(facts: CellFacts | None) -> bool:
    """Tell whether a cell is a code cell with more than comments."""
    return facts is not None and (facts.tree is None or bool(facts.tree.body) or bool(facts.masked.magics))
