"""Reads conditions on rows: which side of which cut a mask takes."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod

from offbook.analysis.learning.bounds import BOTH
from offbook.analysis.learning.rows import Part, Rows
from offbook.analysis.learning.values import Constant, Cut, Data, Statistic, Unknown, Value, compared
from offbook.analysis.nodes import text_of, walk

_ORDER: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("below", "from"),
    ast.GtE: ("from", "below"),
    ast.Gt: ("above", "up to"),
    ast.LtE: ("up to", "above"),
}
_NULLS = {
    "isnull": ("null", "not null"),
    "isna": ("null", "not null"),
    "notnull": ("not null", "null"),
    "notna": ("not null", "null"),
}
_RANDOM = frozenset({"rand", "random", "uniform", "random_sample", "normal", "randn", "standard_normal"})


class MaskReader(ABC):
    """The part of the evaluator that knows conditions. ``noises`` are the variables that hold random numbers."""

    noises: set[str]

    @abstractmethod
    def evaluate(self, node: ast.expr) -> Value:
        """Evaluate an expression; the expression evaluator does."""

    @abstractmethod
    def bound_text(self, node: ast.expr) -> str:
        """Return the text of a bound; the expression evaluator does."""

    def _compare(self, node: ast.Compare) -> Value:
        left = self.evaluate(node.left)
        right = self.evaluate(node.comparators[0])
        for value, other in ((left, right), (right, left)):
            if isinstance(value, Data) and value.predicted_by is not None:
                return Data(value.rows, value.taints, compared(value.predicted_by, other))
        unseen = isinstance(left, Unknown) and isinstance(node.left, ast.Name)
        rows = isinstance(left, Data) or (isinstance(left, Statistic) and left.grouped)
        if not rows and not unseen and not is_random(node.left):
            return Constant(text_of(node))
        return self._cut_by(node)

    def is_noise(self, node: ast.expr) -> bool:
        """Tell whether an expression is of random numbers, drawn here or before (``0.005 * noise``)."""
        return is_random(node) or any(isinstance(part, ast.Name) and part.id in self.noises for part in walk(node))

    def queried_mask(self, text: str) -> Cut:
        """Return the mask that ``frame.query("year < 2015 and price > @least")`` applies."""
        try:
            return self._queried(ast.parse(text.replace("@", ""), mode="eval").body)
        except SyntaxError:
            return Cut(f"mask {text}", "in", "out")

    def _queried(self, node: ast.expr) -> Cut:
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(mask := self._cut_by(node), Cut):
            return mask
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
            return self._both(node, tuple(map(self._queried, node.values)))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd):
            return self._both(node, (self._queried(node.left), self._queried(node.right)))
        return self.unread_mask(node)

    def _cut_by(self, node: ast.Compare) -> Value:
        subject, bound = text_of(node.left), self.bound_text(node.comparators[0])
        operator = type(node.ops[0])
        if operator in _ORDER:
            side, inverse = _ORDER[operator]
            edge = "edge below" if operator in (ast.Lt, ast.GtE) else "edge above"
            name = f"{subject} {edge} {bound}" + (f" {id(node)}" if is_random(node.left) else "")
            return Cut(name, side, inverse)
        if operator is ast.Eq:
            return Cut(f"{subject} equals", bound, f"not {bound}")
        if operator is ast.NotEq:
            return Cut(f"{subject} equals", f"not {bound}", bound)
        return Constant(text_of(node))

    def null_mask(self, owner: ast.expr, method: str) -> Cut:
        """Return the mask that ``x.isnull()`` is."""
        side, inverse = _NULLS[method]
        return Cut(f"{text_of(owner)} is null", side, inverse)

    def membership_mask(self, other: Value, text: str) -> Cut:
        """Return the mask that ``x.isin(other)`` is: the cut that made ``other``, where it was cut from somewhere."""
        if isinstance(other, Data) and isinstance(other.rows, Part):
            return Cut(other.rows.cut, other.rows.side, f"not {other.rows.side}")
        return Cut(f"in {text}", "in", "out")

    def combined(self, node: ast.expr, operator: ast.operator, left: Value, right: Value) -> Cut | None:
        """Return what ``&`` and ``|`` make of masks; ``None`` for anything else."""
        known = tuple(mask for mask in (left, right) if isinstance(mask, Cut))
        if not known or not isinstance(operator, ast.BitAnd | ast.BitOr):
            return None
        return self._both(node, known) if isinstance(operator, ast.BitAnd) else self.unread_mask(node)

    def _both(self, node: ast.expr, masks: tuple[Cut, ...]) -> Cut:
        """Return the mask that takes what all masks take; of one alone, it takes some."""
        return Cut(f"{BOTH if len(masks) > 1 else 'mask '}{self.bound_text(node)}", "in", "out", masks)

    def unread_mask(self, node: ast.expr) -> Cut:
        """Return a mask of which nothing is known but its text."""
        return Cut(f"mask {self.bound_text(node)}", "in", "out")

    def chosen_by(self, mask: Cut, rows: Rows) -> Rows:
        """Return the rows that a mask chooses."""
        for outer in mask.within:
            rows = self.chosen_by(outer, rows)
        return Part(rows, mask.cut, mask.side)


def is_random(node: ast.expr) -> bool:
    """Tell whether a condition is on random numbers: ``np.random.rand(len(df)) < 0.8``."""
    return any(isinstance(part, ast.Attribute) and part.attr in _RANDOM for part in walk(node))
