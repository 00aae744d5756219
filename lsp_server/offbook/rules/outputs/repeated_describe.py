"""OB203."""

from __future__ import annotations

from collections.abc import Iterator

from offbook.analysis import span_of
from offbook.analysis.exploration import Repetition, repeated_descriptions
from offbook.diagnostics import Applicability, Fix, Related, Severity
from offbook.notebook import DeleteCell
from offbook.rules.registry import Finding, rule
from offbook.rules.views import CellView


@rule("OB203", Severity.WARNING, per="cell")
def repeated_describe(cell: CellView) -> Iterator[Finding]:
    """The same frame is described more than once.

    ## What it does
    Reports `df.describe()` where it was shown before and `df` has not changed since, and where it is shown again
    further down after `df` has changed.

    ## Why it matters
    A reader compares the tables to find out what is new. Only the one of the finished data counts.

    ## What to do
    Keep one, after the last step that changes the data: `offbook clean` removes the others.

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
    for found in repeated_descriptions(cell, cell.id):
        alone = cell.here.tree is not None and cell.here.tree.body == [found.description.statement]
        fix = Fix("Remove this cell", Applicability.UNSAFE, changes=(DeleteCell(cell.id),)) if alone else None
        related = Related(found.other.cell, span_of(found.other.node), "shown here, too")
        yield Finding(cell.id, span_of(found.description.node), _message(found), fix, (related,))


def _message(found: Repetition) -> str:
    look, other = found
    where = f"cell {other.place[0] + 1}"
    if other.place > look.place:
        return f"`{look.text}` is shown again in {where}, after `{look.name}` has changed: keep that one"
    return f"`{look.text}` was shown in {where}, and `{look.name}` has not changed since"
