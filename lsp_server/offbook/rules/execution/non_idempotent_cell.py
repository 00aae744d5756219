"""OB107."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from offbook.analysis import Occurrence
from offbook.analysis.facts import Binding, NameEvents, span_of
from offbook.diagnostics import Related, Severity
from offbook.notebook import is_excused
from offbook.notebook.ipython import LOCAL_MAGICS
from offbook.rules.execution.repetition import Repetition, mentions, repetitions
from offbook.rules.registry import Finding, rule
from offbook.rules.views import CellView

_VALUES = frozenset({"assign", "augment", "for", "with", "walrus", "magic"})

_LONGEST = 1000
"""Lines of the longest cell that is looked at: the time grows with the square of the length."""


@rule("OB107", Severity.WARNING, per="cell")
def non_idempotent_cell(cell: CellView) -> Iterator[Finding]:
    """Running the cell twice gives another result than running it once.

    ## What it does
    Reports a cell that takes a value of an earlier cell and puts the changed one in its place: `x += 1`,
    `df = df.drop(columns="a")`, `df["a"] = df["a"] * 2`, `df["a"] = df["a"].map({"no": 0, "yes": 1})`,
    `xs.append(1)`. It is reported once for a cell.

    ## Why it matters
    Cells are run again all the time. The second run starts from what the first one left: it counts twice, scales
    twice, or fails because the column is gone, and nothing in the notebook shows how often the cell was run.

    ## What to do
    Give the result a new name (`small = df.drop(...)`), or make the starting value in the same cell.

    ## When it stays silent
    Where the cell binds the name itself first (accumulators) or again afterwards; where the second run changes
    nothing (`sort_values`, `dropna`, `astype`, `fillna`, `copy`, `rename`, string methods); where the value that is
    put in comes from the name itself (`x = x / x.max()`, `df.drop(df[df.a < 0].index)`); behind `if`, `while` and
    `try`; for lists and frames that are not known to be such; and in cells of more than 1,000 lines.

    ## Bad
    ```python
    # %%
    import pandas as pd
    df = pd.read_csv("sales.csv")
    # %%
    df = df.drop(columns="notes")
    ```

    ## Good
    ```python
    # %%
    import pandas as pd
    df = pd.read_csv("sales.csv")
    # %%
    sales = df.drop(columns="notes").dropna()
    # %%
    total = 0
    for amount in sales["amount"]:
        total += amount
    ```
    """
    facts = cell.here
    magic = facts.masked.cell_magic
    if facts.tree is None or is_excused(cell.this) or (magic and magic.name in LOCAL_MAGICS):
        return
    if facts.source.count("\n") > _LONGEST or not any(map(_may_change, facts.by_name.values())):
        return
    old = {name for name, events in facts.by_name.items() if events.exposed}
    found = [(item, origin) for item in repetitions(facts.tree, old) if (origin := _origin(cell, item)) is not None]
    if not found:
        return
    (item, (source, binding)), *others = found
    yield Finding(
        cell.id,
        span_of(item.node),
        f"run again, this cell changes `{item.name}` again or fails: it starts from what it left itself, "
        f"not from cell {source.number + 1}",
        related=(
            Related(source.cell, binding.span, f"`{item.name}` comes from here"),
            *(Related(cell.id, span_of(other.node), f"`{other.name}` likewise") for other, _ in others),
        ),
    )


def _may_change(events: NameEvents) -> bool:
    """Tell whether a cell reads what an earlier cell has left in a name, and changes it; most cells do not."""
    return events.exposed and bool(events.mutations or events.binds)


def _origin(cell: CellView, item: Repetition) -> tuple[Occurrence, Binding] | None:
    """Return where the value that a statement changes comes from: an earlier cell; ``None`` if it does not matter."""
    events = cell.here.by_name[item.name]
    span = span_of(item.node)
    reads = [read for read in events.reads if span.start <= read.span.start < span.end]
    if events.deletions or not reads or reads[0].exposure != "exposed":
        return None
    if any(binding.node is not item.node and not _goes_on(binding.node, item.name) for binding in events.bindings):
        return None
    number = cell.number(cell.id)
    earlier = [other for other in cell.occurrences(item.name) if other.number < number and other.events.bindings]
    if not earlier or any(binding.kind not in _VALUES for binding in earlier[-1].events.bindings):
        return None
    binding = earlier[-1].events.bindings[-1]
    if item.container and not _holds_list(binding.node):
        return None
    return earlier[-1], binding


def _goes_on(node: ast.AST | None, name: str) -> bool:
    """Tell whether a binding makes the new value from the old one."""
    if isinstance(node, ast.AugAssign):
        return True
    return isinstance(node, ast.Assign) and mentions(node.value, {name})


def _holds_list(node: ast.AST | None) -> bool:
    value = node.value if isinstance(node, ast.Assign) and len(node.targets) == 1 else None
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id in ("list", "sorted")
    return isinstance(value, ast.List | ast.ListComp)
