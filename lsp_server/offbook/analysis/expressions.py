"""Walks expressions and targets, and knows for every name whose it is."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar, Literal

from offbook.analysis.facts import (
    Binding,
    BindingKind,
    Call,
    DeferredRead,
    Exposure,
    Mutation,
    Place,
    Read,
    span_of,
)
from offbook.analysis.nodes import walk
from offbook.analysis.scope import Bound, Frame, Loop

_MUTATING_METHODS = frozenset(
    "append extend insert remove pop popitem clear sort reverse add discard update setdefault fill put itemset "
    "difference_update intersection_update symmetric_difference_update appendleft extendleft rotate".split()
)
_DYNAMIC_CALLS = frozenset({"exec", "globals", "locals", "vars"})
_NAMESPACES = frozenset({"globals", "locals", "vars", "dir"})


class ExpressionWalker(ABC):
    """Notes reads, bindings, mutations and calls.

    ``frame`` is the scope in which the walk stands, ``bound`` what the cell has bound at top level, ``attempted`` what
    each ``try`` and loop that is open has bound so far, on any path.
    """

    def __init__(self) -> None:
        self.frame = Frame("module", None, "")
        self.bound = Bound()
        self.attempted: list[set[str]] = []
        self.loops: list[Loop] = []
        self.guard = 0
        self.guarded_names: list[set[str]] = []
        self.bindings: list[Binding] = []
        self.reads: list[Read] = []
        self.deferred: list[DeferredRead] = []
        self.mutations: list[Mutation] = []
        self.calls: list[Call] = []
        self.dynamic = False
        self.deleted: set[str] = set()
        self.block_depth = 0
        self.branch_depth = 0

    # the two things that happen to names

    def load(self, name: str, node: ast.Name) -> None:
        """Note that the value of a name is looked up here."""
        frame = self.frame
        guarded = self.guard > 0 or any(name in names for names in self.guarded_names)
        while True:
            if frame.hidden and frame.hides(name):
                return
            if frame.kind == "module":
                exposure = self.exposure(name)
                for loop in self.loops if exposure == "exposed" else ():
                    if loop.left or self.branch_depth > loop.depth:
                        loop.later_rounds.append(len(self.reads))
                self.reads.append(Read(name, node, exposure, guarded))
                return
            if frame.kind == "function":
                frame.reads.append((node, guarded))
                return
            if name in frame.bound:
                return
            assert frame.parent is not None, "a class frame always has a parent"
            frame = frame.parent

    def exposure(self, name: str) -> Exposure:
        """Return whether a read of the name here can see what earlier cells left."""
        if name in self.bound.definite or name in self.deleted:
            return "local"
        return "maybe" if name in self.bound.possible else "exposed"

    def bind(self, name: str, place: Place, kind: BindingKind, node: ast.AST) -> None:
        """Note that a name is bound here."""
        frame = self.frame
        if frame.kind != "module" and name not in frame.outer:
            frame.bound.add(name)
            return
        span = span_of(place)
        self.bound.possible.add(name)  # of a function: as soon as it is called
        for names in self.attempted:
            names.add(name)
        if frame.kind == "function":
            self.bindings.append(Binding(name, span, "global", False, node))
            return
        self.bindings.append(Binding(name, span, kind, False, node, self.branch_depth == 0))
        self.bound.definite.add(name)
        self.deleted.discard(name)

    def mutate(
        self,
        name: str,
        place: Place,
        how: Literal["subscript", "attribute", "augment", "method", "inplace"],
        detail: str,
    ) -> None:
        """Note that the object of a name is changed in place."""
        frame = self.frame
        while not frame.hides(name):
            mutation = Mutation(name, span_of(place), how, detail, frame.owner)
            if frame.kind == "module":
                self.mutations.append(mutation)
                return
            if frame.kind == "function":
                frame.mutations.append(mutation)
                return
            if name in frame.bound or frame.parent is None:
                return
            frame = frame.parent

    # functions

    def all_arguments(self, arguments: ast.arguments) -> Iterator[ast.arg]:
        """Yield every parameter."""
        yield from arguments.posonlyargs
        yield from arguments.args
        if arguments.vararg:
            yield arguments.vararg
        yield from arguments.kwonlyargs
        if arguments.kwarg:
            yield arguments.kwarg

    def defaults(self, arguments: ast.arguments) -> None:
        """Visit default values, which are evaluated at the definition."""
        for default in (*arguments.defaults, *arguments.kw_defaults):
            if default is not None:
                self.expression(default)

    def function_body(self, arguments: ast.arguments, body: Iterable[ast.stmt], owner: str) -> None:
        """Visit what runs when the function is called."""
        self._enter(arguments, owner)
        saved = self.block_depth, self.branch_depth, self.guard
        self.block_depth, self.branch_depth, self.guard = 1, 1, 0
        self.statements(body)
        self.block_depth, self.branch_depth, self.guard = saved
        self._leave()

    def lambda_body(self, arguments: ast.arguments, body: ast.expr) -> None:
        """Visit a lambda's expression."""
        self._enter(arguments, self.frame.owner or "<lambda>")
        self.expression(body)
        self._leave()

    def _enter(self, arguments: ast.arguments, owner: str) -> None:
        names = {argument.arg for argument in self.all_arguments(arguments)}
        self.frame = Frame("function", self.frame, owner, bound=names)

    def _leave(self) -> None:
        """Close a function: names that are not its own go to the scope in which they are looked up."""
        frame = self.frame
        target = frame.enclosing()
        assert frame.parent is not None, "a function frame always has a parent"
        self.frame = frame.parent
        for node, guarded in frame.reads:
            self._resolve(frame, target, node, guarded)
        for mutation in frame.mutations:
            if mutation.name in frame.outer:
                self.mutations.append(mutation)
            elif mutation.name not in frame.bound and not target.hides(mutation.name):
                (self.mutations if target.kind == "module" else target.mutations).append(mutation)

    def _resolve(self, frame: Frame, target: Frame, node: ast.Name, guarded: bool) -> None:
        name = node.id
        if name in frame.bound and name not in frame.outer and name not in frame.nonlocal_names:
            return
        if name not in frame.outer:
            if frame.parent is not target and frame.parent is not None and frame.parent.hides(name):
                return
            if target.hides(name):
                return
            if target.kind == "function":
                target.reads.append((node, guarded))
                return
        self.deferred.append(DeferredRead(name, node, frame.owner if frame.owner != "<lambda>" else "", guarded))

    # expressions

    def expression(self, node: ast.expr) -> None:
        """Visit an expression."""
        kind = type(node)
        if kind is ast.Constant:
            return
        handler = self._expressions.get(kind)
        if handler is None:
            self.generic(node)
        else:
            handler(self, node)

    def generic(self, node: ast.AST) -> None:
        """Visit everything below a node that has no meaning of its own for names."""
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, ast.expr):
                self.expression(value)
            elif isinstance(value, list):
                for item in value:
                    if isinstance(item, ast.expr):
                        self.expression(item)
                    elif isinstance(item, ast.AST):
                        self.generic(item)
            elif isinstance(value, ast.AST) and value._fields:
                self.generic(value)

    def _name(self, node: ast.Name) -> None:
        self.load(node.id, node)

    def _attribute(self, node: ast.Attribute) -> None:
        self.expression(node.value)

    def _call(self, node: ast.Call) -> None:
        function = node.func
        self.expression(function)
        for argument in node.args:
            self.expression(argument)
        for keyword in node.keywords:
            self.expression(keyword.value)
        self.calls.append(Call(node, self.frame.owner))
        if isinstance(function, ast.Attribute):
            self._method(node, function)
        elif (
            isinstance(function, ast.Name)
            and function.id in _DYNAMIC_CALLS
            and (function.id in ("exec", "globals") or not node.args)
        ):
            self.dynamic = True

    def _method(self, node: ast.Call, function: ast.Attribute) -> None:
        inplace = any(
            keyword.arg == "inplace" and isinstance(keyword.value, ast.Constant) and keyword.value.value is True
            for keyword in node.keywords
        )
        if inplace or function.attr in _MUTATING_METHODS:
            name = root_name(function.value)
            if name is not None:
                self.mutate(name, node, "inplace" if inplace else "method", function.attr)

    def _lambda(self, node: ast.Lambda) -> None:
        self.defaults(node.args)
        self.lambda_body(node.args, node.body)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        hidden: set[str] = set()
        for number, generator in enumerate(node.generators):
            self.expression(generator.iter)
            if number == 0:
                self.frame.hidden.append(hidden)
            hidden.update(_stored_names(generator.target))
            self.generic(generator.target)
            for test in generator.ifs:
                self.expression(test)
        if isinstance(node, ast.DictComp):
            self.expression(node.key)
            self.expression(node.value)
        else:
            self.expression(node.elt)
        self.frame.hidden.pop()

    def _conditional(self, node: ast.IfExp) -> None:
        self.expression(node.test)
        self._one_branch(node.body, node.orelse)

    def _either(self, node: ast.BoolOp) -> None:
        self.expression(node.values[0])
        self._one_branch(*node.values[1:])

    def _one_branch(self, *nodes: ast.expr) -> None:
        """Visit what may be left out."""
        self.branch_depth += 1
        for node in nodes:
            self.expression(node)
        self.branch_depth -= 1

    def _walrus(self, node: ast.NamedExpr) -> None:
        self.expression(node.value)
        name = node.target.id
        certain = name in self.bound.definite or not self.frame.hidden  # a comprehension may have no rounds
        self.branch_depth += not certain
        self.bind(name, node.target, "walrus", node)
        self.branch_depth -= not certain
        if not certain:
            self.bound.definite.discard(name)

    def target(self, node: ast.expr, kind: BindingKind, statement: ast.AST) -> None:
        """Visit what is assigned to (or deleted, when it is no plain name)."""
        if isinstance(node, ast.Name):
            self.bind(node.id, node, kind, statement)
        elif isinstance(node, ast.Tuple | ast.List):
            for element in node.elts:
                self.target(element, kind, statement)
        elif isinstance(node, ast.Starred):
            self.target(node.value, kind, statement)
        elif isinstance(node, ast.Subscript | ast.Attribute):
            self.generic(node)
            name = root_name(node)
            if name is not None:
                attribute = isinstance(node, ast.Attribute)
                detail = node.attr if isinstance(node, ast.Attribute) else ""
                self.mutate(name, node, "attribute" if attribute else "subscript", detail)
        else:
            self.generic(node)

    def expression_guards(self, test: ast.expr) -> set[str]:
        """Return the names whose existence a condition asks for: ``'x' in globals()``, ``'x' not in dir()``."""
        names: set[str] = set()
        for node in walk(test):
            if (
                isinstance(node, ast.Compare)
                and isinstance(node.left, ast.Constant)
                and isinstance(node.left.value, str)
                and isinstance(node.comparators[0], ast.Call)
                and isinstance(node.comparators[0].func, ast.Name)
                and node.comparators[0].func.id in _NAMESPACES
            ):
                names.add(node.left.value)
        return names

    @abstractmethod
    def statements(self, body: Iterable[ast.stmt]) -> bool:
        """Visit a block of statements; the statement walker does."""

    _expressions: ClassVar[dict[type[ast.expr], Callable[[ExpressionWalker, Any], None]]] = {
        ast.Name: _name,
        ast.Attribute: _attribute,
        ast.Call: _call,
        ast.Lambda: _lambda,
        ast.ListComp: _comprehension,
        ast.SetComp: _comprehension,
        ast.GeneratorExp: _comprehension,
        ast.DictComp: _comprehension,
        ast.NamedExpr: _walrus,
        ast.IfExp: _conditional,
        ast.BoolOp: _either,
    }


def root_name(node: ast.expr) -> str | None:
    """Return the name at the bottom of ``x.a[0].b``; ``None`` where it is no name."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _stored_names(target: ast.expr) -> Iterator[str]:
    """Yield the names that a target binds."""
    for node in walk(target):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
