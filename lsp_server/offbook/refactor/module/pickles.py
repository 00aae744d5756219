"""What the notebook pickles, and which of its classes and functions the pickles may name.

A pickle holds no code: it names the module of the class of each object, and of each function, that it holds.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from offbook.analysis import Definition, Import, root_name
from offbook.refactor.module.names import BUILTINS, Imported, ImportedName, Names
from offbook.refactor.module.scene import Scene

_LIBRARIES = ("pickle", "_pickle", "cPickle", "cloudpickle", "dill", "joblib", "torch")
_WRITERS = frozenset(
    [f"{library}.{name}" for library in _LIBRARIES for name in ("dump", "dumps", "Pickler", "save")]
    + ["pandas.to_pickle", "shelve.open", "sklearn.externals.joblib.dump"]
)
_SESSIONS = frozenset(("dill.dump_module", "dill.dump_session"))
_PLAIN = frozenset("abs bool bytes float format hash id int isinstance len repr round str type".split())
"""Builtins whose result holds nothing of what they are given."""

_SHALLOW = frozenset(("state_dict",))
"""Methods whose result holds numbers alone."""

_KEEPING = frozenset(
    "add append dict insert list make_pipeline make_union partial register set setdefault tuple".split()
)
"""Functions and methods that keep a function that they are given; classes do, and all others may only call it."""


class Pickling(NamedTuple):
    """A call that pickles: its cell's index, what is called, and what the pickle may name."""

    cell: int
    writer: str
    classes: frozenset[str]
    functions: frozenset[str]


def find_picklings(scene: Scene, names: Names) -> Iterator[Pickling]:
    """Yield the calls that pickle, with the notebook's classes and functions that their pickles may name."""
    holding = _Holding(scene, names)
    imported = {item.bound: ImportedName(item.module, item.name, item.bound) for item in _imports(scene)}
    for index, _, facts in scene.cells:
        for call in facts.calls:
            writer = _writer(imported, call.node)
            if not writer:
                continue
            if writer in _SESSIONS:
                yield Pickling(index, writer, frozenset(holding.classes), frozenset(holding.functions))
                continue
            roots: list[ast.AST] = list(_arguments(call.node, writer))
            if writer.endswith((".open", ".Pickler")):
                roots += holding.opened(call.node)
            classes, functions = holding.held_by(roots, call.owner)
            yield Pickling(index, writer, classes, functions)


def _imports(scene: Scene) -> Iterator[Import]:
    """Yield all imports, also those on some paths and in functions."""
    for _, _, facts in scene.cells:
        yield from facts.imports


def _writer(imported: Mapping[str, ImportedName], call: ast.Call) -> str:
    """Return the dotted name of a function that pickles; empty for any other."""
    function, parts = call.func, list[str]()
    while isinstance(function, ast.Attribute):
        parts.insert(0, function.attr)
        function = function.value
    item = imported.get(function.id) if isinstance(function, ast.Name) else None
    dotted = ".".join((item.dotted, *parts)) if item is not None else ""
    if dotted in _WRITERS or dotted in _SESSIONS:
        return dotted
    return "to_pickle" if parts[-1:] == ["to_pickle"] else ""


def _arguments(call: ast.Call, writer: str) -> Iterable[ast.expr]:
    """Return what is pickled; not the file that it goes to."""
    if writer == "to_pickle" and isinstance(call.func, ast.Attribute):
        return [call.func.value]
    if writer.endswith((".open", ".Pickler")):
        return []
    words = [word.value for word in call.keywords if word.arg in ("obj", "value", None)]
    return [*call.args[:1], *words]


class _Code(NamedTuple):
    """Code; the names in it that are a function's own, and which function's where these are followed too."""

    node: ast.AST
    own: frozenset[str] = frozenset()
    owner: str = ""


