"""OB109."""

from __future__ import annotations

import builtins
from collections.abc import Iterator

from offbook.analysis import Occurrence, Read
from offbook.analysis.facts import Deletion
from offbook.diagnostics import Related, Severity
from offbook.notebook import is_excused
from offbook.rules.registry import Finding, rule
from offbook.rules.views import NameView


@rule("OB109", Severity.INFORMATION, per="name")
def deleted_then_used(name: NameView) -> Iterator[Finding]:
    """A name is read after `del` has removed it.

    ## What it does
    Follows a name from the `del` statement that removes it down to the next cell that binds it again, and reports the
    first read in between. The deletion and the other reads are related locations.

    ## Why it matters
    From top to bottom the read fails with a `NameError`. It worked while the cells ran in another order.

    ## What to do
    Move the `del` below the last use, or remove it: a notebook seldom needs it.

    ## When it stays silent
    For `del` in a branch, a loop or a function, for names that are builtins underneath (`del list` repairs `list`),
    for reads in functions' bodies, inside `try` that catches `NameError` and in cells tagged `raises-exception`, and
    where a cell in between may bind the name in a way that cannot be seen (`%run`, `exec`, a star import).

    ## Bad
    ```python
    # %%
    rows = [1, 2, 3]
    del rows
    # %%
    print(len(rows))
    ```

    ## Good
    ```python
    # %%
    rows = [1, 2, 3]
    # %%
    print(len(rows))
    del rows
    ```
    """
    cells = name.cells
    if not any(cell.events.deletions for cell in cells) or hasattr(builtins, name.name):
        return
    if any(binding.kind == "global" for cell in cells for binding in cell.events.bindings):
        return
    found = _follow(name, cells)
    if found is None:
        return
    deleter, deletion, early = found
    if any(deleter.number <= number <= early[0][0].number for number in name.unseen_binders(name.name)):
        return
    reader, read = early[0]
    same = reader.number == deleter.number
    where = "this cell has removed it above" if same else f"cell {deleter.number + 1} has removed it"
    yield Finding(
        reader.cell,
        read.span,
        f"`{name.name}` is read here after {where} with `del`: a fresh run fails",
        related=(
            Related(deleter.cell, deletion.span, f"`{name.name}` is removed here"),
            *(Related(cell.cell, other.span, f"`{name.name}` is read here too") for cell, other in early[1:]),
        ),
    )


_Early = list[tuple[Occurrence, Read]]


def _follow(name: NameView, cells: list[Occurrence]) -> tuple[Occurrence, Deletion, _Early] | None:
    """Return the first deletion that reads follow: its cell, itself, and the reads before the next binding."""
    removed: tuple[Occurrence, Deletion] | None = None
    early: _Early = []
    for cell in cells:
        if removed is None and not cell.events.deletions:
            continue
        failing = is_excused(name.cell(cell.cell))
        if removed is not None:
            exposed = (read for read in cell.events.reads if read.exposure == "exposed" and not read.guarded)
            early += ((cell, read) for read in exposed if not failing)
            if cell.events.bindings and early:
                break
            removed = None if cell.events.bindings else removed
        deletion = None if failing or early else _last_deletion(cell)
        if deletion is not None:
            removed = (cell, deletion)
            end = deletion.span.end
            early += ((cell, read) for read in cell.events.reads if read.span.start >= end and not read.guarded)
    return (*removed, early) if removed is not None and early else None


def _last_deletion(cell: Occurrence) -> Deletion | None:
    """Return the deletion after which the name is gone at the cell's end."""
    certain = [deletion for deletion in cell.events.deletions if deletion.definite]
    if not certain or any(binding.span.start >= certain[-1].span.end for binding in cell.events.bindings):
        return None
    return certain[-1]
