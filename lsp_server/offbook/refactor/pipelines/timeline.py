"""The top-level statements of a notebook in the order of a fresh run, and what stands in each."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from offbook.analysis import DeferredRead, Read, span_of
from offbook.notebook import CellId
from offbook.refactor.module.names import Names
from offbook.refactor.module.scene import Scene
from offbook.refactor.pipelines.library import SPLIT
from offbook.refactor.pipelines.steps import Step, When
from offbook.text import Span

_OF_TABLES = frozenset("columns describe dtypes head iloc info loc shape to_numpy values".split())
"""Attributes that frames and arrays have, and lists have not."""


class Reading(NamedTuple):
    """A place that reads a name; ``when`` is ``None`` in the body of a function."""

    when: When | None
    cell: CellId
    place: ast.Name


class Timeline:
    """Finds statements, and the nodes around a node."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._parents: dict[int, dict[ast.AST, ast.AST]] = {}

    def statements(self) -> Iterator[tuple[When, CellId, ast.stmt]]:
        """Yield all top-level statements."""
        for _, cell, _ in self.scene.cells:
            yield from self.statements_of(cell.id)

    def statements_of(self, cell: CellId) -> Iterator[tuple[When, CellId, ast.stmt]]:
        """Yield the top-level statements of one cell."""
        facts, index = self.scene.analysis.facts.get(cell), self.scene.notebook.index(cell)
        for number, node in enumerate(facts.tree.body if facts is not None and facts.tree is not None else ()):
            yield When(index, number), cell, node

    def statement(self, when: When) -> ast.stmt:
        """Return the statement of a place."""
        tree = self.scene.facts_at(when.cell).tree
        assert tree is not None
        return tree.body[when.statement]

    def when(self, index: int, span: Span) -> When:
        """Return the top-level statement that a place of a cell stands in; the first one for places in magics."""
        tree = self.scene.facts_at(index).tree
        body = tree.body if tree is not None else []
        found = (number for number, node in enumerate(body) if _stands_in(span, node))
        return When(index, next(found, 0))

    def bindings(self, name: str) -> list[tuple[When, ast.AST | None, bool]]:
        """Return where a name is bound: the statement, its node, and whether every run binds it there."""
        return [
            (self.when(index, binding.span), binding.node, binding.unconditional)
            for index, binding in self.scene.flow.bindings(name)
        ]

    def made(self, name: str, before: When) -> ast.Call | None:
        """Return the call whose result a name has at a statement, where one plain assignment above tells."""
        bindings = [item for item in self.bindings(name) if item[0] < before]
        _, node, sure = bindings[-1] if bindings else (None, None, False)
        if not sure or not isinstance(node, ast.Assign) or len(node.targets) != 1:
            return None
        plain = isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Call)
        return node.value if plain and isinstance(node.value, ast.Call) else None

    def split_of(self, names: Names, step: Step) -> ast.Assign | None:
        """Return the split that a step's rows come straight from."""
        bindings = [item for item in self.bindings(step.source.id) if item[0] < step.when]
        node = bindings[-1][1] if bindings and bindings[-1][2] else None
        value = node.value if isinstance(node, ast.Assign) else None
        cut = isinstance(value, ast.Call) and names.dotted(value.func) == SPLIT
        return node if cut and isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple) else None

    def is_table(self, names: Names, step: Step) -> bool:
        """Tell whether a step's rows come from the split of a frame or an array, and not of a list."""
        split = self.split_of(names, step)
        if split is None or not isinstance(split.targets[0], ast.Tuple) or not isinstance(split.value, ast.Call):
            return False
        targets = [getattr(item, "id", "") for item in split.targets[0].elts]
        number = targets.index(step.source.id) // 2
        given = split.value.args[number] if number < len(split.value.args) else None
        if not isinstance(given, ast.Name):
            return given is not None and _makes_table(names, given)
        asked = (self.above(reading.cell, reading.place) for reading in self.readings(given.id))
        return any(isinstance(node, ast.Attribute) and node.attr in _OF_TABLES for node in asked) or any(
            sure and isinstance(node, ast.Assign) and _makes_table(names, node.value)
            for _, node, sure in self.bindings(given.id)[-1:]
        )

    def changes(self, name: str) -> Iterator[tuple[str, When | None, tuple[CellId, Span]]]:
        """Yield where the object of a name is changed in place, or the name is deleted; no place in functions."""
        for index, found in self.scene.flow.mutations(name):
            cell = self.scene.notebook.cells[index].id
            yield "changed", None if found.owner else self.when(index, found.span), (cell, found.span)
        for index, gone in self.scene.flow.deletions(name):
            yield "deleted", self.when(index, gone.span), (self.scene.notebook.cells[index].id, gone.span)

    def readings(self, name: str) -> list[Reading]:
        """Return all places that read a name.

        Raises:
            RefusedError: where a magic reads it, or a star import may bind it.
        """
        star = next((star for star in self.scene.stars if star.may_bind(name)), None)
        if star is not None:
            raise self.scene.refuse(f"`{name}` may come from a star import", star.cell, star.item.span)
        flow = self.scene.flow
        found: list[Reading] = []
        places: list[tuple[int, Read | DeferredRead]] = [*flow.reads(name), *flow.deferred(name)]
        for index, read in places:
            cell = self.scene.notebook.cells[index].id
            if not isinstance(read.place, ast.Name):
                raise self.scene.refuse(f"cell {index + 1} uses `{name}` in a magic", cell, read.span)
            when = self.when(index, read.span) if isinstance(read, Read) else None
            found.append(Reading(when, cell, read.place))
        return found

    def above(self, cell: CellId, node: ast.AST) -> ast.AST:
        """Return the node that a node is a part of."""
        index = self.scene.notebook.index(cell)
        if index not in self._parents:
            tree = self.scene.facts_at(index).tree or ast.Module([], [])
            self._parents[index] = {
                child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)
            }
        return self._parents[index][node]


def _stands_in(span: Span, node: ast.stmt) -> bool:
    decorators = getattr(node, "decorator_list", None) or ()
    start = min([span_of(node).start, *(span_of(item).start for item in decorators)])
    return start <= span.start <= span_of(node).end


def _makes_table(names: Names, value: ast.expr) -> bool:
    """Tell whether an expression gives a frame or an array: ``df.drop("y", axis=1)``, ``df[["a"]]``, ``df.values``."""
    if isinstance(value, ast.Subscript):
        of_frame = isinstance(value.value, ast.Attribute) and value.value.attr in ("iloc", "loc")
        return of_frame or isinstance(value.slice, ast.List)
    if isinstance(value, ast.Attribute):
        return value.attr == "values"
    if not isinstance(value, ast.Call):
        return False
    method = value.func.attr if isinstance(value.func, ast.Attribute) else ""
    return method in ("drop", "to_numpy") or names.dotted(value.func) in ("numpy.array", "pandas.DataFrame")
