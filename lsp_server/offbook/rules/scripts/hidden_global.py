"""OB405."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from offbook.analysis import CellFacts, Definition, Occurrence
from offbook.analysis.nodes import text_of
from offbook.diagnostics import Proposal, Related, Severity
from offbook.rules.registry import Finding, rule
from offbook.rules.scripts.variables import changed_in, is_callable
from offbook.rules.scripts.wording import listed
from offbook.rules.views import CellView
from offbook.text import Span

_SHOWN = 4


class _Use(NamedTuple):
    """A variable of the notebook in a function's body.

    Attributes:
        name: the variable.
        changed: whether the function changes it.
        setters: the cells that give it another value between the definition and a call.
    """

    name: str
    changed: bool
    setters: list[Occurrence]


@rule("OB405", Severity.WARNING, per="cell")
def hidden_global(cell: CellView) -> Iterator[Finding]:
    """A function uses a variable of the notebook whose value changes.

    ## What it does
    Reports a function that changes a variable of the notebook, or reads one that a later cell sets anew before the
    function is called. It is reported once for a function, with the cells that set the variable as related locations.

    ## Why it matters
    What the function does depends on which cells ran last, and its call does not show it. It cannot be moved to a
    module, or be tested, on its own.

    ## What to do
    Make the variable a parameter, and return what the function makes. Where the function only reads it,
    `offbook add parameter`, or the light bulb, does it.

    ## When it stays silent
    For names that keep their value once the function is defined: they are constants in effect. For functions, classes
    and modules, for a store that the function alone uses (a cache), and for functions that something else calls: a
    widget (`@interact`), or what the function is handed to (`register_hook(f)`).

    ## Bad
    ```python
    # %%
    rate = 0.19
    def gross(net):
        return net * (1 + rate)
    # %%
    rate = 0.07
    gross(100)
    ```

    ## Good
    ```python
    # %%
    def gross(net, rate):
        return net * (1 + rate)
    # %%
    gross(100, rate=0.07)
    ```
    """
    for definition in cell.here.definitions:
        if definition.kind != "function" or _is_called_back(cell, definition):
            continue
        uses = list(_uses(cell, definition))
        if uses:
            related = tuple(_setters(uses))
            message = _message(definition.name, uses)
            yield Finding(cell.id, definition.span, message, related=related, proposal=_proposal(definition.name, uses))


def _message(function: str, uses: list[_Use]) -> str:
    changed = [use.name for use in uses if use.changed]
    read = [use for use in uses if not use.changed]
    parts = []
    if changed:
        parts.append(f"changes {listed(changed)} of the notebook")
    if read:
        cell = min(found.number for use in read for found in use.setters) + 1
        parts.append(f"reads {listed([use.name for use in read])}, which cell {cell} changes before a call")
    them = "it" if len(uses) == 1 else "them"
    return (
        f"`{function}` {' and '.join(parts)}: take {them} as {'a parameter' if len(uses) == 1 else 'parameters'}"
        + " and return what is new" * bool(changed)
    )


def _proposal(function: str, uses: list[_Use]) -> Proposal | None:
    """Return the refactoring that passes the variables, where the function only reads them."""
    if any(use.changed for use in uses):
        return None
    names = [use.name for use in uses]
    title = f"Make {listed(names)} {'a parameter' if len(names) == 1 else 'parameters'} of `{function}`"
    return Proposal(title, "add.parameter", {"function": function, "variables": names})


def _is_called_back(cell: CellView, definition: Definition) -> bool:
    """Tell whether something else than the notebook calls the function: no parameter can be added."""
    if any("interact" in text_of(decorator) for decorator in definition.node.decorator_list):
        return True
    users = [found for found in cell.occurrences(definition.name) if found.events.reads or found.events.deferred]
    return bool(users) and not any(_calls_it(cell.facts(found.cell), definition.name) for found in users)


def _calls_it(facts: CellFacts | None, name: str) -> bool:
    return facts is not None and any(
        isinstance(call.node.func, ast.Name) and call.node.func.id == name for call in facts.calls
    )


def _uses(cell: CellView, definition: Definition) -> Iterator[_Use]:
    """Yield the variables that change and that the function uses, each with its first place."""
    facts = cell.here
    changed = {item.name for item in facts.mutations if item.owner and _inside(item.span, definition)}
    changed |= {item.name for item in facts.bindings if item.kind == "global" and _inside(item.span, definition)}
    names = {read.name: None for read in facts.deferred if _inside(read.span, definition) and not read.guarded}
    number = cell.number(cell.id)
    calls, end = _calls(cell, definition)
    for name in dict.fromkeys((*names, *sorted(changed))):
        cells = cell.occurrences(name)
        if not any(found.events.binds for found in cells) or is_callable(cells):
            continue
        if name in changed:
            if not _is_private(cells, definition, number):
                yield _Use(name, True, [])
            continue
        setters = [found for found in changed_in(cells, number, end) if calls and max(calls) >= found.number]
        if setters:
            yield _Use(name, False, setters)


def _calls(cell: CellView, definition: Definition) -> tuple[list[int], float]:
    """Return the cells that use a function, up to the cell that defines it anew, and that cell's number."""
    number = cell.number(cell.id)
    cells = [found for found in cell.occurrences(definition.name) if found.number > number]
    end = next((found.number for found in cells if found.events.bindings), float("inf"))
    return [
        found.number for found in cells if found.number < end and (found.events.reads or found.events.deferred)
    ], end


def _is_private(cells: list[Occurrence], definition: Definition, number: int) -> bool:
    """Tell whether a function alone uses a variable, apart from the one cell that makes it: a cache."""
    return all(
        not found.events.reads
        and all(mutation.owner == definition.name for mutation in found.events.mutations)
        and all(found.number == number and _inside(read.span, definition) for read in found.events.deferred)
        for found in cells
    )


def _inside(span: Span, definition: Definition) -> bool:
    return definition.whole.covers(span.start)


def _setters(uses: list[_Use]) -> Iterator[Related]:
    """Yield where cells give the variables other values, the first few."""
    for use in uses:
        for found in use.setters[:_SHOWN]:
            spans = [event.span for event in found.events.bindings] + [event.span for event in found.events.mutations]
            yield Related(found.cell, spans[0], f"`{use.name}` changes here")
