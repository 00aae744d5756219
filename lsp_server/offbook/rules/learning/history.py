"""What the rules on machine learning share: the history of a notebook's models, told once."""

from __future__ import annotations

from collections import OrderedDict

from offbook.analysis import CellFacts, span_of
from offbook.analysis.learning.events import History, Use
from offbook.analysis.learning.interpreter import Interpreter
from offbook.analysis.learning.leakage import split_of
from offbook.analysis.learning.values import Spot
from offbook.diagnostics import Related
from offbook.notebook import CellId
from offbook.rules.views import NotebookView
from offbook.text import Span

_Told = tuple[tuple[tuple[CellId, CellFacts], ...], History]
_histories: OrderedDict[tuple[tuple[CellId, int], ...], _Told] = OrderedDict()
_KEPT = 8
"""Histories that are kept; each holds the cells that it was told from, so that their ids stay theirs."""


def model_history(notebook: NotebookView) -> History | None:
    """Return what happened to models; ``None`` for a notebook that uses no library of machine learning.

    It is told anew only where a cell that matters to models has changed.
    """
    facts = [(cell, notebook.facts(cell)) for cell in notebook.learning_cells()]
    cells = tuple((cell, found) for cell, found in facts if found is not None)
    if not cells:
        return None
    key = tuple((cell, id(found)) for cell, found in cells)
    told = _histories.pop(key, None)
    if told is None:
        told = (cells, Interpreter().run(cells))
    _histories[key] = told
    while len(_histories) > _KEPT:
        _histories.popitem(last=False)
    return told[1]


def place(spot: Spot) -> Span:
    """Return the span of a spot."""
    return span_of(spot.node)


def where(notebook: NotebookView, spot: Spot) -> str:
    """Say where a spot is: its cell's number, or its line in a module."""
    path = notebook.path()
    if path is not None and path.suffix == ".py":
        return f"line {spot.node.lineno}"
    return f"cell {notebook.number(spot.cell) + 1}"


def related(spot: Spot, message: str) -> Related:
    """Return a spot as a related location."""
    return Related(spot.cell, place(spot), message)


def split_related(history: History, use: Use) -> tuple[Related, ...]:
    """Return where the rows that a model is judged on were split off, as a related location."""
    spot = split_of(history, use)
    return () if spot is None else (related(spot, "the rows are split here"),)


def listed(names: list[str]) -> str:
    """Put names in backticks into a list that reads as English."""
    marked = [f"`{name}`" for name in dict.fromkeys(names)]
    return " and ".join([", ".join(marked[:-1]), marked[-1]] if len(marked) > 1 else marked)
