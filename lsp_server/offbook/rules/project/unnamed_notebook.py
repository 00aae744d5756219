"""OB605."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from offbook.diagnostics import Severity
from offbook.notebook import CellId
from offbook.rules.registry import Finding, rule
from offbook.rules.views import NotebookView
from offbook.text import Span
from offbook.text.patterns import pattern

_DEFAULT = pattern(
    r"(?:untitled|unbenannt|ohne titel|sans titre|sin t[ií]tulo|senza titolo|sem t[ií]tulo|"
    r"без названия|未命名|无标题|無題)"
    r"(?:[ _-]?\d*|[ _-]?\(\d+\)|[ _-]?notebook\d*)",
    re.IGNORECASE,
)
_COPY = pattern(r"(?:copy of|kopie von|copie de|copia de) .+|.+-copy\d*|.+ copy(?: \d+)?", re.IGNORECASE)
_NUMBERED = pattern(r"(?P<name>.+?) ?\(\d+\)")
_HEADING = pattern(
    r"^ {0,3}#{1,6}\s*\S|^.*\S.*\n(?:===+|---+)[ \t]*$|<h[1-6]\b",
    re.MULTILINE | re.IGNORECASE,
)
_SHORT = 5
"""A notebook of fewer code cells needs no heading to be understood."""


@rule("OB605", Severity.INFORMATION, per="notebook")
def unnamed_notebook(notebook: NotebookView) -> Iterator[Finding]:
    """The notebook says nowhere what it is about.

    ## What it does
    Reports, once for a notebook, a file name that a tool made up (`Untitled3.ipynb`, `Copy of prices.ipynb`,
    `prices-Copy1.ipynb`), and a notebook of five or more code cells that has no heading and does not start with text.

    ## Why it matters
    Nobody finds it again, and two copies of one notebook drift apart until nobody knows which one holds the results.

    ## What to do
    Rename it after its question or its result, and give it a first heading; remove copies (git keeps old versions).

    ## When it stays silent
    For a notebook that is not saved yet, and for `name (1).ipynb` where there is no `name.ipynb` beside it.

    ## Bad
    ```python
    # %%
    import csv
    # %%
    rows = list(csv.reader(open("data/there.csv")))
    # %%
    prices = [float(row[1]) for row in rows]
    # %%
    mean = sum(prices) / len(prices)
    # %%
    print(mean)
    ```

    ## Good
    ```python
    # %% [markdown]
    # # The mean price of coffee
    # %%
    import csv
    # %%
    rows = list(csv.reader(open("data/there.csv")))
    # %%
    prices = [float(row[1]) for row in rows]
    # %%
    mean = sum(prices) / len(prices)
    # %%
    print(mean)
    ```
    """
    code = notebook.code_cells()
    reason = _name_problem(notebook) or _introduction_problem(notebook, code)
    if reason and code:
        yield Finding(code[0], Span.on_line(0), reason)


def _name_problem(notebook: NotebookView) -> str:
    """Return what is wrong with the file's name; empty when nothing is."""
    path = notebook.path()
    if path is None:
        return ""
    if _DEFAULT.fullmatch(path.stem):
        return f"the notebook still has the name `{path.name}`: rename it after what it does"
    numbered = _NUMBERED.fullmatch(path.stem)
    if _COPY.fullmatch(path.stem) or (numbered and notebook.exists(f"{numbered['name']}.ipynb")):
        return f"the notebook has the name of a copy, `{path.name}`: rename it after what is different, or remove it"
    return ""


def _introduction_problem(notebook: NotebookView, code: Sequence[CellId]) -> str:
    """Return what is missing where no text introduces the notebook; empty when nothing is."""
    order = notebook.order()
    if len(code) < _SHORT or order[0] != code[0]:
        return ""
    known = frozenset(code)
    if any(_HEADING.search(notebook.cell(cell).source) for cell in order if cell not in known):
        return ""
    return "no text cell has a heading: say at the top what this notebook is about"
