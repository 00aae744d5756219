"""Runs a notebook's statements over abstract values, from top to bottom. No code of the notebook is executed.

Branches are all taken, one after another; loops over known sequences take every element (models in a list), loops over
others two rounds; functions of the notebook are entered at their calls. A budget bounds the work.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from offbook.analysis.facts import CellFacts
from offbook.analysis.learning.calls import CallEvaluator
from offbook.analysis.learning.events import History
from offbook.analysis.learning.rows import Part, Source
from offbook.analysis.learning.values import (
    UNKNOWN,
    Constant,
    Cut,
    Data,
    Folds,
    Function,
    Mapping,
    Reference,
    Sequence,
    Value,
    taints_of,
)
from offbook.notebook import CellId

_MAX_ROUNDS = 12


class Interpreter(CallEvaluator):
    """Executes statements; expressions and calls are the base classes'."""

    def run(self, cells: Iterable[tuple[CellId, CellFacts]]) -> History:
        """Run the cells in order and return what happened to models."""
        for cell, facts in cells:
            if facts.tree is not None:
                self.cell = cell
                self.block(facts.tree.body)
        return self.history

    def block(self, body: list[ast.stmt]) -> bool:
        """Execute statements; return whether a ``return`` ended them."""
        for statement in body:
            if not self.spend():
                return True
            if self._statement(statement):
                return True
        return False

    def _statement(self, node: ast.stmt) -> bool:
        if isinstance(node, ast.Assign):
            value = self.evaluate(node.value)
            for target in node.targets:
                self.assign(target, value)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            self.assign(node.target, self.evaluate(node.value))
        elif isinstance(node, ast.AugAssign):
            value = self.evaluate(ast.copy_location(ast.BinOp(_as_load(node.target), node.op, node.value), node))
            self.assign(node.target, value)
        elif isinstance(node, ast.Expr):
            self.evaluate(node.value)
        elif isinstance(node, ast.Return):
            if node.value is not None:
                value = self.evaluate(node.value)
                self.results[-1] = value if self.results and self.results[-1] is UNKNOWN else self.results[-1]
            return True
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            self.bind(node.name, Function(node, self.cell))
        elif isinstance(node, ast.Import | ast.ImportFrom):
            self._import(node)
        else:
            return self._compound(node)
        return False

    def _compound(self, node: ast.stmt) -> bool:
        if isinstance(node, ast.If):
            self.evaluate(node.test)
            left = self.block(node.body)
            right = self.block(node.orelse)
            return left and right and bool(node.orelse)
        if isinstance(node, ast.For | ast.AsyncFor):
            self._loop(node)
        elif isinstance(node, ast.While):
            for _ in range(2):
                self.round += 1
                self.block(node.body)
        elif isinstance(node, ast.With | ast.AsyncWith):
            for item in node.items:
                value = self.evaluate(item.context_expr)
                if item.optional_vars is not None:
                    self.assign(item.optional_vars, value)
            return self.block(node.body)
        elif isinstance(node, ast.Try):
            self.block(node.body)
            self.block(node.orelse)
            self.block(node.finalbody)
        return False

    def _loop(self, node: ast.For | ast.AsyncFor) -> None:
        for item in self.elements(self.evaluate(node.iter)):
            self.round += 1
            self.assign(node.target, item)
            self.block(node.body)

    def elements(self, value: Value) -> list[Value]:
        """Return what a loop over a value takes, one after another."""
        if isinstance(value, Sequence) and value.items:
            return value.items[:_MAX_ROUNDS]
        if isinstance(value, Mapping) and value.items:
            keys: list[Value] = [Constant(repr(key)) for key in value.items]
            return keys[:_MAX_ROUNDS]
        if isinstance(value, Folds):
            return [Sequence([Cut(value.cut, "train"), Cut(value.cut, "test")])]
        if isinstance(value, Data):
            return [value]
        return [Constant(f"round {self.round + 1}"), Constant(f"round {self.round + 2}")]

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            if isinstance(node, ast.ImportFrom):
                if alias.name != "*":
                    self.bind(alias.asname or alias.name, Reference(f"{node.module or ''}.{alias.name}"))
            elif alias.asname:
                self.bind(alias.asname, Reference(alias.name))
            else:
                root = alias.name.partition(".")[0]
                self.bind(root, Reference(root))

    # assignment

    def assign(self, target: ast.expr, value: Value) -> None:
        """Bind a target; putting tainted values into a column taints the frame."""
        if isinstance(target, ast.Name):
            self.bind(target.id, value)
        elif isinstance(target, ast.Tuple | ast.List):
            self._unpack(target.elts, value)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, value)
        elif isinstance(target, ast.Subscript):
            self._store_item(target, value)
        elif isinstance(target, ast.Attribute):
            self.bind(ast.unparse(target), value)
            self.taint_root(target.value, value)

    def _store_item(self, target: ast.Subscript, value: Value) -> None:
        owner = self.evaluate(target.value)
        if isinstance(owner, Mapping):
            owner.items[ast.unparse(target.slice).strip("'\"")] = value
        elif isinstance(owner, Sequence):
            owner.items.append(value)
        else:
            self.taint_root(target.value, value)

    def taint_root(self, node: ast.expr, value: Value) -> None:
        """Let the variable at the bottom of ``df.loc[...]["a"]`` depend on what the value depends on."""
        taints = taints_of(value)
        while isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
        if taints and isinstance(node, ast.Name):
            owner = self.lookup(node.id)
            if isinstance(owner, Data):
                self.bind(node.id, Data(owner.rows, owner.taints | taints, owner.predicted_by))

    def _unpack(self, targets: list[ast.expr], value: Value) -> None:
        items = self.unpacked(value, targets)
        for target, item in zip(targets, items, strict=True):
            self.assign(target, item)

    def unpacked(self, value: Value, targets: list[ast.expr]) -> list[Value]:
        """Return one value for each target; unknown ones get a split by their names (``X_train``, ``X_test``)."""
        if isinstance(value, Sequence) and len(value.items) == len(targets):
            return value.items
        if isinstance(value, Folds):
            known: list[Value] = [Cut(value.cut, "train"), Cut(value.cut, "test")]
            return (known + [UNKNOWN] * len(targets))[: len(targets)]
        sides = [_side(ast.unparse(target)) for target in targets]
        if {"train", "test"} <= set(sides) and not isinstance(value, Constant | Sequence):
            parent = value.rows if isinstance(value, Data) else Source(f"unpacked {id(targets[0])} {self.round}")
            taints = taints_of(value)
            cut = f"unpacked {id(targets[0])} {self.round}"
            found: list[Value] = [Data(Part(parent, cut, side), taints) if side else UNKNOWN for side in sides]
            return found
        if isinstance(value, Data):
            return [value for _ in targets]
        return [UNKNOWN] * len(targets)


def _side(name: str) -> str:
    """Return which side of a split a variable's name speaks of; empty for none."""
    words = name.lower()
    if "test" in words or "valid" in words or words.endswith(("_val", "_dev", "_te")) or words.startswith("val_"):
        return "test"
    return "train" if "train" in words or words.endswith("_tr") else ""


def _as_load(node: ast.expr) -> ast.expr:
    """Return the target of ``x += 1`` as the expression that it also is."""
    if isinstance(node, ast.Name):
        return ast.copy_location(ast.Name(node.id, ast.Load()), node)
    return node
