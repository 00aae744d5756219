"""The cells of a notebook, what flows between them, and what they could become."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from offbook.analysis import Analysis, CellFacts
from offbook.analysis.links import Link, find_links
from offbook.analysis.prose import heading_of
from offbook.notebook import Cell, CellId

State = Literal["ran", "changed", "not-run"]
"""A cell whose last run still holds; one that was edited since, or rests on one that was; one that never ran."""


class CellNode(NamedTuple):
    """One code cell.

    Attributes:
        cell: the cell.
        number: its position among all cells, from 0.
        title: what a reader knows it by: the comment at its top, its definitions, or its first line that does
            not import.
        gives: the names that it binds and another cell uses.
        state: whether what it shows is up to date.
    """

    cell: CellId
    number: int
    title: str
    gives: tuple[str, ...]
    state: State


class Heading(NamedTuple):
    """A heading of the notebook's text: its words, its level from 1, and the position of its cell."""

    text: str
    level: int
    number: int


class Group(NamedTuple):
    """Cells that could become something.

    Attributes:
        refactoring: the refactoring that does it, ``extract.function``.
        name: the name of the function, or of what would move to a module.
        cells: the cells, in document order.
    """

    refactoring: str
    name: str
    cells: tuple[CellId, ...]


@dataclass(frozen=True)
class CellGraph:
    """The graph of a notebook."""

    nodes: tuple[CellNode, ...]
    headings: tuple[Heading, ...]
    links: tuple[Link, ...]
    groups: tuple[Group, ...]


def make_graph(analysis: Analysis, groups: tuple[Group, ...] = ()) -> CellGraph:
    """Return the graph of a notebook; cells without code are left out."""
    links = find_links(analysis)
    given: dict[CellId, dict[str, None]] = {}
    for link in links:
        given.setdefault(link.source, {}).update(dict.fromkeys(link.names))
    nodes = tuple(
        CellNode(
            cell.id,
            analysis.notebook.index(cell.id),
            title_of(facts),
            tuple(given.get(cell.id, ())),
            _state(analysis, cell),
        )
        for cell, facts in analysis.cells
        if cell.source.strip()
    )
    return CellGraph(nodes, tuple(_headings(analysis)), links, groups)


def title_of(facts: CellFacts) -> str:
    """Return the words that name a cell."""
    lines = [line.strip() for line in facts.source.splitlines() if line.strip()]
    first = lines[0] if lines else ""
    if first.startswith("#") and re.search(r"\w", first):
        return first.strip("#-=* ")
    if facts.definitions:
        names = [f"class {item.name}" if item.kind == "class" else f"{item.name}()" for item in facts.definitions]
        return ", ".join(names)
    return next((line for line in lines if not line.startswith(("import ", "from ", "#", "%"))), first)


def _state(analysis: Analysis, cell: Cell) -> State:
    if cell.id in analysis.stale:
        return "changed"
    return "ran" if cell.execution_count else "not-run"


def _headings(analysis: Analysis) -> Iterator[Heading]:
    for number, cell in enumerate(analysis.notebook.cells):
        found = heading_of(cell)
        if found is not None:
            yield Heading(found[1], found[0], number)
