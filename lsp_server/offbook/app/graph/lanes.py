"""Where the lines of the cell graph run: lanes beside the column of cells, as in a history of commits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from offbook.analysis.links import Link
from offbook.notebook import CellId


class Bus(NamedTuple):
    """The line from one cell to all cells above it, or below it, that use its values.

    Attributes:
        source: the cell that gives.
        targets: the cells that take, in document order.
        names: the names that run along it.
        late: whether it carries a value to a cell that a run from the top reaches first.
        lane: the lane, from 0, the nearest to the cells.
    """

    source: CellId
    targets: tuple[CellId, ...]
    names: tuple[str, ...]
    late: bool
    lane: int


def lay_buses(links: Iterable[Link], rows: dict[CellId, int]) -> tuple[Bus, ...]:
    """Give every line the nearest lane on which it meets no other; short ones first.

    Args:
        links: what flows between the cells.
        rows: the row of each cell; links of cells without one are left out.
    """
    joined: dict[tuple[CellId, bool, bool], list[Link]] = {}
    for link in links:
        if link.source in rows and link.target in rows:
            upward = rows[link.source] > rows[link.target]
            joined.setdefault((link.source, upward, link.late), []).append(link)
    spans: dict[tuple[CellId, bool, bool], tuple[int, int]] = {}
    for key, together in joined.items():
        ends = [rows[key[0]], *(rows[link.target] for link in together)]
        spans[key] = min(ends), max(ends)
    lanes: list[list[tuple[int, int]]] = []
    found: list[Bus] = []
    for key in sorted(spans, key=lambda key: (spans[key][1] - spans[key][0], spans[key])):
        low, high = spans[key]
        lane = next(
            (number for number, taken in enumerate(lanes) if all(high < start or end < low for start, end in taken)),
            len(lanes),
        )
        if lane == len(lanes):
            lanes.append([])
        lanes[lane].append((low, high))
        targets = tuple(link.target for link in joined[key])
        names = tuple(dict.fromkeys(name for link in joined[key] for name in link.names))
        found.append(Bus(key[0], targets, names, key[2], lane))
    return tuple(found)
