"""One copy of statements: its place, and its data flow; refused where it cannot become a call."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

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


def find_groups(scene: Scene, cells: Sequence[CellId]) -> tuple[list[list[CellLines]], list[CellLines]]:
    """Return the groups of copies that touch one of the cells (all, without any), and copies inside functions."""
    groups: list[list[CellLines]] = []
    nested: list[CellLines] = []
    for places in find_clones([(cell.id, facts) for _, cell, facts in scene.cells]):
        if cells and not any(place.cell in cells for place in places):
            continue
        inside = [place for place in places if not stands_at_top(scene, place)]
        nested += [_lines(place) for place in inside]
        outside = _without_shown(scene, [place for place in places if place not in inside])
        if len(outside) > 1:
            groups.append([_lines(place) for place in outside])
    return groups, nested


def stands_at_top(scene: Scene, place: Place) -> bool:
    """Tell whether statements stand in no function."""
    tree = scene.analysis.facts_of(place.cell).tree
    first = place.block[place.start].node
    return tree is not None and any(node is first for node in tree.body)


def _without_shown(scene: Scene, places: list[Place]) -> list[Place]:
    """Return places without a last expression whose value one of the cells shows; none where too little is left."""
    if not any(_shows(scene, place) for place in places):
        return places
    shorter = [place._replace(end=place.end - 1) for place in places]
    first = shorter[0]
    weight = sum(shape.weight for shape in first.block[first.start : first.end])
    return shorter if weight >= LEAST_STATEMENTS else []


def _shows(scene: Scene, place: Place) -> bool:
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
    check_notebook(scene, layout)
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
