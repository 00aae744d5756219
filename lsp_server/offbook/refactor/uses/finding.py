"""Finds every use of a notebook's function, and refuses where one of them cannot be seen."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from offbook.analysis import CellFacts, DeferredRead, Definition, Read
from offbook.notebook import CellId
from offbook.refactor.module.scene import Scene

_SCOPES = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
_COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


class Use(NamedTuple):
    """One place that reads a function's name.

    Attributes:
        cell: the cell.
        number: the cell's position among all cells.
        read: what the cell does there.
        name: the name in the tree.
        call: the call that it is the function of; ``None`` where the function is used as a value.
        owner: the function or class in whose body it stands; empty at top level, and ``<lambda>`` in one.
    """

    cell: CellId
    number: int
    read: Read | DeferredRead
    name: ast.Name
    call: ast.Call | None
    owner: str


def find_definition(scene: Scene, name: str, cell: CellId | None = None) -> tuple[CellId, Definition]:
    """Return where a function is defined; without ``cell``, it has to be the only place that binds the name.

    Raises:
        RefusedError: where there is no such definition, or the name is bound elsewhere, too.
    """
    found = [
        (item.id, definition)
        for _, item, facts in scene.cells
        for definition in facts.definitions
        if definition.name == name and cell in (None, item.id)
    ]
    if not found:
        raise scene.refuse(f"no cell defines a function `{name}` at its top level", cell)
    where, definition = found[0]
    bindings = [
        binding for index, binding in scene.flow.bindings(name) if cell is None or index == scene.number(where) - 1
    ]
    if len(found) > 1 or len(bindings) != 1:
        raise scene.refuse(f"`{name}` is bound in more than one place", where, definition.span)
    return where, definition


def find_uses(scene: Scene, name: str) -> list[Use]:
    """Return all places that read a name, in document order.

    Raises:
        RefusedError: where a magic uses it, or a star import may bind it.
    """
    star = next((star for star in scene.stars if star.may_bind(name)), None)
    if star is not None:
        raise scene.refuse(f"`{name}` may come from a star import", star.cell, star.item.span)
    return [use for index, cell, facts in scene.cells for use in _uses_in(scene, name, index, cell.id, facts)]


def _uses_in(scene: Scene, name: str, index: int, cell: CellId, facts: CellFacts) -> Iterator[Use]:
    events = facts.by_name.get(name)
    if events is None:
        return
    calls = {id(call.node.func): call for call in facts.calls}
    reads: list[Read | DeferredRead] = [*events.reads, *events.deferred]
    for read in reads:
        if not isinstance(read.place, ast.Name):
            raise scene.refuse(f"cell {index + 1} uses `{name}` in a magic", cell, read.span)
        call = calls.get(id(read.place))
        owner = read.owner or "<lambda>" if isinstance(read, DeferredRead) else ""
        yield Use(cell, index, read, read.place, call.node if call else None, owner)


def shadowing_scope(tree: ast.Module, place: ast.AST, name: str) -> ast.AST | None:
    """Return the function, class or comprehension around a place that has a variable of its own of this name."""
    for scope in _around(tree, place):
        if name in _own_names(scope):
            return scope
    return None


def _around(tree: ast.AST, place: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(tree):
        if any(node is place for node in ast.walk(child)):
            if isinstance(child, _SCOPES | _COMPREHENSIONS):
                yield child
            yield from _around(child, place)
            return


def _own_names(scope: ast.AST) -> set[str]:
    """Return the names that a scope binds; those of scopes inside it may be among them."""
    nodes = list(ast.walk(scope))
    found = {node.arg for node in nodes if isinstance(node, ast.arg)}
    found |= {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    found |= {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef) and node is not scope}
    found |= {
        alias.asname or alias.name
        for node in nodes
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    return found
