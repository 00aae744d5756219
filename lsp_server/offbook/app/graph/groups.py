"""Which cells could become a function or go to a module: what the refactorings themselves say."""

from __future__ import annotations

from collections.abc import Iterator

from offbook.analysis import Analysis, CellFacts
from offbook.analysis.prose import heading_of
from offbook.app.graph.cells import Group
from offbook.notebook import CellId
from offbook.refactor.extract_function import ExtractFunctionOptions
from offbook.refactor.function.extraction import prepare
from offbook.refactor.module.scene import RefusedError
from offbook.refactor.registry import Context, Selection, find_refactoring

_LEAST_LINES = 4
"""Fewer lines of code are no function that anybody misses."""


def find_groups(context: Context) -> tuple[Group, ...]:
    """Return the sections that can be extracted to functions, and the cells whose definitions can be moved."""
    found = [*_functions(context), *_definitions(context)]
    return tuple(sorted(found, key=lambda group: context.analysis.notebook.index(group.cells[0])))


def _functions(context: Context) -> Iterator[Group]:
    for cells in sections(context.analysis):
        try:
            extraction = prepare(context, ExtractFunctionOptions(cells=cells))
        except RefusedError:
            continue
        yield Group("extract.function", f"{extraction.name}()", cells)


def _definitions(context: Context) -> Iterator[Group]:
    refactoring = find_refactoring("extract.module")
    for cell, facts in context.analysis.cells:
        if refactoring.offer(context, Selection(cell.id)) is not None:
            yield Group(refactoring.id, ", ".join(item.name for item in facts.definitions), (cell.id,))


def sections(analysis: Analysis) -> Iterator[tuple[CellId, ...]]:
    """Yield the cells that compute something below each heading, where they follow one another."""
    together: list[CellId] = []
    lines = 0
    started = False
    for cell in (*analysis.notebook.cells, None):
        facts = analysis.facts.get(cell.id) if cell is not None else None
        if cell is not None and facts is not None and started and _computes(facts):
            together.append(cell.id)
            lines += sum(1 for line in cell.source.splitlines() if line.strip())
            continue
        if cell is not None and facts is None and heading_of(cell) is None:
            continue
        if together and lines >= _LEAST_LINES:
            yield tuple(together)
        together, lines = [], 0
        started = cell is not None and (heading_of(cell) is not None or (started and facts is not None))


def _computes(facts: CellFacts) -> bool:
    return facts.tree is not None and not facts.definitions and not facts.imports and bool(facts.source.strip())
