"""OB203."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from offbook.analysis import Binding, CellFacts, root_name, span_of
from offbook.diagnostics import Applicability, Fix, Related, Severity
from offbook.notebook import CellId, DeleteCell
from offbook.rules.outputs.prose import is_comment
from offbook.rules.registry import Finding, rule
from offbook.rules.views import CellView

_SHOW = frozenset({"print", "display"})


class _Look(NamedTuple):
    """One ``describe()`` that is shown: the frame's name, the call as text, and where it stands."""

    name: str
    text: str
    node: ast.Call
    cell: CellId
    place: tuple[int, int]


@rule("OB203", Severity.WARNING, per="cell")
def repeated_describe(cell: CellView) -> Iterator[Finding]:
    """The same frame is described more than once.

    ## What it does
    Reports `df.describe()` where it was shown before and `df` has not changed since, and where it is shown again
    further down after `df` has changed.

    ## Why it matters
    A reader compares the tables to find out what is new. Only the one of the finished data counts.

    ## What to do
    Keep one, after the last step that changes the data.

    ## When it stays silent
    Where the name holds another frame in between, where the arguments or the columns differ, where a text cell just
    above or below comments on the table, and in loops and functions.

    ## Bad
    ```python
    # %%
    import pandas as pd
    df = pd.read_csv("sales.csv")
    # %%
    df.describe()
    # %%
    df = df.dropna()
    # %%
    df.describe()
    ```

    ## Good
    ```python
    # %%
    import pandas as pd
    df = pd.read_csv("sales.csv")
    # %%
    df = df.dropna()
    # %%
    df.describe()
    ```
    """
    number = -1
    for statement, name, node in _described(cell.here):
        number = cell.number(cell.id) if number < 0 else number
        look = _Look(name, ast.unparse(node), node, cell.id, (number, node.lineno))
        finding = _repetition(cell, look)
        if finding is not None and not any(is_comment(cell.neighbour(distance)) for distance in (-1, 1)):
            alone = cell.here.tree is not None and cell.here.tree.body == [statement]
            fix = Fix("Remove this cell", Applicability.UNSAFE, changes=(DeleteCell(cell.id),)) if alone else None
            message, other = finding
            yield Finding(
                cell.id, span_of(node), message, fix, (Related(other.cell, span_of(other.node), "shown here, too"),)
            )


def _described(facts: CellFacts) -> Iterator[tuple[ast.stmt, str, ast.Call]]:
    """Yield the statements that show a description: the statement, the frame's name, the call."""
    for statement in facts.tree.body if facts.tree is not None else ():
        value = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in _SHOW:
            value = value.args[0] if len(value.args) == 1 else None
        while isinstance(value, ast.Call | ast.Attribute):
            inner = value.func if isinstance(value, ast.Call) else value
            if not isinstance(inner, ast.Attribute):
                break
            if isinstance(value, ast.Call) and inner.attr == "describe":
                name = root_name(inner.value)
                if name is not None:
                    yield statement, name, value
                break
            value = inner.value


def _repetition(cell: CellView, look: _Look) -> tuple[str, _Look] | None:
    """Return why a description is one too many, and the other one."""
    before: _Look | None = None
    for other in _looks(cell, look):
        between = sorted((look.place, other.place))
        changes = [
            (place, fresh) for place, fresh in _changes(cell, look.name) if between[0] <= place and place < between[1]
        ]
        if any(fresh for _, fresh in changes):
            continue
        if other.place < look.place and not changes:
            before = other
        elif other.place > look.place and changes:
            text = f"is shown again in cell {other.place[0] + 1}, after `{look.name}` has changed: keep that one"
            return f"`{look.text}` {text}", other
    if before is None:
        return None
    text = f"was shown in cell {before.place[0] + 1}, and `{look.name}` has not changed since"
    return f"`{look.text}` {text}", before


def _looks(cell: CellView, look: _Look) -> Iterator[_Look]:
    """Yield the other places that show the same description."""
    for found in cell.occurrences(look.name):
        facts = cell.facts(found.cell)
        for _, name, node in _described(facts) if facts is not None else ():
            place = (found.number, node.lineno)
            if name == look.name and place != look.place and ast.unparse(node) == look.text:
                yield _Look(name, look.text, node, found.cell, place)


def _changes(cell: CellView, name: str) -> Iterator[tuple[tuple[int, int], bool]]:
    """Yield where the frame changes, and whether the name holds another frame from there on."""
    for found in cell.occurrences(name):
        events = found.events
        for binding in events.bindings:
            yield (found.number, binding.span.start.line + 1), not _derives(binding)
        for mutation in events.mutations:
            yield (found.number, mutation.span.start.line + 1), False
        for deletion in events.deletions:
            yield (found.number, deletion.span.start.line + 1), True


def _derives(binding: Binding) -> bool:
    """Tell whether a binding makes the frame of what the name held before: ``df = df.dropna()``."""
    node = binding.node
    if isinstance(node, ast.AugAssign):
        return True
    if not isinstance(node, ast.Assign):
        return False
    return any(isinstance(inner, ast.Name) and inner.id == binding.name for inner in ast.walk(node.value))
