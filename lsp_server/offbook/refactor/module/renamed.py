"""Where it shows that a definition has another name in the module: in its text, in errors, in what looks at code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property

from offbook.analysis import CellFacts, DeferredRead, Read, span_of
from offbook.notebook import may_fail
from offbook.refactor.module.scene import Piece, RefusedError, Scene

_SHOWN = frozenset("__name__ __qualname__ __code__ exc_info exception format_exc print_exc".split())
"""Attributes that lead to the names of functions and classes, or to errors with them."""

_LOOKING = frozenset("inspect traceback dis pdb cProfile profile line_profiler trace joblib doctest unittest".split())
_PROFILERS = frozenset("prun lprun mprun tb debug pdb xmode".split())
_ANONYMOUS = frozenset(
    "ValueError KeyError IndexError LookupError ZeroDivisionError ArithmeticError OverflowError OSError IOError "
    "FileNotFoundError FileExistsError PermissionError ImportError ModuleNotFoundError StopIteration KeyboardInterrupt "
    "UnicodeDecodeError UnicodeEncodeError ConnectionError TimeoutError AssertionError".split()
)
"""Errors whose own messages name no function and no class."""

_BY_POSITION = frozenset({"map", "filter"})
_BY_KEY = frozenset({"sorted", "min", "max", "sort"})
USING_UP = frozenset("all any dict frozenset join list max min set sorted sum tuple".split())
"""Functions that use up a generator before they return."""


class Renaming:
    """Tells which definitions may have another name in the module."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    def problem(self, piece: Piece) -> RefusedError | None:
        """Return what would show the new name; ``None`` where nothing does."""
        return self._everywhere or next(self._in_piece(piece), None) or next(self._uses(piece), None)

    @cached_property
    def _everywhere(self) -> RefusedError | None:
        """What may show the name of any function."""
        for index, cell, facts in self.scene.cells:
            if may_fail(cell):
                return self.scene.refuse(f"cell {index + 1} shows an error, and names of functions with it", cell.id)
            found = next(_looks(facts), None)
            if found is not None:
                node, what = found
                return self.scene.refuse(
                    f"cell {index + 1} uses `{what}`, which may show that a function has another name in the module",
                    cell.id,
                    span_of(node) if node is not None else None,
                )
        return None

    def _in_piece(self, piece: Piece) -> Iterator[RefusedError]:
        node = piece.node
        if isinstance(node, ast.ClassDef):
            for why in self._class_problems(node):
                yield self._refuse(piece, node, why)
            for index, cell, facts in self.scene.cells:
                for call in _asked_types(facts):
                    what = f"cell {index + 1} asks for a type, which may show that `{piece.name}` has another name"
                    yield self.scene.refuse(what, cell.id, span_of(call))
            return
        if not isinstance(node, ast.FunctionDef) or node.decorator_list:
            yield self._refuse(piece, node, "it is decorated or `async`")
            return
        called = {id(call.func) for call in ast.walk(node) if isinstance(call, ast.Call)}
        consumed = set(_consumed(node))
        inner = {item.name for item in ast.walk(node) if isinstance(item, ast.FunctionDef) and item is not node}
        if ">>>" in (ast.get_docstring(node) or ""):
            yield self._refuse(piece, node, "its docstring calls it")
        for item in ast.walk(node):
            if isinstance(item, ast.Yield | ast.YieldFrom | ast.ClassDef | ast.AsyncFunctionDef):
                yield self._refuse(piece, item, "its generators, or what is defined in it, are named after it")
            if isinstance(item, ast.Lambda | ast.GeneratorExp) and id(item) not in consumed:
                yield self._refuse(piece, item, "a function or generator in it is named after it")
            if isinstance(item, ast.Name) and item.id in inner and id(item) not in called | consumed:
                yield self._refuse(piece, item, "a function in it is named after it")

    def _class_problems(self, node: ast.ClassDef) -> Iterator[str]:
        own = {item.name for _, _, facts in self.scene.cells for item in facts.definitions if item.kind == "class"}
        if node.decorator_list or node.keywords:
            yield "it is decorated, or has a metaclass"
        for base in node.bases:
            if not (isinstance(base, ast.Name) and base.id in own | {"object"}):
                yield "a library's class, which it inherits from, may show its name"
        for item in ast.walk(node):
            name = getattr(item, "attr", getattr(item, "id", getattr(item, "name", "")))
            if isinstance(name, str) and name.startswith("__") and not name.endswith("__"):
                yield "it has private names (`__x`), which hold its name"

    def _uses(self, piece: Piece) -> Iterator[RefusedError]:
        """Yield uses of the definition as a value, which may show its name."""
        name = piece.name
        reads: list[tuple[int, Read | DeferredRead]] = [*self.scene.flow.reads(name), *self.scene.flow.deferred(name)]
        for index, read in reads:
            facts = self.scene.facts_at(index)
            if facts.tree is None or (isinstance(read, Read) and not self._sees(piece, index, read)):
                continue
            called = {id(call.node.func) for call in facts.calls}
            if id(read.place) in called.union(_consumed(facts.tree)):
                continue
            cell = self.scene.notebook.cells[index].id
            yield self.scene.refuse(
                f"cell {index + 1} uses `{name}` as a value, which may show that it has another name in the module",
                cell,
                read.span,
            )

    def _sees(self, piece: Piece, index: int, read: Read) -> bool:
        """Tell whether a read may see the definition: behind it, and before the next one of the name."""
        place, own = (index, read.span.start), (piece.moment.cell, piece.whole.end)
        later = (
            (at, span_of(binding.node).end)
            for at, binding in self.scene.flow.bindings(piece.name)
            if binding.unconditional and binding.node is not None and (at, binding.span.start) > own
        )
        return own < place < min(later, default=(index + 1, read.span.start))

    def _refuse(self, piece: Piece, node: ast.AST, why: str) -> RefusedError:
        return self.scene.refuse(
            f"`{piece.name}` cannot have another name in the module: {why}", piece.cell, span_of(node)
        )


