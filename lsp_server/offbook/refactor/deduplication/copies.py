"""One copy of statements: its place, and its data flow; refused where it cannot become a call."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from offbook.analysis import CellFacts, span_of
from offbook.analysis.clones import LEAST_STATEMENTS, Place, find_clones
from offbook.notebook import CellId
from offbook.refactor.function.hazards import BodyCheck, check_notebook
from offbook.refactor.function.showing import Showing
from offbook.refactor.module.reads import evaluated_names
from offbook.refactor.module.scene import Scene
from offbook.refactor.options import CellLines
from offbook.refactor.region.choice import choose_lines
from offbook.refactor.region.exchange import Exchange, find_exchange
from offbook.refactor.region.layout import Layout, lay_out
from offbook.refactor.region.names import Surroundings
from offbook.text import Lines


@dataclass(frozen=True)
class Copy:
    """Statements that a call can take the place of.

    Attributes:
        scene: the notebook.
        lines: where they stand.
        layout: the statements.
        exchange: what they take and give.
    """

    scene: Scene
    lines: CellLines
    layout: Layout
    exchange: Exchange

    @property
    def body(self) -> list[ast.stmt]:
        """The statements; lines count from the copy's first."""
        return [node for unit in self.layout.inside for node in unit.nodes]

    @property
    def facts(self) -> CellFacts:
        """What the statements do."""
        return self.layout.facts

    @property
    def number(self) -> int:
        """The cell's number, as users count."""
        return self.scene.number(self.lines.cell)

    def text_of(self, node: ast.expr) -> str:
        """Return the text of an expression."""
        return Lines(self.layout.region.text).slice(span_of(node))

    @property
    def around(self) -> Surroundings:
        """What names mean around it."""
        return Surroundings(self.layout)


class Spot(NamedTuple):
    """Where a copy stands: statements of a notebook."""

    scene: Scene
    place: Place

    @property
    def lines(self) -> CellLines:
        """Their lines."""
        return _lines(self.place)


def find_groups(scenes: Sequence[Scene], cells: Sequence[CellId]) -> tuple[list[list[Spot]], list[Spot]]:
    """Return groups of copies, and copies inside functions.

    Args:
        scenes: the notebooks; a group touches the first, and, where there are several, another one.
        cells: cells of the first notebook that a group has to touch; all without any.
    """
    groups: list[list[Spot]] = []
    nested: list[Spot] = []
    for spots in _clones(scenes):
        here = [spot.place.cell for spot in spots if spot.scene is scenes[0]]
        if not here or (cells and not set(here).intersection(cells)) or (len(here) == len(spots) and len(scenes) > 1):
            continue
        inside = [spot for spot in spots if not stands_at_top(spot)]
        nested += inside
        outside = _without_shown([spot for spot in spots if spot not in inside])
        if len(outside) > 1:
            groups.append(outside)
    return groups, nested


def _clones(scenes: Sequence[Scene]) -> Iterator[list[Spot]]:
    """Yield the groups of runs that are alike; cells of several notebooks may have the same id."""
    homes: dict[CellId, tuple[Scene, CellId]] = {}
    cells: list[tuple[CellId, CellFacts]] = []
    for number, scene in enumerate(scenes):
        for _, cell, facts in scene.cells:
            key = CellId(f"{number} {cell.id}")
            homes[key] = scene, cell.id
            cells.append((key, facts))
    for places in find_clones(cells):
        yield [Spot(homes[place.cell][0], place._replace(cell=homes[place.cell][1])) for place in places]


def stands_at_top(spot: Spot) -> bool:
    """Tell whether statements stand in no function."""
    tree = spot.scene.analysis.facts_of(spot.place.cell).tree
    first = spot.place.block[spot.place.start].node
    return tree is not None and any(node is first for node in tree.body)


def _without_shown(spots: list[Spot]) -> list[Spot]:
    """Return spots without a last expression whose value one of the cells shows; none where too little is left."""
    if not any(map(_shows, spots)):
        return spots
    shorter = [spot._replace(place=spot.place._replace(end=spot.place.end - 1)) for spot in spots]
    first = shorter[0].place
    weight = sum(shape.weight for shape in first.block[first.start : first.end])
    return shorter if weight >= LEAST_STATEMENTS else []


def _shows(spot: Spot) -> bool:
    scene, place = spot
    display = scene.analysis.facts_of(place.cell).display
    last = place.block[place.end - 1].node
    return isinstance(last, ast.Expr) and last.value is display and Showing(scene).is_shown(last.value) != "never"


def _lines(place: Place) -> CellLines:
    first, last = place.block[place.start].node, place.block[place.end - 1].node
    start = min([first.lineno, *(item.lineno for item in getattr(first, "decorator_list", ()))])
    return CellLines(place.cell, start - 1, (last.end_lineno or last.lineno) - 1)


def read_copy(scene: Scene, lines: CellLines) -> Copy:
    """Return a copy, with its data flow.

    Raises:
        RefusedError: where a call cannot take its place.
    """
    region = choose_lines(scene, lines)
    layout = lay_out(scene, region)
    check_notebook(scene)
    if layout.leading or layout.lifted:
        raise scene.refuse("it imports or defines something", lines.cell)
    BodyCheck(scene, layout).check()
    exchange = find_exchange(scene, layout)
    if exchange.imports:
        raise scene.refuse(f"it imports `{exchange.imports[0]}`, which later code reads", lines.cell)
    for call in layout.facts.calls:
        for name, _ in evaluated_names(call.node):
            if any(binding.kind != "import" for _, binding in scene.flow.bindings(name)):
                raise scene.refuse(f"`{name}` stands in a text that a library evaluates where it is called", lines.cell)
    return Copy(scene, lines, layout, exchange)
