"""OB202."""

from __future__ import annotations

from collections.abc import Iterator

from offbook.analysis.exploration import needless_look
from offbook.diagnostics import Applicability, Fix, Severity
from offbook.notebook import DeleteCell
from offbook.rules.registry import Finding, rule
from offbook.rules.views import CellView
from offbook.text import Lines, Span


@rule("OB202", Severity.HINT, per="cell")
def exploratory_cell(cell: CellView) -> Iterator[Finding]:
    """A cell only looks at the data.

    ## What it does
    Points out cells that do nothing but look: `df.head()`, `df.shape`, `df.info()`, `df['a'].value_counts()`,
    `print(len(x))`, `type(x)`, a frame by its bare name.

    ## Why it matters
    Looking is what notebooks are for; but production code does not need it, and a reader has to step over it.

    ## What to do
    Remove the cell once you have seen what you wanted to see, or say above it in a text cell what there is to see.
    `offbook clean` removes those that no other cell can notice.

    ## When it stays silent
    Where the text cell just above or below comments on it, in the cell right after the last step that changes the
    data (that is the result), when a plot was shown, and when the cell does anything else.

    ## Bad
    ```python
    # %%
    import pandas as pd
    df = pd.read_csv("sales.csv")
    # %%
    df.shape
    # %%
    df = df.dropna()
    ```

    ## Good
    ```python
    # %%
    import pandas as pd
    df = pd.read_csv("sales.csv")
    # %%
    df = df.dropna()
    # %%
    df.head()
    ```
    """
    names = needless_look(cell, cell.id)
    if not names:
        return
    subject = ", ".join(f"`{name}`" for name in names)
    end = Lines(cell.here.source).end
    fix = Fix("Remove this cell", Applicability.UNSAFE, changes=(DeleteCell(cell.id),))
    yield Finding(cell.id, Span(Span.on_line(0).start, end), f"this cell only looks at {subject}", fix)
