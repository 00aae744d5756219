"""OB101."""

from __future__ import annotations

from collections.abc import Iterator

from offbook.analysis import Occurrence, Read, span_of
from offbook.diagnostics import Proposal, Related, Severity
from offbook.notebook import is_excused
from offbook.rules.execution.early_calls import early_calls
from offbook.rules.execution.provided import is_provided
from offbook.rules.registry import Finding, rule
from offbook.rules.views import NameView


@rule("OB101", Severity.ERROR, per="name")
def use_before_definition(name: NameView) -> Iterator[Finding]:
    """A cell reads a name that only a later cell binds.

    ## What it does
    Follows every name through the notebook, from top to bottom, and reports the first cell that reads it before any
    cell has bound it, or calls a function that does. It is reported once, with the other places and the binding cell
    as related locations.

    ## Why it matters
    It worked because the later cell was run first. In a fresh kernel, from top to bottom, this cell fails with a
    `NameError`: for a colleague, for the git hook, and for you tomorrow.

    ## What to do
    Move the binding cell up, or this cell down. `offbook move cell`, or the light bulb, does it where no other cell
    would notice.

    ## When it stays silent
    Names that only a function's body reads, where no cell above the binding certainly calls it; reads inside `try` that
    catch `NameError`, tests such as `if 'x' in globals()`, cells tagged `raises-exception`, and names that an earlier
    `%run`, `exec` or star import may have brought.

    ## Bad
    ```python
    # %%
    print(df.shape)
    # %%
    df = [1, 2, 3]
    ```

    ## Good
    ```python
    # %%
    df = [1, 2, 3]
    # %%
    print(df.shape)
    ```
    """
    if is_provided(name.name) or name.name in name.known_names:
        return
    cells = name.cells
    first_binder = next((cell for cell in cells if cell.events.bindings), None)
    if first_binder is None:
        return
    early = [
        (cell, read)
        for cell in cells
        if cell.number <= first_binder.number
        for read in cell.events.reads
        if read.exposure == "exposed" and not read.guarded and not is_excused(name.cell(cell.cell))
    ]
    if not early and any(cell.events.deferred for cell in cells if cell.number < first_binder.number):
        yield from _called_early(name, cells, first_binder)
    if not early:
        return
    reader, read = early[0]
    if any(number <= reader.number for number in name.unseen_binders(name.name)):
        return
    yield Finding(
        reader.cell,
        read.span,
        _message(name.name, reader, first_binder),
        related=(
            Related(first_binder.cell, first_binder.events.bindings[0].span, f"`{name.name}` is first bound here"),
            *_others(early[1:]),
        ),
        proposal=_proposal(reader, first_binder),
    )


def _called_early(name: NameView, cells: list[Occurrence], binder: Occurrence) -> Iterator[Finding]:
    """Report the first call of a function that reads the name in its body."""
    bindings = [binding for cell in cells for binding in cell.events.bindings]
    if any(binding.kind == "global" for binding in bindings):
        return
    calls = early_calls(name, cells, binder.number)
    found = min(calls, key=lambda call: (call.cell.number, span_of(call.node).start), default=None)
    if found is None or is_excused(name.cell(found.cell.cell)):
        return
    if any(number <= found.cell.number for number in name.unseen_binders(name.name)):
        return
    yield Finding(
        found.cell.cell,
        span_of(found.node),
        f"this call reads `{name.name}`, but only cell {binder.number + 1} binds it: a fresh run fails",
        related=(
            Related(binder.cell, binder.events.bindings[0].span, f"`{name.name}` is first bound here"),
            Related(found.reader.cell, found.read.span, f"`{found.function}` reads `{name.name}` here"),
        ),
        proposal=_proposal(found.cell, binder),
    )


def _proposal(reader: Occurrence, binder: Occurrence) -> Proposal | None:
    """Return the refactoring that moves one of both cells; it refuses where others would notice."""
    if reader.number == binder.number:
        return None
    return Proposal(
        "Move the cell that binds it up, or this one down", "move.cell", {"cell": binder.cell, "above": reader.cell}
    )


def _message(name: str, reader: Occurrence, binder: Occurrence) -> str:
    if reader.number == binder.number:
        return f"`{name}` is read here before this cell binds it, and no earlier cell does: a fresh run fails"
    return f"`{name}` is read here, but only cell {binder.number + 1} binds it: a fresh run fails"


def _others(early: list[tuple[Occurrence, Read]]) -> Iterator[Related]:
    for cell, read in early:
        yield Related(cell.cell, read.span, f"`{read.name}` is read here too")
