"""OB407."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from offbook.diagnostics import Proposal, Related, Severity
from offbook.rules.registry import Finding, rule
from offbook.rules.scripts.definitions import Defined, self_contained, size_of
from offbook.rules.scripts.wording import listed
from offbook.rules.views import NotebookView


class FunctionBelongsInModuleOptions(Struct, frozen=True):
    """Settings of OB407.

    Attributes:
        min_statements: How many statements a definition has at least.
    """

    min_statements: int = 5


@rule("OB407", Severity.HINT, per="notebook", options=FunctionBelongsInModuleOptions)
def function_belongs_in_module(notebook: NotebookView) -> Iterator[Finding]:
    """A function or class needs nothing of the notebook, and could stand in a module.

    ## What it does
    Names the functions and classes of five statements or more (`min-statements`) that use nothing but their
    parameters, imports, constants and one another, and that other cells use. It is one hint for a notebook; the
    others are related locations. A definition that is alone has ten statements or two cells that use it.

    ## Why it matters
    In a module they can be tested, and imported by other notebooks and by programs, and the notebook gets shorter.

    ## What to do
    Extract them to a module: the notebook then imports them. `offbook extract module`, or the light bulb, does it.

    ## When it stays silent
    For definitions that read a variable of the notebook or change one, that are defined anew in another cell, that use
    magics, `display`, `input()` or `eval`, and that no other cell uses.

    ## Bad
    ```python
    # %%
    def clean(frame):
        frame = frame.dropna()
        frame = frame.rename(columns=str.lower)
        frame["price"] = frame["price"].clip(0, 100)
        frame = frame.drop_duplicates()
        return frame
    # %%
    import pandas as pd
    sales = clean(pd.read_csv("sales.csv"))
    # %%
    costs = clean(pd.read_csv("costs.csv"))
    ```

    ## Good
    ```python
    # %%
    import pandas as pd
    from sales_tools import clean
    # %%
    sales = clean(pd.read_csv("sales.csv"))
    ```
    """
    found = [
        defined
        for defined in self_contained(notebook)
        if size_of(defined.item.node) >= notebook.options.min_statements and _users(notebook, defined)
    ]
    if len(found) > 1 or any(_is_worth_it(notebook, defined) for defined in found):
        names = [defined.item.name for defined in found]
        one = len(names) == 1
        yield Finding(
            found[0].cell,
            found[0].item.span,
            f"{listed(names)} {'needs' if one else 'need'} nothing of this notebook: in a module "
            f"{'it' if one else 'they'} can be tested and imported",
            related=tuple(Related(other.cell, other.item.span, f"`{other.item.name}` too") for other in found[1:]),
            proposal=Proposal(f"Extract {listed(names)} to a module", "extract.module", {"names": names}),
        )


def _is_worth_it(notebook: NotebookView, defined: Defined) -> bool:
    """Tell whether a module for one definition is worth it."""
    return size_of(defined.item.node) >= 2 * notebook.options.min_statements or _users(notebook, defined) > 1


def _users(notebook: NotebookView, defined: Defined) -> int:
    """Return how many other cells use a definition."""
    others = (found for found in notebook.occurrences(defined.item.name) if found.cell != defined.cell)
    return sum(bool(found.events.reads or found.events.deferred) for found in others)
