"""OB102."""

from __future__ import annotations

from collections.abc import Iterator

from offbook.analysis import NameEvents
from offbook.diagnostics import Applicability, CellEdits, Fix, Related, Severity
from offbook.notebook import CellId, is_excused
from offbook.rules.execution.provided import is_provided
from offbook.rules.registry import Finding, rule
from offbook.rules.views import NameView
from offbook.text import Edit, Lines, Span


@rule("OB102", Severity.ERROR, per="name")
def undefined_name(name: NameView) -> Iterator[Finding]:
    """A name is read that no cell binds.

    ## What it does
    Reports a name that no cell, import, builtin or magic of the notebook binds: as a rule, its cell was deleted or
    the name was changed. Each name is reported once, with its other places as related locations and the nearest
    known name.

    ## Why it matters
    The notebook still works in the kernel in which the name was once bound, and nowhere else.

    ## What to do
    Bring the definition back, or correct the name. Names that your platform provides (`spark`, `dbutils`) go into the
    setting `known-names`.

    ## When it stays silent
    When a star import, `%run`, `exec` or a cell in another language may bring the name; inside `try` that catches
    `NameError`; for what IPython provides (`display`, `get_ipython`, `In`, `Out`, `_`).

    ## Bad
    ```python
    # %%
    prices = [3, 4]
    # %%
    total = sum(price)
    ```

    ## Good
    ```python
    # %%
    prices = [3, 4]
    # %%
    total = sum(prices)
    ```
    """
    known = name.name
    if is_provided(known) or known in name.known_names:
        return
    cells = name.cells
    if any(cell.events.bindings for cell in cells):
        return
    places = [
        place for cell in cells for place in _unguarded(cell.cell, cell.events) if not is_excused(name.cell(cell.cell))
    ]
    if not places or any(True for _ in name.unseen_binders(known)):
        return
    import difflib  # noqa: PLC0415  (few notebooks lack a name)

    cell_id, span, function = places[0]
    near = difflib.get_close_matches(known, name.bound_names_like(known), 1, 0.8)
    yield Finding(
        cell_id,
        span,
        f"no cell binds `{known}`: " + (f"did you mean `{near[0]}`?" if near else _consequence(function)),
        _renaming(name, near[0], [(cell, place) for cell, place, _ in places]) if near else None,
        tuple(Related(cell, place, f"`{known}` is read here too") for cell, place, _ in places[1:]),
    )


def _renaming(name: NameView, near: str, places: list[tuple[CellId, Span]]) -> Fix | None:
    """Return the change to a name that is bound; for the user to decide, as nobody knows whether it is meant."""
    edits: dict[CellId, list[Edit]] = {}
    for cell, span in dict.fromkeys(places):
        lines = Lines(name.cell(cell).source)
        if lines.text[lines.offset(span.start) : lines.offset(span.end)] != name.name:
            return None
        edits.setdefault(cell, []).append(Edit(span, near))
    parts = tuple(CellEdits(cell, tuple(changes)) for cell, changes in edits.items())
    return Fix(f"Change it to `{near}`", Applicability.DISPLAY, parts)


def _consequence(function: str) -> str:
    return f"`{function}` fails when it is called" if function else "a fresh run fails here"


def _unguarded(cell: CellId, events: NameEvents) -> Iterator[tuple[CellId, Span, str]]:
    """Yield where the name is looked up, and the function whose call does it."""
    for read in events.reads:
        if not read.guarded:
            yield cell, read.span, ""
    for deferred in events.deferred:
        if not deferred.guarded:
            yield cell, deferred.span, deferred.owner or ""