class _Holding:
    """Follows values back through names: what bound them, what changed them, and what the functions called use."""

    def __init__(self, scene: Scene, names: Names) -> None:
        self.scene = scene
        self.names = names
        self.definitions = {item.name: item for _, _, facts in scene.cells for item in facts.definitions}
        self.classes = {name for name, item in self.definitions.items() if item.kind == "class"}
        self.functions = self.definitions.keys() - self.classes

    @cached_property
    def _givers(self) -> dict[tuple[str, str], list[_Code]]:
        """For each name of the notebook, or of a function, the code whose values its object may hold."""
        found: dict[tuple[str, str], list[_Code]] = {}
        for _, _, facts in self.scene.cells:
            for statement in facts.tree.body if facts.tree is not None else ():
                own = _own_names(statement)
                owner = getattr(statement, "name", "") if own else ""
                for node in ast.walk(statement):
                    for name in _receivers(node):
                        found.setdefault((owner if name in own else "", name), []).append(_Code(node, own, owner))
        return found

    def held_by(self, roots: Iterable[ast.AST], owner: str) -> tuple[frozenset[str], frozenset[str]]:
        """Return the classes of which code may give objects, and the functions that it may give.

        Args:
            roots: the code.
            owner: the function or class that it stands in; empty at top level.
        """
        waiting = [self._code(root, owner) for root in roots]
        named, kept, seen = set[str](), set[str](), set[tuple[str, str]]()
        while waiting:
            code = waiting.pop()
            for name, is_kept in _used(code.node):
                scope = code.owner if name in code.own else ""
                if (name in code.own and not scope) or isinstance(self.names.meaning(name), Imported):
                    continue
                if not scope:
                    named.add(name)
                    kept.update((name,) if is_kept else ())
                if (scope, name) in seen:
                    continue
                seen.add((scope, name))
                waiting += self._givers.get((scope, name), ())
                if scope:
                    waiting += self._given(scope, name)
                elif name in self.definitions:
                    waiting += _inside(self.definitions[name])
        return frozenset(named & self.classes), frozenset(kept & self.functions)

    def _code(self, node: ast.AST, owner: str) -> _Code:
        item = self.definitions.get(owner)
        return _Code(node, _own_names(item.node), owner) if item is not None else _Code(node)

    def _given(self, owner: str, name: str) -> Iterator[_Code]:
        """Yield what a parameter may be: the object itself in a method, and the arguments of all calls."""
        node = self.definitions[owner].node
        if not any(isinstance(inner, ast.arg) and inner.arg == name for inner in ast.walk(node)):
            return
        if isinstance(node, ast.ClassDef):
            yield _Code(ast.Name(owner, ast.Load()))
        for _, _, facts in self.scene.cells:
            for call in facts.calls:
                if isinstance(call.node.func, ast.Name) and call.node.func.id == owner:
                    yield from (self._code(value, call.owner) for value in _values(call.node))

    def opened(self, call: ast.Call) -> Iterator[ast.AST]:
        """Yield the names for what a call opens, which holds what is stored in it: ``db['a'] = x``."""
        for _, _, facts in self.scene.cells:
            for node in ast.walk(facts.tree or ast.Module([], [])):
                if isinstance(node, ast.Assign | ast.withitem | ast.NamedExpr | ast.Call) and call in ast.walk(node):
                    yield from (ast.Name(name, ast.Load()) for name in _receivers(node))
                    yield from node.args if isinstance(node, ast.Call) and node is not call else ()


def _values(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(word.value for word in call.keywords)]


def _own_names(statement: ast.AST) -> frozenset[str]:
    """Return the names that are a function's or class's own; none for any other statement."""
    if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return frozenset()
    found, shared = set[str](), set[str]()
    for node in ast.walk(statement):
        if isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Global):
            shared.update(node.names)
    return frozenset(found - shared)


def _receivers(node: ast.AST) -> Iterator[str]:
    """Yield the names whose objects may hold, once a node has run, what its other names hold."""
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
        if isinstance(node.value, ast.Name | ast.Attribute | ast.Subscript):
            targets = [*targets, node.value]  # one object by two names
    elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr | ast.For | ast.comprehension):
        targets = [node.target]
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        targets = [node.optional_vars]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        targets = [node.func.value] if _values(node) else []
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name):
        targets = node.value.args if node.value.func.id not in BUILTINS else []
    for target in targets:
        for part in target.elts if isinstance(target, ast.Tuple | ast.List) else [target]:
            name = root_name(part.value if isinstance(part, ast.Starred) else part)
            if name is not None:
                yield name


def _inside(item: Definition) -> list[_Code]:
    """Return what runs when a function is called, or an object of a class is made and used."""
    node, own = item.node, _own_names(item.node)
    outside = node.bases if isinstance(node, ast.ClassDef) else [*node.args.defaults, *node.args.kw_defaults]
    return [*(_Code(part, own) for part in node.body), *(_Code(part) for part in outside if part is not None)]


def _used(node: ast.AST) -> Iterator[tuple[str, bool]]:
    """Yield the names whose objects code may give on, and whether it gives a function of that name itself."""
    waiting = [(node.iter if isinstance(node, ast.For | ast.comprehension) else node, True)]
    while waiting:
        inner, kept = waiting.pop()
        if isinstance(inner, ast.Name):
            yield inner.id, kept
        elif isinstance(inner, ast.Call):
            function = inner.func
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            if name in _SHALLOW or (name in _PLAIN and isinstance(function, ast.Name)):
                continue
            waiting.append((function, False))
            keeps = kept and (name[:1].isupper() or name in _KEEPING)
            waiting += ((value, keeps) for value in _values(inner))
        else:
            waiting += (
                (child, kept)
                for name, value in ast.iter_fields(inner)
                if name not in ("annotation", "returns")
                for child in (value if isinstance(value, list) else [value])
                if isinstance(child, ast.AST)
            )
