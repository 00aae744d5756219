"""Finds the region that a user has chosen: whole cells, or lines inside one cell."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from offbook.analysis import CellFacts, analyze_cell
from offbook.notebook import CellId, holds_parameters, may_fail
from offbook.notebook.ipython import TRANSPARENT_MAGICS
from offbook.refactor.module.scene import Scene
from offbook.refactor.options import CellLines
from offbook.refactor.region.segments import Region, Segment, Unit
from offbook.text import Span, split_lines

_BLOCKS = ast.For | ast.AsyncFor | ast.While | ast.If | ast.With | ast.AsyncWith | ast.Try | ast.Match


def choose_cells(scene: Scene, cells: Sequence[CellId]) -> Region:
    """Return whole cells as a region; cells at its ends that only import, define or hold magics are left out.

    Raises:
        RefusedError: where the cells do not follow one another, or hold what cannot be moved.
    """
    numbers = sorted({scene.notebook.index(cell) for cell in cells})
    segments = [Segment(index, cell.id, 0, facts) for index, cell, facts in scene.cells]
    known = {segment.index for segment in segments if segment.facts.source.strip()}
    missing = next((n for n in range(numbers[0], numbers[-1]) if n in known and n not in numbers), None)
    if missing is not None:
        raise scene.refuse(
            f"cell {missing + 1} stands between the chosen cells",
            scene.notebook.cells[missing].id,
            None,
            "Choose cells that follow one another.",
        )
    chosen = [segment for segment in segments if segment.index in numbers]
    while chosen and is_scaffolding(chosen[0]):
        chosen.pop(0)
    while chosen and is_scaffolding(chosen[-1]):
        chosen.pop()
    if not chosen:
        raise scene.refuse(
            "the chosen cells only import, define or hold magics: there is nothing to put into a function",
            scene.notebook.cells[numbers[0]].id,
        )
    for segment in chosen:
        check_python(scene, segment)
    first, last = chosen[0].index, chosen[-1].index
    return Region(
        tuple(chosen),
        tuple(segment for segment in segments if segment.index < first),
        tuple(segment for segment in segments if segment.index > last),
        whole=True,
    )


def choose_lines(scene: Scene, lines: CellLines) -> Region:
    """Return the statements that some lines of a cell touch as a region.

    Raises:
        RefusedError: where the lines hold no whole statements of the cell's top level.
    """
    index = scene.notebook.index(lines.cell)
    facts = scene.analysis.facts.get(lines.cell)
    if facts is None:
        raise scene.refuse(f"cell {index + 1} is no code cell", lines.cell)
    segment = Segment(index, lines.cell, 0, facts)
    check_python(scene, segment)
    if facts.masked.cell_magic is not None:
        name = facts.masked.cell_magic.name
        raise scene.refuse(f"cell {index + 1} is run by `%%{name}`", lines.cell, None, "Choose the whole cell.")
    units = Region((segment,), (), (), whole=True).units
    touched = [unit for unit in units if unit.first <= lines.last and lines.first <= unit.last]
    if not touched:
        raise scene.refuse("no statement is chosen", lines.cell, Span.on_line(lines.first), "Choose whole statements.")
    for unit in (touched[0], touched[-1]):
        _check_whole(scene, segment, unit, lines)
    source = split_lines(facts.source)
    first = _with_comments(source, touched[0].first, lines.first)
    last = touched[-1].last

    def piece(start: int, end: int) -> Segment:
        return Segment(index, lines.cell, start, analyze_cell("\n".join(source[start:end])))

    others = [Segment(number, cell.id, 0, known) for number, cell, known in scene.cells]
    return Region(
        (piece(first, last + 1),),
        (*(other for other in others if other.index < index), piece(0, first)),
        (piece(last + 1, len(source)), *(other for other in others if other.index > index)),
        whole=False,
    )


def _with_comments(source: Sequence[str], first: int, limit: int) -> int:
    """Return the first line of the comments right above a statement that are chosen too."""
    while first > limit and source[first - 1].lstrip().startswith("#"):
        first -= 1
    return first


def _check_whole(scene: Scene, segment: Segment, unit: Unit, lines: CellLines) -> None:
    node = unit.nodes[0]
    block = isinstance(node, _BLOCKS | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    if block and not (lines.first <= unit.first and unit.last <= lines.last):
        raise scene.refuse(
            f"only a part of the block at line {unit.first + 1} is chosen",
            segment.cell,
            Span.on_line(unit.first),
            "Choose whole statements at the top level of the cell.",
        )


def is_scaffolding(segment: Segment) -> bool:
    """Tell whether a cell only imports, defines functions and classes, or holds magics; or is of another language."""
    facts = segment.facts
    if facts.masked.language != "python" or not facts.source.strip():
        return True
    if facts.tree is None or (facts.masked.cell_magic is not None and facts.masked.cell_magic.name == "timeit"):
        return False
    return all(unit.magic or is_definition(unit) or is_import(unit) for unit in Region((segment,), (), (), True).units)


def is_definition(unit: Unit) -> bool:
    """Tell whether a unit defines a function or class."""
    return isinstance(unit.nodes[0], ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and len(unit.nodes) == 1


def is_import(unit: Unit) -> bool:
    """Tell whether a unit does nothing but import; ``try: import a`` with ``except ImportError: import b`` too."""
    return all(map(_imports, unit.nodes))


def _imports(node: ast.stmt) -> bool:
    if isinstance(node, ast.Try):
        handled = (statement for handler in node.handlers for statement in handler.body)
        return not node.finalbody and all(
            isinstance(inner, ast.Import | ast.ImportFrom | ast.Pass) for inner in (*node.body, *node.orelse, *handled)
        )
    return isinstance(node, ast.Import | ast.ImportFrom)


def check_python(scene: Scene, segment: Segment) -> None:
    """Refuse a cell that is no Python that a function could hold.

    Raises:
        RefusedError: with the place.
    """
    facts: CellFacts = segment.facts
    number = segment.index + 1
    if may_fail(scene.notebook.cell(segment.cell)):
        raise scene.refuse(f"cell {number} may fail (`raises-exception`)", segment.cell)
    if holds_parameters(scene.notebook.cell(segment.cell)):
        raise scene.refuse(f"cell {number} holds the notebook's parameters (tagged cell)", segment.cell)
    magic = facts.masked.cell_magic
    if magic is not None and magic.name not in TRANSPARENT_MAGICS:
        raise scene.refuse(f"cell {number} is run by `%%{magic.name}`", segment.cell, None, "Leave it out.")
    if facts.tree is None:
        problem = facts.problem
        raise scene.refuse(f"cell {number} has a syntax error", segment.cell, problem.span if problem else None)
    if facts.tree.body and facts.tree.body[0].col_offset > 0:
        raise scene.refuse(f"cell {number} is indented", segment.cell, None, "Take its indentation away first.")
