"""Definitions that share a name: what each is called in the module, and which of them a piece of code means.

In the notebook, ``from module import f_2 as f`` binds ``f`` where ``def f`` stood, so that what stays does as before.
Code that moves looks ``f`` up in the module, where a name means one thing: what is bound whenever that code runs.
"""

from __future__ import annotations

import ast
import builtins
import itertools
import sys
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from offbook.analysis import Binding, DeferredRead, Definition, Read, span_of
from offbook.analysis.certain import catches, evaluated
from offbook.analysis.nodes import walk
from offbook.notebook import may_fail
from offbook.refactor.module.reads import Use
from offbook.refactor.module.renamed import USING_UP, Renaming
from offbook.refactor.module.scene import Moment, Piece, Scene
from offbook.text import Lines, Position, Span

Place = tuple[int, Position]
_END: Place = (sys.maxsize, Position(0, 0))


class Bound(NamedTuple):
    """A binding at top level: when it has run, its cell's index, and the binding."""

    place: Place
    cell: int
    binding: Binding


class Run(NamedTuple):
    """When a body runs: at a place; where it lingers, perhaps at any later one, too."""

    place: Place
    lingers: bool


class Versions:
    """Tells definitions of one name apart."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.renaming = Renaming(scene)
        self._pieces: dict[str, list[Piece]] = {}
        self._timelines: dict[str, list[Bound] | None] = {}

    # the definitions of a name

    def pieces(self, name: str) -> list[Piece]:
        """Return the definitions of a name at the top level of cells, in order, with their names in the module."""
        found = self._pieces.get(name)
        if found is None:
            found = self._pieces[name] = self._named(self._defined(name))
        return found

    def _defined(self, name: str) -> list[Piece]:
        shared = len(self.scene.flow.bindings(name)) > 1 or bool(self.scene.flow.deletions(name))
        return [
            Piece(
                self.scene.notebook.cells[index].id,
                (name,),
                definition.kind,
                definition.node,
                definition.whole,
                Moment(index, definition.whole.start.line),
                shared,
            )
            for index, definition in self._definitions(name)
        ]

    def _definitions(self, name: str) -> Iterator[tuple[int, Definition]]:
        for index in sorted({index for index, binding in self.scene.flow.bindings(name) if binding.node is not None}):
            for definition in self.scene.facts_at(index).definitions:
                if definition.name == name:
                    yield index, definition

    def _named(self, pieces: list[Piece]) -> list[Piece]:
        """Give all but one a name with a number: the first that cannot have another name keeps it, else the first."""
        if len(pieces) < 2:
            return pieces
        name = pieces[0].name
        kept = next((piece for piece in pieces if self.renaming.problem(piece) is not None), pieces[0])
        found: list[Piece] = []
        for number, piece in enumerate(pieces, start=1):
            original = next((other for other in found if other.original is None and self._equal(other, piece)), None)
            if original is not None and piece is not kept:
                piece = piece.copied(original)
            elif piece is not kept:
                taken = {*self.scene.flow.names, *(other.bound[0] for other in found)}
                numbered = (f"{name}_{free}" for free in itertools.count(number))
                piece = piece.called(next(new for new in numbered if new not in taken))
            found.append(piece)
        return found

    def _equal(self, one: Piece, other: Piece) -> bool:
        """Tell whether two functions are the same to the letter, mean the same, and have nothing of their own."""
        node = one.node
        if not isinstance(node, ast.FunctionDef) or node.decorator_list or self._text(one) != self._text(other):
            return False
        defaults = (*node.args.defaults, *node.args.kw_defaults)
        if not all(default is None or isinstance(default, ast.Constant) for default in defaults):
            return False
        if self.scene.flow.mutations(one.name):
            return False
        used = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)} - {one.name}
        if any(isinstance(inner, ast.Name) and inner.id == one.name for inner in ast.walk(node)):
            return False  # it calls itself, which may be the other
        several = [name for name in used if len(self.scene.flow.bindings(name)) > 1]
        meant = [(self.meant(one, name), self.meant(other, name)) for name in several]
        return all(first is not None and first == second for first, second in meant)

    def _text(self, piece: Piece) -> str:
        return Lines(self.scene.analysis.facts_of(piece.cell).source).slice(piece.whole)

    # what a piece means

    def meant(self, piece: Piece, name: str) -> Bound | None:
        """Return the binding of a name that a piece sees whenever it looks it up; ``None`` where that may differ."""
        timeline = self._timeline(name)
        runs = list(self._lookups(piece, name)) if timeline else []
        if not timeline or not runs:
            return None
        seen: set[Bound] = set()
        for run in runs:
            before = [bound for bound in timeline if bound.place <= run.place]
            if not before:
                return None
            seen.add(before[-1])
            if run.lingers:
                seen.update(timeline[len(before) :])
        return seen.pop() if len(seen) == 1 else None

    def check_late(self, piece: Piece, use: Use, bound: Moment | None) -> None:
        """Refuse a piece that looks a name up before the line that binds it: there it fails, and would no longer.

        It surely does where the line above calls a function that reads the name on every path. Where a failure would be
        caught, and the notebook goes on, it is enough that it may.

        Raises:
            RefusedError: with the place of the call.
        """
        if bound is None or bound <= piece.moment or use.how != "code":
            return
        end: Place = (bound.cell, Position(bound.line, 0))
        early = sorted(run for run in self._lookups(piece, use.name) if run.place < end)
        if early and not self._may_be_caught(piece.moment.cell, bound.cell):
            early = [run for run in early if not run.lingers] if _surely_reads(piece.node, use.name) else []
        if not early:
            return
        index, position = early[0].place
        raise self.scene.refuse(
            f"cell {index + 1} calls `{piece.name}`, which reads `{use.name}`, before cell {bound.cell + 1} binds it",
            self.scene.notebook.cells[index].id,
            Span.on_line(position.line),
            f"Bind `{use.name}` above that.",
        )

    def _may_be_caught(self, first: int, last: int) -> bool:
        """Tell whether cells may go on after something has failed."""
        return any(
            may_fail(cell) or any(map(catches, walk(facts.tree or ast.Module([], []))))
            for index, cell, facts in self.scene.cells
            if first <= index <= last
        )

    def starts_behind(self, piece: Piece, moment: Moment) -> bool:
        """Tell whether a piece's body runs behind a line only."""
        place = (moment.cell, Position(moment.line, 0))
        return piece.kind == "function" and all(run.place > place for run in self._bodies(piece))

    def _timeline(self, name: str) -> list[Bound] | None:
        """Return the bindings of a name in order; ``None`` where some may run at another time, or not at all."""
        if name not in self._timelines:
            found = [self._bound(index, binding) for index, binding in self.scene.flow.bindings(name)]
            known = [bound for bound in found if bound is not None]
            plain = len(known) == len(found) and not self.scene.flow.deletions(name)
            self._timelines[name] = sorted(known, key=lambda bound: bound.place) if plain else None
        return self._timelines[name]

    def _bound(self, index: int, binding: Binding) -> Bound | None:
        tree = self.scene.facts_at(index).tree
        node = binding.node
        if tree is None or not isinstance(node, ast.stmt) or node not in tree.body or not binding.unconditional:
            return None
        if binding.kind not in ("assign", "function", "class", "import"):
            return None
        return Bound((index, span_of(node).end), index, binding)

    def _lookups(self, piece: Piece, name: str) -> Iterator[Run]:
        facts = self.scene.analysis.facts_of(piece.cell)
        here = (piece.moment.cell, piece.whole.start)
        if _reads(facts.reads, piece, name):
            yield Run(here, lingers=False)
        if _reads(facts.deferred, piece, name):
            lingers = _lingers(piece.node, name)
            bodies = self._bodies(piece) if piece.kind != "constant" else [Run(here, lingers=True)]
            yield from (Run(run.place, run.lingers or lingers) for run in bodies)

    def _bodies(self, piece: Piece) -> list[Run]:
        """Return when a function's body runs; one that nothing calls is called behind the last cell."""
        for index, definition in self._definitions(piece.name):
            if definition.node is piece.node:
                return list(self._runs(index, definition, set())) or [Run(_END, lingers=False)]
        return [Run((piece.moment.cell, piece.whole.start), lingers=True)]

    def _runs(self, index: int, definition: Definition, seen: set[int]) -> Iterator[Run]:
        """Yield when the body of a definition runs, as far as code in the notebook runs it."""
        if id(definition.node) in seen:
            return
        seen.add(id(definition.node))
        born = (index, definition.whole.end)
        over = next((bound.place for bound in self._timeline(definition.name) or () if bound.place > born), _END)
        for number, read in self.scene.flow.reads(definition.name):
            place = (number, read.span.start)
            child = self._child(number, read) if born <= place < over else None
            if child is not None and not _acts_on_children(definition.node):
                yield from (Run(run.place, lingers=True) for run in self._runs(number, child, seen))
            elif born <= place < over:
                yield Run(place, definition.kind == "class" or not self._is_called(number, read))
        for number, deferred in self.scene.flow.deferred(definition.name):
            if number == index and definition.whole.covers(deferred.span.start):
                continue
            value = definition.kind == "class" or not self._is_called(number, deferred)
            for run in self._owner_runs(number, deferred, seen):
                if run.lingers and run.place < over:
                    yield Run(max(run.place, born), lingers=True)
                elif born <= run.place < over:
                    yield Run(run.place, value)

    def _owner_runs(self, index: int, read: DeferredRead, seen: set[int]) -> Iterator[Run]:
        """Yield when the function around a read runs."""
        for definition in self.scene.facts_at(index).definitions:
            if definition.whole.covers(read.span.start):
                lingers = _lingers(definition.node, read.name)
                for run in self._runs(index, definition, seen):
                    yield Run(run.place, run.lingers or lingers)
                return
        yield Run((index, read.span.start), lingers=True)  # a lambda

    def _child(self, index: int, read: Read) -> Definition | None:
        """Return the class of which a read names a base."""
        for definition in self.scene.facts_at(index).definitions:
            if isinstance(definition.node, ast.ClassDef) and any(base is read.place for base in definition.node.bases):
                return definition
        return None

    def _is_called(self, index: int, read: Read | DeferredRead) -> bool:
        return any(call.node.func is read.place for call in self.scene.facts_at(index).calls)


