"""Variables that only functions use, and change (``global``): they move together with all of these functions."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from offbook.analysis import CellFacts, span_of
from offbook.notebook import holds_parameters
from offbook.refactor.module.reads import Use, evaluated_names
from offbook.refactor.module.scene import Moment, Piece, RefusedError, Scene
from offbook.refactor.module.versions import Versions
from offbook.refactor.uses.elsewhere import check_elsewhere
from offbook.text import Span


class States:
    """Finds the state that functions of a notebook share, and no cell looks at."""

    def __init__(self, scene: Scene, versions: Versions) -> None:
        self.scene = scene
        self.versions = versions
        self._known: dict[str, tuple[Piece, ...]] = {}

    def needed(self, piece: Piece, uses: Iterable[Use]) -> list[Piece]:
        """Return what has to move with a function for the state that it reads or sets."""
        names = {name for node in ast.walk(piece.node) if isinstance(node, ast.Global) for name in node.names}
        names |= {use.name for use in uses if use.how == "code"}
        return [other for name in sorted(names) for other in self.members(name)]

    def members(self, name: str) -> tuple[Piece, ...]:
        """Return a variable's first assignment and all functions that use it; empty where anything else does."""
        if name not in self._known:
            try:
                self._known[name] = tuple(self._members(name))
            except _OpenError:
                self._known[name] = ()
        return self._known[name]

    def _members(self, name: str) -> Iterator[Piece]:
        flow = self.scene.flow
        bindings = flow.bindings(name)
        outside = [(index, binding) for index, binding in bindings if binding.kind != "global"]
        if len(outside) > 1 or len(outside) == len(bindings) or flow.reads(name) or flow.deletions(name):
            raise _OpenError
        if any(self._hides(facts, name) for _, _, facts in self.scene.cells):
            raise _OpenError
        try:
            check_elsewhere(self.scene, [name])
        except RefusedError:
            raise _OpenError from None
        for index, binding in outside:
            tree, node = self.scene.facts_at(index).tree, binding.node
            cell = self.scene.notebook.cells[index]
            if tree is None or not isinstance(node, ast.Assign) or node not in tree.body:
                raise _OpenError
            if len(node.targets) > 1 or not isinstance(node.targets[0], ast.Name) or holds_parameters(cell):
                raise _OpenError
            if node is tree.body[-1] and any(isinstance(other, ast.Expr) for other in tree.body):
                raise _OpenError  # without it, the cell would show the value of an expression
            span = span_of(node)
            yield Piece(cell.id, (name,), "constant", node, span, Moment(index, span.start.line), private=True)
        places = [(index, read.span) for index, read in flow.deferred(name)]
        places += ((index, binding.span) for index, binding in bindings if binding.kind == "global")
        yield from dict.fromkeys(self._around(index, span) for index, span in places)

    def _hides(self, facts: CellFacts, name: str) -> bool:
        """Tell whether a cell may use a variable in a way that cannot be seen, or in a text."""
        return facts.dynamic or any(found == name for call in facts.calls for found, _ in evaluated_names(call.node))

    def _around(self, index: int, span: Span) -> Piece:
        """Return the definition around a place."""
        for definition in self.scene.facts_at(index).definitions:
            if definition.whole.covers(span.start):
                for piece in self.versions.pieces(definition.name):
                    if piece.node is definition.node:
                        return piece
        raise _OpenError


class _OpenError(Exception):
    """Other code than functions uses a variable."""
