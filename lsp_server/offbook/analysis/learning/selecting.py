"""Reads which rows an index, a slice or a mask chooses."""

from __future__ import annotations

import ast
from abc import abstractmethod

from offbook.analysis.learning import library
from offbook.analysis.learning.loops import counts_by_one, names_bound_in
from offbook.analysis.learning.masks import MaskReader
from offbook.analysis.learning.names import is_index, is_side, side_of
from offbook.analysis.learning.overlaps import contained
from offbook.analysis.learning.rows import Joined, Part, Rows, Source, nested, onto
from offbook.analysis.learning.values import ROUND, Constant, Cut, Data, Loop, Statistic, Unknown, Value, taints_of
from offbook.analysis.nodes import text_of, walk


class RowSelector(MaskReader):
    """The part of the evaluator that knows subscripts of data.

    ``round`` counts the rounds of loops, ``looped`` are the loops that are running, ``branches`` the sides of ``if``
    statements that are executed.
    """

    round: int
    looped: list[Loop]
    branches: list[tuple[int, int, str]]

    def started(self, loop: ast.AST, over: ast.expr | None = None) -> Loop:
        """Return a loop that starts here."""
        dense = over is not None and counts_by_one(over)
        return Loop(names_bound_in(loop), over, dense, len(self.branches), self.round, self.round)

    def next_round(self) -> None:
        """Count a round of the innermost loop."""
        self.round += 1
        self.looped[-1].round = self.round

    @abstractmethod
    def lookup(self, name: str) -> Value:
        """Return a variable's value; the expression evaluator does."""

    def select(self, data: Data, key: ast.expr, *, by_label: bool = False) -> Data:
        """Return the rows that ``data[key]`` chooses; columns matter where statistics have chosen them."""
        if isinstance(key, ast.Tuple) and key.elts:
            if any(_is_backwards(part) for part in key.elts[1:]):  # pictures, mirrored
                data = Data(Part(data.rows, f"mirrored {id(key)}", "in"), data.taints, data.predicted_by)
            columns = (
                self.evaluate(key.elts[1]) if len(key.elts) > 1 and not isinstance(key.elts[1], ast.Slice) else None
            )
            if isinstance(columns, Statistic):
                data = Data(data.rows, data.taints | columns.taints, data.predicted_by)
            key = key.elts[0]
        if isinstance(key, ast.Slice):
            return self._sliced(data, key)
        if (side := self._side_by_key(data.rows, key)) is not None:
            return Data(Part(data.rows, "keys", side), data.taints)
        if data.frame is not None and (predicted := data.frame.predicted.get(text_of(key).strip("'\""))):
            return Data(data.rows, data.taints, predicted)
        chosen = self.evaluate(key)
        if by_label and isinstance(chosen, Constant) and (side := side_of(chosen.text.strip("'\""))):
            return Data(Part(data.rows, "label", side), data.taints, data.predicted_by)
        if isinstance(chosen, Cut):
            return Data(self.chosen_by(chosen, data.rows), data.taints, data.predicted_by)
        numbered = onto(chosen.rows, data.rows) if isinstance(chosen, Data) else None
        if numbered is not None and numbered != data.rows:
            return Data(numbered, data.taints, data.predicted_by)
        if by_label and isinstance(chosen, Data) and contained(chosen.rows, data.rows):
            return Data(chosen.rows, data.taints, data.predicted_by)
        taints = taints_of(chosen) if isinstance(chosen, Statistic) else frozenset()
        rows = self._numbered(data.rows, key) if by_label or isinstance(chosen, Unknown) else data.rows
        return Data(rows, data.taints | taints, data.predicted_by)

    def _side_by_key(self, rows: Rows, key: ast.expr) -> str | None:
        """Return which part of a bundle, or of a hub's data set, a key takes; ``None`` for columns."""
        while isinstance(rows, Part) and rows.side == "some":
            rows = rows.parent
        if not isinstance(rows, Source):
            return None
        if rows.name.startswith(library.BUNDLES) and isinstance(key, ast.Constant):
            return side_of(str(key.value)) or "rest"
        if rows.name.partition(" ")[0] not in library.HUBS:
            return None
        value = self.evaluate(key)
        text = value.text.strip("'\"") if isinstance(value, Constant) else ""
        return side_of(text) if is_side(text) else None

    def _numbered(self, rows: Rows, key: ast.expr) -> Rows:
        """Return the rows that an index chooses of which no more is known than its name (``X.loc[test_index]``)."""
        if not isinstance(key, ast.Name) or not (is_index(key.id) or is_side(key.id)):
            return rows
        side = side_of(key.id)
        return Part(rows, "index", side) if side else Part(rows, f"index {key.id} {self.round}", "in")

    def _sliced(self, data: Data, key: ast.Slice) -> Data:
        rows = data.rows
        if (part := _part_of_files(rows, key)) is not None:
            own = frozenset(taint for taint in data.taints if nested(part, taint.rows))
            return Data(part, own, data.predicted_by)
        if self._slides(key):
            rows = self.windowed(self._ranged(rows), key)
        for bound, side in ((key.lower, "from"), (key.upper, "to")):
            if bound is not None and not (side == "from" and isinstance(bound, ast.Constant) and bound.value == 0):
                rows = Part(rows, f"slice {self._bound(bound)}", side)
        return Data(rows, data.taints, data.predicted_by)

    def _ranged(self, rows: Rows) -> Rows:
        """Return the rows over which a loop moves a window; of ``range(60, len(train))``, those of another's length."""
        over = self.looped[-1].over
        for part in walk(over) if over is not None else ():
            if isinstance(part, ast.Call) and text_of(part.func) == "len" and part.args:
                counted = self.evaluate(part.args[0])
                if isinstance(counted, Data) and counted.rows != rows:
                    return Part(rows, f"within {text_of(part)}", "some")
        return rows

    def _slides(self, key: ast.Slice) -> bool:
        """Tell whether a slice is a window that a loop moves by one row each time (``rows[i : i + 30]``)."""
        if key.lower is None or key.upper is None or not self.looped:
            return False
        if self._is_stepped(key.lower):
            return False
        return self.looped[-1].dense and all(f"{ROUND}" in self._bound(bound) for bound in (key.lower, key.upper))

    def _is_stepped(self, lower: ast.expr) -> bool:
        """Tell whether parts come one after another: ``X[i * n : (i + 1) * n]``, or ``start = i * n`` before."""
        value = self.lookup(lower.id) if isinstance(lower, ast.Name) else None
        if value is not None and not (isinstance(value, Constant) and value.text.startswith(ROUND)):
            return not isinstance(value, Constant) or "*" in value.text
        return any(isinstance(part, ast.Mult) for part in walk(lower))

    @abstractmethod
    def windowed(self, rows: Rows, key: ast.Slice) -> Rows:
        """Return rows of which windows are taken that overlap; the expression evaluator does."""

    def _bound(self, node: ast.expr) -> str:
        """Return the text of a slice's bound; where a loop's number is in it, with the round."""
        text = self.text_of(node)
        return text if text.startswith(ROUND) else self._with_rounds(text, node)

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
        if not isinstance(value, Constant) and isinstance(node, ast.Call) and text_of(node.func) in ("int", "round"):
            return self.text_of(node.args[0]) if node.args else text_of(node)
        return value.text if isinstance(value, Constant) else text_of(node)

    def bound_text(self, node: ast.expr) -> str:
        """Return the text of a mask's bound: in each round of a loop that changes it, another."""
        value = self.lookup(node.id) if isinstance(node, ast.Name) else None
        known = isinstance(value, Constant) and not value.text.startswith(ROUND)
        return self._with_rounds(value.text if isinstance(value, Constant) and known else text_of(node), node)

    def _with_rounds(self, text: str, node: ast.expr) -> str:
        if not self.looped:
            return text
        names = [part.id for part in walk(node) if isinstance(part, ast.Name)]
        return " ".join([text, *(mark for name in names if (mark := self._round_of(name)))])

    def _round_of(self, name: str) -> str:
        """Return the round of the loop that binds a name; empty where its value is known, or no loop does."""
        value = self.lookup(name)
        if isinstance(value, Constant) and (value.text.startswith(ROUND) or _is_literal(value.text)):
            return value.text if value.text.startswith(ROUND) else ""
        loop = next((loop for loop in reversed(self.looped) if name in loop.names), None)
        return f"{ROUND}{loop.round}" if loop is not None else ""


def _part_of_files(rows: Rows, key: ast.Slice) -> Rows | None:
    """Return the file that ``both[:n]`` or ``both[n:]`` is, of two that were put below each other."""
    lower = None if isinstance(key.lower, ast.Constant) and key.lower.value == 0 else key.lower
    bound = key.upper if lower is None else lower
    if not isinstance(rows, Joined) or len(rows.parts) != 2 or bound is None or (lower and key.upper):
        return None
    fraction = any(isinstance(part, ast.Mult | ast.Div) for part in walk(bound))
    if fraction or not all(isinstance(part, Source) for part in rows.parts):
        return None
    return rows.parts[0 if lower is None else 1]


def _is_literal(text: str) -> bool:
    return text[:1] in "'\"" or text.lstrip("-").replace(".", "", 1).isdigit()


def _is_backwards(key: ast.expr) -> bool:
    return isinstance(key, ast.Slice) and key.step is not None and text_of(key.step) == "-1"
