"""OB406."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from offbook.analysis import CellFacts, span_of
from offbook.analysis.prose import is_heading
from offbook.diagnostics import Proposal, Severity
from offbook.notebook import CellId
from offbook.rules.registry import Finding, rule
from offbook.rules.scripts.regions import Region, draws, is_plain, region, work_of
from offbook.rules.scripts.wording import listed
from offbook.rules.views import NotebookView
from offbook.text import Span, split_lines

_MOST_READ = 3
_MOST_GIVEN = 2
_LEAST_INNER = 2
_MOST_CELLS = 5


class CellCouldBeFunctionOptions(Struct, frozen=True):
    """Settings of OB406.

    Attributes:
        min_statements: How many statements that compute something a cell has at least.
        most: How many cells of a notebook are named, the best ones.
    """

    min_statements: int = 10
    most: int = 2


@rule("OB406", Severity.INFORMATION, per="notebook", options=CellCouldBeFunctionOptions)
def cell_could_be_function(notebook: NotebookView) -> Iterator[Finding]:
    """A long cell takes little and gives little: it is a function without a name.

    ## What it does
    Looks for cells, and for all cells below a heading, that compute much (ten statements, `min-statements`), take at
    most three variables from the cells above, leave at most two to those below, and have variables of their own. It
    names the best two of a notebook (`most`), with what they read and give.

    ## Why it matters
    What it computes has no name, cannot be called a second time or tested, and its variables stay behind for later
    cells to trip over.

    ## What to do
    Extract a function: what it reads are the parameters, what it gives is returned. `offbook extract function`, or the
    light bulb, does it.

    ## When it stays silent
    For cells that draw, that take nothing from other cells, that change in place what they take, that define functions,
    import, delete or use magics, and for what is bound on some paths only.

    ## Bad
    ```python
    # %%
    import pandas as pd
    raw = pd.read_csv("sales.csv")
    raw = raw.dropna()
    # %%
    renamed = raw.rename(columns=str.lower)
    renamed["day"] = pd.to_datetime(renamed["day"])
    low, high = renamed["price"].quantile([0.01, 0.99])
    inside = renamed[renamed["price"].between(low, high)]
    weekly = inside.resample("W", on="day").sum()
    filled = weekly.interpolate()
    filled["change"] = filled["price"].pct_change()
    filled["trend"] = filled["price"].rolling(4).mean()
    for name in list(filled):
        if filled[name].isna().all():
            filled = filled.drop(columns=name)
    clean = filled.reset_index()
    # %%
    clean.to_csv("clean.csv")
    ```

    ## Good
    ```python
    # %%
    import pandas as pd
    from sales_tools import weekly_sales
    raw = pd.read_csv("sales.csv")
    raw = raw.dropna()
    # %%
    clean = weekly_sales(raw)
    # %%
    clean.to_csv("clean.csv")
    ```
    """
    best = sorted(_candidates(notebook), key=_worth, reverse=True)[: notebook.options.most]
    for found in sorted(best, key=lambda found: notebook.number(found.cells[0])):
        many = len(found.cells) > 1
        yield Finding(
            found.cells[0],
            _first_line(notebook, found.cells[0]),
            f"{f'these {len(found.cells)} cells read' if many else 'this cell reads'} {listed(found.reads)} and "
            f"{'give' if many else 'gives'} {listed(found.gives)}: {'they' if many else 'it'} could be a function",
            proposal=Proposal("Extract a function", "extract.function", {"cells": list(found.cells)}),
        )


def _worth(found: Region) -> float:
    return (found.work + 2 * len(found.inner)) / (1 + len(found.reads) + len(found.gives))


def _candidates(notebook: NotebookView) -> Iterator[Region]:
    for cells in _runs(notebook):
        found = region(notebook, cells) if sum(work_of(facts) for _, facts in cells) >= _least(notebook) else None
        if found is not None and _is_small(notebook, found):
            yield found


def _least(notebook: NotebookView) -> int:
    least: int = notebook.options.min_statements
    return least


def _is_small(notebook: NotebookView, found: Region) -> bool:
    """Tell whether a region takes and gives little, and what it gives is the result of work."""
    if not (1 <= len(found.reads) <= _MOST_READ and 1 <= len(found.gives) <= _MOST_GIVEN):
        return False
    return len(found.inner) >= _LEAST_INNER and not any(_is_setting(notebook, found, name) for name in found.gives)


def _is_setting(notebook: NotebookView, found: Region, name: str) -> bool:
    """Tell whether a region only gives a name to a plain value or to a part of something."""
    bindings = [item for item in notebook.occurrences(name) if item.cell in found.cells]
    values = [getattr(binding.node, "value", None) for item in bindings for binding in item.events.bindings]
    return all(isinstance(value, ast.Constant | ast.Attribute | ast.Name) for value in values)


def _runs(notebook: NotebookView) -> Iterator[list[tuple[CellId, CellFacts]]]:
    """Yield the cells that do enough by themselves, and those that follow one another below a heading."""
    least = _least(notebook)
    section: list[tuple[CellId, CellFacts]] | None = None
    for cell in notebook.order():
        facts = notebook.facts(cell)
        if facts is None:
            yield from _whole(section)
            section = [] if is_heading(notebook.cell(cell)) else None
        elif facts.source.strip():
            plain = is_plain(facts) and not draws(facts)
            if plain and work_of(facts) >= least:
                yield [(cell, facts)]
                section = None
            elif not plain or (section and section[-1][1].display is not None):
                section = None
            elif section is not None:
                section.append((cell, facts))
    yield from _whole(section)


def _whole(
    section: list[tuple[CellId, CellFacts]] | None,
) -> Iterator[list[tuple[CellId, CellFacts]]]:
    """Yield all code of a section of two to five cells."""
    if section is not None and 2 <= len(section) <= _MOST_CELLS:
        yield section


def _first_line(notebook: NotebookView, cell: CellId) -> Span:
    """Return the first line of a cell that holds code."""
    facts = notebook.facts(cell)
    assert facts is not None and facts.tree is not None and facts.tree.body, "a candidate computes something"
    start = span_of(facts.tree.body[0]).start
    return Span.on_line(start.line, start.column, len(split_lines(facts.source)[start.line]))
