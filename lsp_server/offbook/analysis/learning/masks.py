"""Reads conditions on rows: which side of which cut a mask takes."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod

from offbook.analysis.learning.rows import Part
from offbook.analysis.learning.values import Constant, Cut, Data, Unknown, Value, compared
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
_RANDOM = frozenset({"rand", "random", "uniform", "random_sample"})


class MaskReader(ABC):
    """The part of the evaluator that knows conditions."""

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
        if not isinstance(left, Data) and not unseen and not _is_random(node.left):
            return Constant(text_of(node))
        subject, bound = text_of(node.left), self.bound_text(node.comparators[0])
        operator = type(node.ops[0])
        if operator in _ORDER:
            side, inverse = _ORDER[operator]
            edge = "edge below" if operator in (ast.Lt, ast.GtE) else "edge above"
            name = f"{subject} {edge} {bound}" + (f" {id(node)}" if _is_random(node.left) else "")
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

    def combined(self, operator: ast.operator, left: Value, right: Value) -> Value | None:
        """Return what ``&`` and ``|`` make of masks: a narrower one is named after the first; others are not known."""
        if isinstance(left, Cut) and isinstance(operator, ast.BitAnd | ast.BitOr):
            return left if isinstance(operator, ast.BitAnd) else Constant("either mask")
        return right if isinstance(right, Cut) and isinstance(operator, ast.BitAnd) else None


def _is_random(node: ast.expr) -> bool:
    """Tell whether a condition is on random numbers: ``np.random.rand(len(df)) < 0.8``."""
    return any(isinstance(part, ast.Attribute) and part.attr in _RANDOM for part in walk(node))
