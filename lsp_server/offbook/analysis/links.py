"""What flows from cell to cell in a run from the top: the edges of the cell graph."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from offbook.analysis.analysis import Analysis
from offbook.notebook import CellId


class Link(NamedTuple):
    """Values that one cell leaves and another uses.

    Attributes:
        source: the cell that makes or changes them.
        target: the cell that uses them.
        names: the names, in the order of their first use.
        late: whether the source stands below the target, so that a run from the top finds nothing.
    """

    source: CellId
    target: CellId
    names: tuple[str, ...]
    late: bool


def find_links(analysis: Analysis) -> tuple[Link, ...]:
    """Return what flows between the cells, by target in document order, then by source.

    A use is linked with the nearest earlier cell that binds the name for certain or changes its object in place, and
    with those between that may bind it. What a function's body reads is a use of the cell that defines it. Imports are
    left out: nearly every cell would be linked with the first.
    """
    found: dict[tuple[int, int], dict[str, bool]] = {}
    for target, name, now in _uses(analysis):
        for source in _sources(analysis, name, target):
            found.setdefault((target, source), {})[name] = now and source > target
    cells = analysis.notebook.cells
    return tuple(
        Link(cells[source].id, cells[target].id, tuple(names), late=any(names.values()))
        for (target, source), names in sorted(found.items())
    )


def _uses(analysis: Analysis) -> Iterator[tuple[int, str, bool]]:
    """Yield what each cell needs of others, and whether it fails without it when it runs."""
    for cell, facts in analysis.cells:
        number = analysis.notebook.index(cell.id)
        for name, events in facts.by_name.items():
            exposed = [read for read in events.reads if read.exposure != "local"]
            if exposed:
                yield number, name, not all(read.guarded for read in exposed)
            elif events.deferred and not events.binds:
                yield number, name, False


def _sources(analysis: Analysis, name: str, target: int) -> list[int]:
    """Return the cells that a use can get its value from; one below only where there is no other."""
    makers: list[tuple[int, bool]] = []
    for number, _, events in analysis.flow.occurrences(name):
        bindings = [binding for binding in events.bindings if binding.kind != "global"]
        if any(binding.kind == "import" for binding in bindings):
            return []
        certain = any(binding.definite for binding in bindings) or any(not item.owner for item in events.mutations)
        if bindings or certain:
            makers.append((number, certain))
    found: list[int] = []
    for number, certain in reversed([maker for maker in makers if maker[0] < target]):
        found.append(number)
        if certain:
            return found
    return found or [number for number, _ in makers if number > target][:1]
