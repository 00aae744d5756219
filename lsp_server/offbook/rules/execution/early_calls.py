"""Functions that are called before what their bodies read is bound."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from offbook.analysis import CellFacts, DeferredRead, Definition, Occurrence
from offbook.analysis.certain import evaluated
from offbook.analysis.nodes import walk
from offbook.rules.views import NotebookView

_DEPTH = 3
"""So many functions may stand between the call and the one that reads the name."""


class EarlyCall(NamedTuple):
    """A call at top level that certainly reads a name, through the body of the function that it calls."""

    cell: Occurrence
    node: ast.Call
    function: str
    read: DeferredRead
    reader: Occurrence


def early_calls(notebook: NotebookView, cells: list[Occurrence], binder: int) -> Iterator[EarlyCall]:
    """Yield the calls above a cell that certainly read a name which is bound in that cell first.

    Args:
        notebook: the notebook.
        cells: the cells that do something with the name.
        binder: the number of the first cell that binds it.
    """
    for cell in cells:
        for read in cell.events.deferred if cell.number < binder else ():
            if not read.owner or read.guarded or not _is_used(notebook, read.owner, binder):
                continue
            if _surely_reads(notebook, cell, read):
                for place, node in _calls(notebook, read.owner, binder, _DEPTH):
                    yield EarlyCall(place, node, read.owner, read, cell)


def _is_used(notebook: NotebookView, function: str, binder: int) -> bool:
    """Tell whether any cell above mentions a function, apart from its definition."""
    cells = [cell for cell in notebook.occurrences(function) if cell.number < binder]
    return any(cell.events.reads or cell.events.deferred for cell in cells)


def _surely_reads(notebook: NotebookView, cell: Occurrence, read: DeferredRead) -> bool:
    body = _body(notebook, read.owner)
    return body is not None and any(node is read.place for node in evaluated(body))


def _calls(notebook: NotebookView, function: str, binder: int, depth: int) -> Iterator[tuple[Occurrence, ast.Call]]:
    """Yield the calls of a function at top level above a cell, and those of functions that certainly call it."""
    for cell in notebook.occurrences(function):
        facts = notebook.facts(cell.cell) if cell.number < binder else None
        if facts is None or facts.tree is None:
            continue
        if cell.events.reads:
            yield from ((cell, node) for node in _calls_in(facts.tree.body, function))
        for owner in dict.fromkeys(read.owner for read in cell.events.deferred if depth):
            body = _body(notebook, owner) if owner and owner != function else None
            if body is not None and any(_calls_in(body, function)):
                yield from _calls(notebook, owner, binder, depth - 1)


def _body(notebook: NotebookView, function: str) -> list[ast.stmt] | None:
    """Return the body of a function that is defined in one place, plainly; ``None`` for all else."""
    cells = [cell for cell in notebook.occurrences(function) if cell.events.bindings]
    facts = notebook.facts(cells[0].cell) if len(cells) == 1 and len(cells[0].events.bindings) == 1 else None
    definition = _definition(facts, function)
    node = definition.node if definition is not None else None
    if not isinstance(node, ast.FunctionDef) or node.decorator_list or _is_generator(node):
        return None
    return node.body


def _definition(facts: CellFacts | None, function: str) -> Definition | None:
    return next((item for item in facts.definitions if item.name == function), None) if facts is not None else None


def _calls_in(body: list[ast.stmt], function: str) -> Iterator[ast.Call]:
    """Yield the calls of a function by its name that a block certainly makes."""
    for node in evaluated(body):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function:
            yield node


def _is_generator(node: ast.FunctionDef) -> bool:
    return any(isinstance(part, ast.Yield | ast.YieldFrom) for part in walk(node))
