"""Evaluates expressions over abstract values."""

from __future__ import annotations

import ast
from abc import abstractmethod

from offbook.analysis.learning.events import History
from offbook.analysis.learning.masks import MaskReader
from offbook.analysis.learning.rows import Part, Source
from offbook.analysis.learning.values import (
    UNKNOWN,
    Constant,
    Cut,
    Data,
    Estimator,
    Function,
    Mapping,
    Method,
    Reference,
    Sequence,
    Spot,
    Statistic,
    Value,
    first_data,
    taints_of,
)
from offbook.notebook import CellId

_BUDGET = 40_000
_SHAPES = frozenset({"shape", "columns", "dtypes", "dtype", "size", "ndim", "name", "names", "feature_names"})


class ExpressionEvaluator(MaskReader):
    """Holds the variables and evaluates all expressions but calls.

    ``round`` counts the rounds of loops, so that a split made anew in each is a new split.
    """

    def __init__(self) -> None:
        self.cell = CellId("")
        self.frames: list[dict[str, Value]] = [{}]
        self.results: list[Value] = []
        self.history = History([], [], {})
        self.fitted_at: dict[int, Spot] = {}
        self.round = 0
        self._budget = _BUDGET

    def spend(self) -> bool:
        """Use up one step; tell whether there are any left."""
        self._budget -= 1
        return self._budget > 0

    def bind(self, name: str, value: Value) -> None:
        """Set a variable of the innermost function."""
        self.frames[-1][name] = value

    def lookup(self, name: str) -> Value:
        """Return a variable's value; a name that nothing binds may be a library's (star import)."""
        for frame in (self.frames[-1], self.frames[0]):
            if name in frame:
                return frame[name]
        return Reference(name)

    def spot(self, node: ast.expr) -> Spot:
        """Return the place of a node in the current cell."""
        return Spot(self.cell, node)

    def evaluate(self, node: ast.expr) -> Value:
        """Return what an expression's value is known to be."""
        if not self.spend():
            return UNKNOWN
        if isinstance(node, ast.Name):
            return self.lookup(node.id)
        if isinstance(node, ast.Call):
            return self.call(node)
        if isinstance(node, ast.Attribute):
            return self._attribute(node)
        if isinstance(node, ast.Subscript):
            return self._subscript(node)
        if isinstance(node, ast.Constant):
            return Constant(repr(node.value))
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            return Sequence([self.evaluate(element) for element in node.elts])
        return self._operation(node)

    @abstractmethod
    def call(self, node: ast.Call) -> Value:
        """Evaluate a call; the call evaluator does."""

    def data_at(self, node: ast.expr, value: Value) -> Data | None:
        """Return a value as data. What cannot be seen into, but is used as data, is a data set from now on."""
        found = first_data(value)
        if found is not None or not isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
            return found
        if value is not UNKNOWN and not (isinstance(value, Reference) and "." not in value.path):
            return None
        if isinstance(node, ast.Subscript):
            whole = self.data_at(node.value, self.evaluate(node.value))
            return None if whole is None else self.select(whole, node.slice)
        made = Data(Source(f"unseen {ast.unparse(node)}"))
        if isinstance(node, ast.Name):
            self.bind(node.id, made)
        return made

    def _operation(self, node: ast.expr) -> Value:
        if isinstance(node, ast.BinOp):
            return self._binary(node)
        if isinstance(node, ast.Compare):
            return self._compare(node)
        if isinstance(node, ast.UnaryOp):
            value = self.evaluate(node.operand)
            if isinstance(value, Cut) and isinstance(node.op, ast.Invert):
                return Cut(value.cut, value.inverse or f"not {value.side}", value.side)
            return Constant(ast.unparse(node)) if isinstance(value, Constant) else value
        if isinstance(node, ast.Dict):
            return self._dict(node)
        if isinstance(node, ast.IfExp):
            value = self.evaluate(node.body)
            return value if value is not UNKNOWN else self.evaluate(node.orelse)
        if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp):
            return self._comprehension(node)
        if isinstance(node, ast.Lambda):
            return Function(node, self.cell)
        if isinstance(node, ast.Starred | ast.Await):
            return self.evaluate(node.value)
        if isinstance(node, ast.NamedExpr):
            value = self.evaluate(node.value)
            self.bind(node.target.id, value)
            return value
        return UNKNOWN

    def _dict(self, node: ast.Dict) -> Mapping:
        items: dict[str, Value] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if key is not None:
                items[ast.unparse(key).strip("'\"")] = self.evaluate(value)
        return Mapping(items)

    def _attribute(self, node: ast.Attribute) -> Value:
        owner = self.evaluate(node.value)
        if isinstance(owner, Reference):
            return Reference(f"{owner.path}.{node.attr}")
        if isinstance(owner, Data):
            return Constant(ast.unparse(node)) if node.attr in _SHAPES else Data(owner.rows, owner.taints)
        if isinstance(owner, Statistic):
            return owner
        if isinstance(owner, Estimator):
            return owner if node.attr in ("best_estimator_", "best_model", "model", "estimator") else UNKNOWN
        if isinstance(owner, Mapping) and node.attr in owner.items:
            return owner.items[node.attr]
        stored = self.lookup(ast.unparse(node))
        return stored if not isinstance(stored, Reference) else Method(owner, node.attr)

    def _subscript(self, node: ast.Subscript) -> Value:
        owner = self.evaluate(node.value)
        if isinstance(owner, Data):
            return self.select(owner, node.slice)
        if isinstance(owner, Mapping):
            return owner.items.get(ast.unparse(node.slice).strip("'\""), UNKNOWN)
        if isinstance(owner, Sequence):
            if isinstance(node.slice, ast.Slice):
                return owner
            try:
                return owner.items[int(ast.unparse(node.slice))]
            except (ValueError, IndexError):
                return owner.items[0] if owner.items else UNKNOWN
        self.evaluate(node.slice) if not isinstance(node.slice, ast.Slice) else None
        return owner if isinstance(owner, Statistic) else UNKNOWN

    def select(self, data: Data, key: ast.expr) -> Data:
        """Return the rows that ``data[key]`` chooses; columns do not matter."""
        if isinstance(key, ast.Tuple) and key.elts:
            key = key.elts[0]
        if isinstance(key, ast.Slice):
            return self._sliced(data, key)
        chosen = self.evaluate(key)
        if isinstance(chosen, Cut):
            return Data(Part(data.rows, chosen.cut, chosen.side), data.taints, data.predicted_by)
        if isinstance(chosen, Data) and (steps := index_steps(chosen)):
            rows = data.rows
            for cut, side in steps:
                rows = Part(rows, cut, side)
            return Data(rows, data.taints, data.predicted_by)
        taints = taints_of(chosen) if isinstance(chosen, Statistic) else frozenset()
        return Data(data.rows, data.taints | taints, data.predicted_by)

    def _sliced(self, data: Data, key: ast.Slice) -> Data:
        rows = data.rows
        for bound, side in ((key.lower, "from"), (key.upper, "to")):
            if bound is not None and not (side == "from" and isinstance(bound, ast.Constant) and bound.value == 0):
                rows = Part(rows, f"slice {self.text_of(bound)}", side)
        return Data(rows, data.taints, data.predicted_by)

    def text_of(self, node: ast.expr) -> str:
        """Return a text that names an expression's value: two places with the same text mean the same number.

        A constant that is added or taken away does not count: ``X[:n]`` and ``X[n - 60:]`` are the two sides of ``n``.
        """
        if (
            isinstance(node, ast.BinOp)
            and isinstance(node.op, ast.Add | ast.Sub)
            and isinstance(node.right, ast.Constant)
        ):
            return self.text_of(node.left)
        value = self.evaluate(node)
        return value.text if isinstance(value, Constant) else ast.unparse(node)

    def _binary(self, node: ast.BinOp) -> Value:
        left, right = self.evaluate(node.left), self.evaluate(node.right)
        mask = self.combined(node.op, left, right)
        if mask is not None:
            return mask
        taints = taints_of(left) | taints_of(right)
        for value in (left, right):
            if isinstance(value, Data):
                models = (item.predicted_by for item in (left, right) if isinstance(item, Data))
                return Data(value.rows, taints, next(filter(None, models), None))
        if isinstance(left, Statistic) or isinstance(right, Statistic):
            return Statistic(taints)
        if isinstance(left, Sequence) and isinstance(right, Sequence):
            return Sequence([*left.items, *right.items])
        return Constant(ast.unparse(node))

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp) -> Value:
        generator = node.generators[0]
        over = self.evaluate(generator.iter)
        self.frames.append({**self.frames[-1]})
        found: list[Value] = []
        for item in self.elements(over):
            self.assign(generator.target, item)
            found.append(self.evaluate(node.elt))
        self.frames.pop()
        if isinstance(over, Data):
            taints = over.taints | frozenset(taint for value in found for taint in taints_of(value))
            return Data(over.rows, taints, over.predicted_by)
        return Sequence(found)

    @abstractmethod
    def elements(self, value: Value) -> list[Value]:
        """Return what a loop over a value takes; the statement interpreter knows."""

    @abstractmethod
    def assign(self, target: ast.expr, value: Value) -> None:
        """Bind a target; the statement interpreter does."""


def index_steps(data: Data) -> list[tuple[str, str]]:
    """Return the cuts of a value that holds row numbers (``permutation(n)[:800]``); none for other data."""
    steps: list[tuple[str, str]] = []
    rows = data.rows
    while isinstance(rows, Part):
        steps.append((rows.cut, rows.side))
        rows = rows.parent
    if isinstance(rows, Source) and rows.name.startswith("indices "):
        return [(f"{rows.name} {cut}", side) for cut, side in reversed(steps)]
    return []
