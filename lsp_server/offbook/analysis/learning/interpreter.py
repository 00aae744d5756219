"""Runs a notebook's statements over abstract values, from top to bottom. No code of the notebook is executed.

Branches are all taken, one after another; loops over known sequences take every element (models in a list), loops over
others two rounds; functions of the notebook are entered at their calls. A budget bounds the work.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from offbook.analysis.facts import CellFacts
from offbook.analysis.learning import library
from offbook.analysis.learning.calls import CallEvaluator
from offbook.analysis.learning.events import History
from offbook.analysis.learning.masks import is_random
from offbook.analysis.learning.names import sides_of
from offbook.analysis.learning.rows import Part, Source
from offbook.analysis.learning.values import (
    ROUND,
    UNKNOWN,
    Constant,
    Cut,
    Data,
    Estimator,
    Folds,
    Function,
    Instance,
    Mapping,
    Reference,
    Sequence,
    Statistic,
    UserClass,
    Value,
    collected,
    current,
    is_one,
    named,
    one_by_one,
    taints_of,
)
from offbook.analysis.nodes import text_of, walk
from offbook.notebook import CellId
from offbook.text.patterns import pattern

_MAX_ROUNDS = (12, 4, 2)
"""How many elements a loop takes: one within another takes fewer, one within these the fewest."""
_ASKING = library.SCORING | library.PREDICTING
_INDICES = pattern(r"ind|idx|ids", re.IGNORECASE)


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
                self._note_noise(target, node.value, value)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            self.assign(node.target, self.evaluate(node.value))
        elif isinstance(node, ast.AugAssign):
            value = self.evaluate(ast.copy_location(ast.BinOp(_as_load(node.target), node.op, node.value), node))
            self.assign(node.target, value)
        elif isinstance(node, ast.Expr):
            if not _draws(node.value):
                self.evaluate(node.value)
        elif isinstance(node, ast.Return):
            if node.value is not None and self.results:
                value = self.evaluate(node.value)
                self.results[-1] = value if self.results[-1] is UNKNOWN else self.results[-1]
            return True
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            self.bind(node.name, Function(node, self.cell, self.local_names()))
        elif isinstance(node, ast.ClassDef):
            self.bind(node.name, UserClass(node, self.cell, self.local_names()))
        elif isinstance(node, ast.Global):
            self.scopes[-1].shared.update(node.names)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            self._import(node)
        else:
            return self._compound(node)
        return False

    def _note_noise(self, target: ast.expr, node: ast.expr, value: Value) -> None:
        """Remember which variables hold random numbers, and no data."""
        if isinstance(target, ast.Name):
            noisy = value is UNKNOWN and is_random(node)
            self.noises = self.noises | {target.id} if noisy else self.noises - {target.id}

    def _compound(self, node: ast.stmt) -> bool:
        if isinstance(node, ast.If):
            if (decided := self._decided(node.test)) is not None:
                return self.block(node.body if decided else node.orelse)
            self._counted(node, self.evaluate(node.test))
            left = self._branch(node, node.body, "body")
            right = self._branch(node, node.orelse, "else")
            return left and right and bool(node.orelse)
        if isinstance(node, ast.For | ast.AsyncFor):
            self._loop(node)
        elif isinstance(node, ast.While):
            self.looped.append(self.started(node))
            for _ in self.elements(UNKNOWN):
                self.next_round()
                self.block(node.body)
            self.looped.pop()
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

    def _decided(self, test: ast.expr) -> bool | None:
        """Return what a condition is that a switch decides (``smote=False``, ``if smote:``); ``None`` for others."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            decided = self._decided(test.operand)
            return None if decided is None else not decided
        value = self.evaluate(test) if isinstance(test, ast.Name | ast.Constant) else UNKNOWN
        return {"True": True, "False": False}.get(value.text) if isinstance(value, Constant) else None

    def _counted(self, node: ast.If, asked: Value) -> None:
        """Note that right or wrong predictions are counted: ``if guess == truth: right += 1``."""
        counts = any(isinstance(inner, ast.AugAssign) for inner in (*node.body, *node.orelse))
        asked = collected(asked)
        if counts and isinstance(asked, Data) and asked.predicted_by is not None and asked.predicted_by.compared:
            self.judged(node.test, [asked])

    def _branch(self, node: ast.If, body: list[ast.stmt], side: str) -> bool:
        """Execute one side of an ``if``; what is fitted there knows that the other side was not taken."""
        self.branches.append((id(node), self.calls * 1000 + self.round, side))
        ended = self.block(body)
        self.branches.pop()
        return ended

    def _loop(self, node: ast.For | ast.AsyncFor) -> None:
        over = self.evaluate(node.iter)
        items = self.elements(over)
        cuts = [found for item in items if (found := _fold_cut(item))]
        self.folds += cuts
        self.looped.append(self.started(node, node.iter))
        for item in items:
            self.next_round()
            self.assign(node.target, item)
            self.block(node.body)
        self.looped.pop()
        del self.folds[len(self.folds) - len(cuts) :]
        self.block(node.orelse)

    def elements(self, value: Value) -> list[Value]:
        """Return what a loop over a value takes, one after another."""
        if isinstance(value, Sequence) and value.items:
            rounds = _MAX_ROUNDS[min(len(self.looped), len(_MAX_ROUNDS) - 1)]
            return [current(item) for item in value.items[:rounds]]
        if isinstance(value, Mapping) and value.items:
            keys: list[Value] = [Constant(repr(key)) for key in value.items]
            return keys[: _MAX_ROUNDS[0]]
        if isinstance(value, Estimator) and value.kind == "splitter":  # scikit-learn before 0.18
            return [self.pair(Folds(f"folds {id(value)} {self.round}"))]
        if isinstance(value, Folds):
            return [self.pair(value)]
        if isinstance(value, Data) and not (isinstance(value.rows, Source) and value.rows.name.startswith("indices")):
            return [one_by_one(value)]
        rounds = 1 if len(self.looped) > 1 else 2
        return [Constant(f"{ROUND}{self.round + number}") for number in range(1, rounds + 1)]

    def pair(self, folds: Folds) -> Value:
        """Return the two indices of a split."""
        return Sequence([Cut(folds.cut, "train"), Cut(folds.cut, "test")])

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
            owner = self.evaluate(target.value)
            if isinstance(owner, Instance):
                owner.attributes[target.attr] = named(value)
                return
            if isinstance(owner, Estimator):
                owner.changed = True
            self.bind(text_of(target), value)
            self.taint_root(target.value, value)

    def _store_item(self, target: ast.Subscript, value: Value) -> None:
        owner = self.evaluate(target.value)
        if isinstance(owner, Mapping) and not isinstance(target.slice, ast.Slice):
            key = self.evaluate(target.slice)
            text = key.text if isinstance(key, Constant) else text_of(target.slice)
            owner.items[text.strip("'\"")] = named(value)
        elif isinstance(owner, Sequence):
            owner.items.append(collected(value))
        else:
            self._fill(target, owner, value)
            if isinstance(owner, Data) and owner.frame is not None and isinstance(value, Data) and value.predicted_by:
                owner.frame.predicted[text_of(target.slice).strip("'\"")] = value.predicted_by
            if isinstance(owner, Data) and owner.frame is not None:
                owner.frame.written += 1
            self.taint_root(target.value, value)

    def _fill(self, target: ast.Subscript, owner: Value, value: Value) -> None:
        """Let an empty array that is filled row by row hold those rows."""
        if owner is UNKNOWN and isinstance(value, Data) and isinstance(target.value, ast.Name):
            self.bind(target.value.id, collected(value))

    def taint_root(self, node: ast.expr, value: Value) -> None:
        """Let the object at the bottom of ``df.loc[...]["a"]`` depend on what the value depends on."""
        taints = taints_of(value)
        while taints:
            if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
                owner = self.evaluate(node)
                if isinstance(owner, Data) and owner.frame is not None:
                    owner.frame.taints |= taints
                    return
            if not isinstance(node, ast.Attribute | ast.Subscript):
                return
            node = node.value

    def _unpack(self, targets: list[ast.expr], value: Value) -> None:
        items = self.unpacked(value, targets)
        for target, item in zip(targets, items, strict=True):
            self.assign(target, item)

    def unpacked(self, value: Value, targets: list[ast.expr]) -> list[Value]:
        """Return one value for each target; unknown ones get a split by their names (``X_train``, ``X_test``)."""
        if isinstance(value, Sequence) and len(value.items) == len(targets):
            return value.items
        if isinstance(value, Sequence) and any(isinstance(target, ast.Starred) for target in targets):
            return [UNKNOWN] * len(targets)
        sides = sides_of([text_of(target) for target in targets])
        if (
            "train" in sides
            and any(side.startswith("test") for side in sides)
            and not isinstance(value, Constant | Sequence)
        ):
            kind = "indices" if _INDICES.search(text_of(targets[0])) else "unpacked"
            parent = value.rows if isinstance(value, Data) else Source(f"{kind} {id(targets[0])} {self.round}")
            taints = taints_of(value)
            cut = f"unpacked {id(targets[0])} {self.round}"
            found: list[Value] = [Data(Part(parent, cut, side), taints) if side else UNKNOWN for side in sides]
            return found
        if isinstance(value, Data) and value.predicted_by is None and not is_one(value):  # parts, perhaps, of a module
            cuts = (f"piece {number} of {len(targets)}" for number in range(len(targets)))
            return [Data(Part(value.rows, cut, "some"), value.taints, value.predicted_by) for cut in cuts]
        if isinstance(value, Data | Statistic):
            return [value for _ in targets]
        return [UNKNOWN] * len(targets)


def _draws(node: ast.expr) -> bool:
    """Tell whether an expression is a call of a plotting library by its usual name, that asks no model."""
    root = node
    while isinstance(root, ast.Call | ast.Attribute | ast.Subscript):
        root = root.func if isinstance(root, ast.Call) else root.value
    if not isinstance(root, ast.Name) or root.id not in library.DRAWING:
        return False
    return not any(isinstance(part, ast.Attribute) and part.attr in _ASKING for part in walk(node))


def _fold_cut(item: Value) -> str:
    """Return the cut of the folds that a loop's item holds; empty for none."""
    if isinstance(item, Cut):
        return item.cut if item.cut.startswith("folds") else ""
    if isinstance(item, Sequence):
        return next((found for inner in item.items if (found := _fold_cut(inner))), "")
    return ""


def _as_load(node: ast.expr) -> ast.expr:
    """Return the target of ``x += 1`` as the expression that it also is."""
    if isinstance(node, ast.Name):
        return ast.copy_location(ast.Name(node.id, ast.Load()), node)
    return node
