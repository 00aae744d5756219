"""Reads new code back as the old code said it, so that both can be compared statement by statement."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

_Nodes = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Reading:
    """What the new code is made of.

    Attributes:
        name: the class.
        members: the functions that became methods.
        attributes: what their objects hold.
        objects: the variables that hold objects, and what each was made of; calls pass that to the functions, where
            attributes were parameters.
        parameters: whether attributes were parameters; else they were variables of the notebook.
    """

    name: str
    members: Collection[str]
    attributes: Sequence[str]
    objects: Mapping[str, Sequence[str]]
    parameters: bool

    def same(self, before: ast.Module, after: ast.Module) -> bool:
        """Tell whether a cell does what it did, but for the new lines that make objects."""
        old, new = _Old(self).visit(before), _New(self).visit(after)
        return ast.dump(old) == ast.dump(new)


class _Both(ast.NodeTransformer):
    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    def call(self, function: str, args: list[ast.expr], keywords: list[ast.keyword]) -> ast.Call:
        """Return a call with its shared arguments in their places, however they were passed."""
        if self.reading.parameters:
            named = {keyword.arg: keyword.value for keyword in keywords}
            for name in self.reading.attributes[len(args) :]:
                if name not in named:
                    break
                args = [*args, named[name]]
                keywords = [keyword for keyword in keywords if keyword.arg != name]
        return ast.Call(ast.Name(function, ast.Load()), args, keywords)


class _Old(_Both):
    """The old code, without what the new one says elsewhere."""

    def visit_Module(self, node: ast.Module) -> ast.AST:
        for statement in node.body:
            if isinstance(statement, _Nodes) and statement.name in self.reading.members and self.reading.parameters:
                count = len(self.reading.attributes)
                spare = len(statement.args.args) - len(statement.args.defaults)
                statement.args.defaults = statement.args.defaults[max(0, count - spare) :]
                statement.args.args = statement.args.args[count:]
        return self.generic_visit(node)

    def visit_Global(self, node: ast.Global) -> ast.AST:
        if self.reading.parameters:
            return node
        rest = [name for name in node.names if name not in self.reading.attributes]
        return ast.Global(rest) if rest else ast.Pass()

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in self.reading.members:
            return self.call(node.func.id, node.args, node.keywords)
        return node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        return _without_pass(super().generic_visit(node))


class _New(_Both):
    """The new code as the old one said it: ``self.x`` is ``x``, ``Name(a).f(b)`` is ``f(a, b)``."""

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading)
        self.inside = False

    def visit_Module(self, node: ast.Module) -> ast.AST:
        body: list[ast.stmt] = []
        for statement in node.body:
            if self._makes_object(statement):
                continue
            self.inside = isinstance(statement, _Nodes) and statement.name in self.reading.members
            if self.inside and isinstance(statement, _Nodes):
                del statement.args.args[:1]
                statement.body = [inner for inner in statement.body if not self._copies(inner)]
            body.append(self.visit(statement))
        node.body = body
        return _without_pass(node)

    def _makes_object(self, node: ast.stmt) -> bool:
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        return isinstance(target, ast.Name) and target.id in self.reading.objects

    def _copies(self, node: ast.stmt) -> bool:
        """Tell whether a statement copies a parameter that the method changes: ``x = self.x``."""
        if not (isinstance(node, ast.Assign) and self.reading.parameters and isinstance(node.targets[0], ast.Name)):
            return False
        return ast.unparse(node.value) == f"self.{node.targets[0].id}"

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        function = node.func
        if not (
            self.reading.parameters and isinstance(function, ast.Attribute) and function.attr in self.reading.members
        ):
            if isinstance(function, ast.Name) and function.id in self.reading.members:
                return self.call(function.id, node.args, node.keywords)
            return node
        held = function.value
        if isinstance(held, ast.Call) and isinstance(held.func, ast.Name) and held.func.id == self.reading.name:
            return self.call(function.attr, [*held.args, *node.args], [*held.keywords, *node.keywords])
        if isinstance(held, ast.Name) and self._values(held.id) is not None:
            values: list[ast.expr] = [ast.Name(name, ast.Load()) for name in self._values(held.id) or ()]
            return self.call(function.attr, [*values, *node.args], node.keywords)
        return node

    def _values(self, name: str) -> Sequence[str] | None:
        return self.reading.attributes if name == "self" and self.inside else self.reading.objects.get(name)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.value, ast.Name):
            return node
        own = node.value.id == "self" and self.inside
        known = own or (not self.reading.parameters and node.value.id in self.reading.objects)
        names = {*self.reading.attributes, *(() if self.reading.parameters else self.reading.members)}
        return ast.Name(node.attr, node.ctx) if known and node.attr in names else node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        return _without_pass(super().generic_visit(node))


def _without_pass(node: ast.AST) -> ast.AST:
    """Take ``pass`` away, which stands where a ``global`` stood."""
    for block in ("body", "orelse", "finalbody"):
        statements = getattr(node, block, None)
        if isinstance(statements, list):
            setattr(node, block, [item for item in statements if not isinstance(item, ast.Pass)])
    return node