def _looks(facts: CellFacts) -> Iterator[tuple[ast.AST | None, str]]:
    """Yield what a cell uses that may show names of functions."""
    for magic in facts.masked.magics:
        if magic.name in _PROFILERS:
            yield None, f"%{magic.name}"
    for item in facts.imports:
        if item.module.partition(".")[0] in _LOOKING:
            yield item.node, item.module
    if "funcName" in facts.source:
        yield None, "funcName"
    for node in ast.walk(facts.tree or ast.Module([], [])):
        if isinstance(node, ast.Attribute) and node.attr in _SHOWN:
            yield node, node.attr
        elif isinstance(node, ast.ExceptHandler) and node.name and not _is_anonymous(node.type):
            yield node, f"except ... as {node.name}"


def _is_anonymous(node: ast.expr | None) -> bool:
    names = node.elts if isinstance(node, ast.Tuple) else [node]
    return all(isinstance(name, ast.Name) and name.id in _ANONYMOUS for name in names)


def _asked_types(facts: CellFacts) -> Iterator[ast.Call]:
    """Yield ``type(x)`` where it is not only compared."""
    nodes = list(ast.walk(facts.tree or ast.Module([], [])))
    compared = {
        id(side)
        for compare in nodes
        if isinstance(compare, ast.Compare)
        for side in (compare.left, *compare.comparators)
    }
    for call in nodes:
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "type" and id(call) not in compared:
            yield call


def _consumed(tree: ast.AST) -> Iterator[int]:
    """Yield expressions that a call uses up: ``map(f, ...)``, ``sorted(..., key=f)``, ``sum(x for ...)``."""
    for call in ast.walk(tree):
        if isinstance(call, ast.ClassDef):
            yield from map(id, call.bases)
        if not isinstance(call, ast.Call):
            continue
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        if name in ("isinstance", "issubclass"):
            yield from (id(part) for argument in call.args[1:] for part in ast.walk(argument))
        if name in _BY_POSITION and isinstance(call.func, ast.Name) and call.args:
            yield id(call.args[0])
        if name in _BY_KEY:
            yield from (id(keyword.value) for keyword in call.keywords if keyword.arg == "key")
        if name in USING_UP:
            yield from (id(argument) for argument in call.args if isinstance(argument, ast.GeneratorExp))
