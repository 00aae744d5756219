"""OB411."""

from __future__ import annotations

import importlib
from collections.abc import Collection, Iterator

from offbook.analysis import Import
from offbook.diagnostics import Applicability, CellEdits, Fix, Related, Severity
from offbook.notebook import CellId
from offbook.rules.execution.provided import is_provided
from offbook.rules.registry import Finding, rule
from offbook.rules.views import NotebookView
from offbook.text import Edit, Position

_SHOWN = 5
_STANDARD = frozenset(
    "cmath collections datetime fractions functools itertools math operator random re statistics string time "
    "typing".split()
)
"""Modules of Python itself, which are asked for their names."""


@rule("OB411", Severity.INFORMATION, per="notebook")
def star_import(notebook: NotebookView) -> Iterator[Finding]:
    """Names can only come from a star import.

    ## What it does
    Lists the names that the notebook uses, that no cell binds, and that therefore come from `from module import *`.
    It is reported once for a notebook.

    ## Why it matters
    Nobody can see where these names come from, and code that uses them cannot be moved to a module on its own.

    ## What to do
    Import the names. Where there is a single star import, the fix writes them out; it is unsafe, because a star
    import may also replace builtins (`sum` of numpy).

    ## When it stays silent
    When no name depends on it, when the module is known and has no such name, and when `exec`, `%run` or a cell
    in another language may bring the names too.

    ## Bad
    ```python
    # %%
    from math import *
    # %%
    area = pi * sqrt(2)
    ```

    ## Good
    ```python
    # %%
    from math import pi, sqrt
    # %%
    area = pi * sqrt(2)
    ```
    """
    stars = list(_stars(notebook))
    if not stars:
        return
    cell, first = stars[0]
    cells, start = {cell for cell, _ in stars}, (notebook.number(cell), first.span.start)
    brings = [_public_names(star) for _, star in stars]
    names = sorted(
        name
        for name in notebook.free_names()
        if any(known is None or name in known for known in brings) and _depends(notebook, name, cells, start)
    )
    if not names:
        return
    shown = [f"`{name}`" for name in names[:_SHOWN]] + ([f"{len(names) - _SHOWN} more"] if len(names) > _SHOWN else [])
    listed = shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
    source = (
        "this star import"
        if len(stars) == 1
        else "this star import or " + ("the one below" if len(stars) == 2 else f"the {len(stars) - 1} below")
    )
    fix = None
    if len(stars) == 1 and not first.level:
        edits = (CellEdits(cell, (Edit(first.span, ", ".join(names)),)),)
        fix = Fix(f"Import the {len(names)} names that are used", Applicability.UNSAFE, edits)
    yield Finding(
        cell,
        first.span,
        f"{listed} can only come from {source}: import them by name",
        fix,
        tuple(Related(other, star.span, "they may come from here") for other, star in stars[1:]),
    )


def _stars(notebook: NotebookView) -> Iterator[tuple[CellId, Import]]:
    for cell in notebook.cells_with("stars"):
        facts = notebook.facts(cell)
        for item in facts.imports if facts else ():
            if item.bound == "*":
                yield cell, item


def _public_names(star: Import) -> frozenset[str] | None:
    """Return the names that a star import brings; ``None`` where the module is not one of Python itself."""
    if star.module not in _STANDARD or star.level:
        return None
    module = importlib.import_module(star.module)
    return frozenset(getattr(module, "__all__", None) or (name for name in vars(module) if not name.startswith("_")))


def _depends(notebook: NotebookView, name: str, stars: Collection[CellId], start: tuple[int, Position]) -> bool:
    """Tell whether a free name is read where a star import may have bound it, and by nothing else."""
    if is_provided(name) or name in notebook.known_names:
        return False
    order = notebook.order()
    if any(
        order[number] not in stars or _is_dynamic(notebook, order[number]) for number in notebook.unseen_binders(name)
    ):
        return False
    cells = notebook.occurrences(name)
    reads = [(found.number, read.span.start) for found in cells for read in found.events.reads if not read.guarded]
    if reads:
        return min(reads) > start
    return any(found.events.deferred for found in cells)


def _is_dynamic(notebook: NotebookView, cell: CellId) -> bool:
    facts = notebook.facts(cell)
    return facts is not None and facts.dynamic