def _reads(reads: Iterable[Read | DeferredRead], piece: Piece, name: str) -> bool:
    return any(read.name == name and piece.whole.covers(read.span.start) for read in reads)


def _surely_reads(node: ast.stmt, name: str) -> bool:
    """Tell whether every call of a function looks a name up."""
    body = node.body if isinstance(node, ast.FunctionDef) else []
    return any(isinstance(part, ast.Name) and part.id == name for part in evaluated(body))


def _acts_on_children(node: ast.stmt) -> bool:
    """Tell whether a class may run some of its code where another is derived from it."""
    if not isinstance(node, ast.ClassDef) or node.keywords:
        return True
    plain = all(isinstance(base, ast.Name) and hasattr(builtins, base.id) for base in node.bases)
    return not plain or any(getattr(part, "name", "") == "__init_subclass__" for part in node.body)


def _lingers(node: ast.AST, name: str) -> bool:
    """Tell whether a body may look a name up after its call: in a method, a generator or an inner function."""
    if isinstance(node, ast.ClassDef | ast.AsyncFunctionDef):
        return True
    inner = list(ast.walk(node))
    used_up = {
        id(argument)
        for call in inner
        if isinstance(call, ast.Call) and getattr(call.func, "id", getattr(call.func, "attr", "")) in USING_UP
        for argument in call.args
    }
    later = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda | ast.GeneratorExp
    return any(
        isinstance(part, ast.Yield | ast.YieldFrom)
        or (
            part is not node
            and isinstance(part, later)
            and id(part) not in used_up
            and any(isinstance(found, ast.Name) and found.id == name for found in ast.walk(part))
        )
        for part in inner
    )
