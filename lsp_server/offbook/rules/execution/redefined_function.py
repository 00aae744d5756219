"""OB106."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from offbook.analysis import Occurrence
from offbook.analysis.facts import Binding
from offbook.diagnostics import Proposal, Related, Severity
from offbook.notebook import CellId
from offbook.rules.execution.definitions import Defining, fingerprint, is_extension, is_stub, is_variant
from offbook.rules.registry import Finding, rule
from offbook.rules.views import NameView
from offbook.text import Span


@rule("OB106", Severity.WARNING, per="name")
def redefined_function(name: NameView) -> Iterator[Finding]:
    """A function or class gets another body further down, and cells in between use it.

    ## What it does
    Reports a function or class that two cells define with different bodies, where a cell between them uses the first:
    directly, or by calling another function that does. It is reported once for a name, at the second definition.

    ## Why it matters
    The cell in between means one thing in a run from top to bottom, and another when it is run again later: then it
    gets the second definition, and nothing says so.

    ## What to do
    Give the second one a name of its own (`offbook rename definition`, or the light bulb, does it), or keep only one
    of them.

    ## When it stays silent
    Where nothing between the definitions uses the name, or only the cell of the definition itself does (each version
    with its own test); where the bodies are alike but for comments, docstrings, hints, decorators and layout; where
    the second definition builds on the first (`class Model(Model)`, `@area.register`) or only adds parameters with
    defaults; where the first is an empty stub; and where something else is bound to the name in between.

    ## Bad
    ```python
    # %%
    def clean(text):
        return text.strip()
    # %%
    names = [clean(name) for name in [" Ann", "Bob "]]
    # %%
    def clean(text):
        return text.strip().lower()
    # %%
    cities = [clean(city) for city in [" Rome", "Oslo "]]
    ```

    ## Good
    ```python
    # %%
    def clean(text):
        return text.strip()
    # %%
    names = [clean(name) for name in [" Ann", "Bob "]]
    # %%
    def normalise(text):
        return clean(text).lower()
    # %%
    cities = [normalise(city) for city in [" Rome", "Oslo "]]
    ```
    """
    cells = [cell for cell in name.cells if cell.events.binds]
    if len(cells) < 2:
        return
    changes = [change for pair in pairwise(cells) if (change := _change(name, *pair)) is not None]
    if not changes:
        return
    change, *others = changes
    reader = change.readers[0]
    yield Finding(
        change.after.cell,
        change.binding.span,
        f"`{name.name}` gets another body here, and cell {reader.number + 1} uses the one of cell "
        f"{change.before.number + 1}{reader.through}: run again, it gets this one",
        related=(
            Related(change.before.cell, change.before.events.bindings[-1].span, f"`{name.name}` is defined here first"),
            *(Related(use.cell, use.span, f"`{name.name}` is used here{use.through}") for use in change.readers),
            *(Related(other.after.cell, other.binding.span, "another body again") for other in others),
        ),
        proposal=_proposal(name.name, change, others),
    )


def _proposal(name: str, change: _Change, others: list[_Change]) -> Proposal | None:
    """Return the refactoring that gives the second function another name, where it is the last one."""
    if others or isinstance(change.binding.node, ast.ClassDef):
        return None
    title = f"Rename this `{name}` and its uses"
    return Proposal(title, "rename.definition", {"name": name, "cell": change.after.cell})


class _Use(NamedTuple):
    """A cell that runs a function: where, and through which other function."""

    number: int
    cell: CellId
    span: Span
    through: str


class _Change(NamedTuple):
    """Two cells that define a name differently, and the cells in between that use the first definition."""

    before: Occurrence
    after: Occurrence
    binding: Binding
    readers: list[_Use]


def _change(name: NameView, before: Occurrence, after: Occurrence) -> _Change | None:
    """Return what two neighbouring definitions change for cells in between; ``None`` where it is nothing."""
    old, new = _definition(before), _definition(after)
    if old is None or new is None or is_stub(old) or is_variant(new, name.name) or is_extension(old, new):
        return None
    if fingerprint(old) == fingerprint(new):
        return None
    readers = sorted([*_direct(name, before, after), *_indirect(name, before, after)])
    return _Change(before, after, after.events.bindings[-1], readers) if readers else None


def _definition(cell: Occurrence) -> Defining | None:
    """Return the function or class that the name is when the cell has run; ``None`` where that is something else."""
    binding = cell.events.bindings[-1]
    node = binding.node
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and binding.unconditional:
        return node
    return None


def _direct(name: NameView, before: Occurrence, after: Occurrence) -> Iterator[_Use]:
    for cell in name.cells:
        if before.number < cell.number <= after.number:
            read = next((read for read in cell.events.reads if read.exposure == "exposed"), None)
            if read is not None:
                yield _Use(cell.number, cell.cell, read.span, "")


def _indirect(name: NameView, before: Occurrence, after: Occurrence) -> Iterator[_Use]:
    """Yield the cells that call a function which calls the name; not if that function is defined anew as well."""
    for cell in name.cells:
        if not before.number <= cell.number < after.number:
            continue
        for owner in sorted({read.owner for read in cell.events.deferred} - {"", name.name}):
            uses = name.occurrences(owner)
            if any(use.events.binds and use.number >= after.number for use in uses):
                continue
            for use in uses:
                read = next((read for read in use.events.reads if read.exposure == "exposed"), None)
                if read is not None and cell.number < use.number < after.number:
                    yield _Use(use.number, use.cell, read.span, f", through `{owner}`")
