"""OB403."""

from __future__ import annotations

from collections.abc import Iterator

from offbook.analysis import span_of
from offbook.analysis.clones import Place, find_clones
from offbook.diagnostics import Proposal, Related, Severity
from offbook.rules.registry import Finding, rule
from offbook.rules.views import NotebookView
from offbook.text import Span


@rule("OB403", Severity.WARNING, per="notebook")
def duplicated_code(notebook: NotebookView) -> Iterator[Finding]:
    """The same statements stand in the notebook more than once.

    ## What it does
    Finds runs of six statements or more (those inside loops and functions count) that differ in nothing but the names
    of variables and in literals. Each group of such runs is reported once, at its second place; the others are
    related locations.

    ## Why it matters
    What is copied is corrected in one place and stays wrong in the other.

    ## What to do
    Write a function of what they have in common, with a parameter for each difference: `offbook dedupe`, or the light
    bulb, does it.

    ## When it stays silent
    For imports, prints, plain values, short lines of labels and layers of networks, for fewer than four kinds of
    statements in a row (a list of the same call), and where the names do not correspond one to one.

    ## Bad
    ```python
    # %%
    train = pd.read_csv("train.csv")
    train = train.dropna(subset=["price"])
    train["day"] = pd.to_datetime(train["day"])
    train["price"] = train["price"].clip(0, 100)
    train = train.sort_values("day").reset_index(drop=True)
    train["week"] = train["day"].dt.isocalendar().week
    # %%
    test = pd.read_csv("test.csv")
    test = test.dropna(subset=["price"])
    test["day"] = pd.to_datetime(test["day"])
    test["price"] = test["price"].clip(0, 100)
    test = test.sort_values("day").reset_index(drop=True)
    test["week"] = test["day"].dt.isocalendar().week
    ```

    ## Good
    ```python
    # %%
    def prepare(path):
        frame = pd.read_csv(path)
        frame = frame.dropna(subset=["price"])
        frame["day"] = pd.to_datetime(frame["day"])
        frame["price"] = frame["price"].clip(0, 100)
        frame = frame.sort_values("day").reset_index(drop=True)
        frame["week"] = frame["day"].dt.isocalendar().week
        return frame
    # %%
    train, test = prepare("train.csv"), prepare("test.csv")
    ```
    """
    analysis = notebook.whole()
    for group in find_clones([(cell.id, facts) for cell, facts in analysis.cells]):
        first, second, *others = group
        count = sum(shape.weight for shape in second.block[second.start : second.end])
        where = f"cell {analysis.notebook.index(first.cell) + 1}" if first.cell != second.cell else "this cell, above,"
        yield Finding(
            second.cell,
            _span(second),
            f"these {count} statements stand in {where} too"
            + (f", and in {len(others)} more places" if len(others) > 1 else ", and in 1 more place" * len(others))
            + ": make them one function",
            related=tuple(Related(place.cell, _span(place), "the same statements") for place in (first, *others)),
            proposal=_proposal(notebook, group),
        )


def _proposal(notebook: NotebookView, group: list[Place]) -> Proposal | None:
    """Return the refactoring for copies of which at least two stand in no function."""
    cells = [place.cell for place in group if _stands_at_top(notebook, place)]
    if len(cells) < 2:
        return None
    return Proposal("Make one function of the copies", "dedupe", {"cells": list(dict.fromkeys(cells))})


def _stands_at_top(notebook: NotebookView, place: Place) -> bool:
    facts = notebook.facts(place.cell)
    first = place.block[place.start].node
    return facts is not None and facts.tree is not None and any(node is first for node in facts.tree.body)


def _span(place: Place) -> Span:
    first, last = place.block[place.start].node, place.block[place.end - 1].node
    return Span(span_of(first).start, span_of(last).end)
