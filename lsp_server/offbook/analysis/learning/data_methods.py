"""Evaluates the methods of data: frames, series, arrays, data sets of TensorFlow."""

from __future__ import annotations

import ast
from abc import abstractmethod
from collections.abc import Collection

from offbook.analysis.learning import library
from offbook.analysis.learning.estimators import EstimatorEvaluator
from offbook.analysis.learning.events import Copying
from offbook.analysis.learning.names import side_of
from offbook.analysis.learning.overlaps import contained
from offbook.analysis.learning.rows import Copied, Part, joined
from offbook.analysis.learning.values import (
    UNKNOWN,
    Constant,
    Data,
    Function,
    Mapping,
    Sequence,
    Statistic,
    Taint,
    Value,
    is_one,
    parts_of,
    predictions,
    taints_of,
)
from offbook.analysis.nodes import text_of, walk

_REST = ("out", "not ")
"""Sides of what is left when some rows were taken out: they are no copies of those that were taken."""
_ALONG_ROWS = ("1", "'columns'", "-1")


class DataEvaluator(EstimatorEvaluator):
    """Knows what a method of data gives."""

    def data_method(self, node: ast.Call, function: ast.Attribute, owner: Data) -> Value:
        """Evaluate ``data.method(...)``."""
        name = function.attr
        if name in library.NULL_MASKS:
            return self.null_mask(function.value, name)
        values = self.arguments(node)
        if name in library.PRODUCTS:
            self.multiplied(node, [owner, *values])
        if name == "isin" and values:
            return self.membership_mask(values[0], text_of(node))
        if name in library.MASKING:
            return self.unread_mask(node)
        if name == "assign":
            known = Data(owner.rows, owner.taints)
            values = [self.entered(value, [known], {}) if isinstance(value, Function) else value for value in values]
        if name == "resample" or (name in library.REDUCING and _is_grouped(function.value, library.SLIDING)):
            return Data(owner.rows, owner.taints)
        if _is_grouped(function.value) and name not in library.PER_ROW_OF_GROUP:
            return Statistic(owner.taints | {self.taint(node, owner, name)}, grouped=True)
        if name == "filter" and values and node.args and not isinstance(values[0], Sequence):
            return Data(self.chosen_by(self.unread_mask(node), owner.rows), owner.taints, owner.predicted_by)
        if name in library.REDUCING or name in library.COUNTING:
            return self._reduction(node, owner, name)
        if name in library.ROW_CHOOSING:
            return self._chosen(node, owner, name, values)
        if name == "groupby" or name in library.SLIDING:
            return Data(owner.rows, owner.taints)
        if name in ("apply", "transform", "pipe", "agg", "aggregate"):
            return self._applied(node, function, owner, values)
        if name in ("append", "concat", "concatenate") and values:
            return self.stacked(node, [owner, *values], frozenset(owner.taints | self.given_taints(name, values)))
        if name == "repeat":
            return self.copied(node, owner, name) if function.value is not None and _is_array(node) else owner
        if name in library.LOOKING:
            return UNKNOWN
        if name in library.COLUMNS_ONE_BY_ONE and not _is_column(function.value):
            return Sequence([Sequence([Constant("column"), Data(owner.rows, owner.taints)])])
        return self._changed(node, function, owner, values)

    def given_taints(self, name: str, values: list[Value]) -> frozenset[Taint]:
        """Return the taints that arguments bring in; bare statistics only where they are put into the data."""
        put = name in library.PUTTING
        given = (value for value in values if put or not isinstance(value, Statistic | Constant))
        return frozenset(taint for value in given for taint in taints_of(value))

    def _changed(self, node: ast.Call, function: ast.Attribute, owner: Data, values: list[Value]) -> Value:
        taints = owner.taints | self.given_taints(function.attr, values)
        model = owner.predicted_by or predictions(values)
        if any(word.arg == "inplace" and text_of(word.value) == "True" for word in node.keywords):
            self.taint_root(function.value, Statistic(taints))
            if owner.frame is not None:
                owner.frame.written += 1
            return UNKNOWN
        return Data(owner.rows, taints, model)

    def _reduction(self, node: ast.Call, owner: Data, name: str) -> Value:
        """Return a statistic; along each row, it is a column."""
        if is_one(owner):
            return owner
        if owner.predicted_by is None and (name in library.COUNTING or not by_row(node)):
            return Statistic(owner.taints | {self.taint(node, owner, name)})
        return self.reduced(node, owner, name) if owner.predicted_by is not None and not by_row(node) else owner

    def _chosen(self, node: ast.Call, owner: Data, name: str, values: list[Value]) -> Value:
        if name == "sample":
            return self._sampled(node, owner)
        if name in ("take", "skip", "head", "tail") and node.args:
            cut = f"slice {'-' if name == 'tail' else ''}{self.text_of(node.args[0])}"
            side = "from" if name in ("skip", "tail") else "to"
            return Data(Part(owner.rows, cut, side), owner.taints, owner.predicted_by)
        if name == "query" and values and isinstance(values[0], Constant):
            mask = self.queried_mask(values[0].text.strip("'\""))
            return Data(self.chosen_by(mask, owner.rows), owner.taints)
        if name == "xs" and node.args:
            return self.select(owner, node.args[0], by_label=True)
        if name == "drop" and node.args and _is_own_index(node):
            return self._emptied(node)
        if name == "drop" and values and isinstance(values[0], Data) and isinstance(values[0].rows, Part):
            return Data(Part(owner.rows, values[0].rows.cut, f"not {values[0].rows.side}"), owner.taints)
        chosen = frozenset(taint for value in values if not isinstance(value, Data) for taint in taints_of(value))
        if name == "drop" and chosen:  # columns that correlate with the target
            owner = Data(owner.rows, owner.taints | chosen, owner.predicted_by, owner.frame)
        function = node.func
        assert isinstance(function, ast.Attribute), "a method is an attribute"
        return self._changed(node, function, owner, values)

    def _emptied(self, node: ast.Call) -> Value:
        """Return a frame that loses all its rows: ``frame.drop(frame.index)``; a name has it where it is changed."""
        frame = node.func.value if isinstance(node.func, ast.Attribute) else node.func
        if isinstance(frame, ast.Name) and any(word.arg == "inplace" for word in node.keywords):
            self.bind(frame.id, UNKNOWN)
        return UNKNOWN

    def _applied(self, node: ast.Call, function: ast.Attribute, owner: Data, values: list[Value]) -> Value:
        """Return what a function makes of the columns; row by row, no statistics of other rows are taken."""
        grouped = _is_grouped(function.value)
        if function.attr in ("agg", "aggregate"):
            if _is_grouped(function.value, library.SLIDING):
                return Data(owner.rows, owner.taints)
            return Statistic(owner.taints | {self.taint(node, owner, function.attr)}, grouped)
        if _is_column(function.value) and function.attr == "apply" and not grouped:
            return Data(owner.rows, owner.taints, owner.predicted_by)
        if function.attr == "transform" and grouped:
            return Data(owner.rows, owner.taints | {self.taint(node, owner, "groupby")}, owner.predicted_by)
        made: Value = UNKNOWN
        if values and isinstance(values[0], Function) and not by_row(node):
            made = self.entered(values[0], [Data(owner.rows, owner.taints)], {})
            if isinstance(made, Data) and (function.attr == "pipe" or (grouped and made.rows != owner.rows)):
                return made
            if isinstance(made, Statistic) and grouped:
                return made
        return Data(owner.rows, owner.taints | taints_of(made), owner.predicted_by)

    def _sampled(self, node: ast.Call, owner: Data) -> Value:
        if any(word.arg == "replace" and text_of(word.value) == "True" for word in node.keywords):
            return self.copied(node, owner, "sample")
        if any(word.arg == "frac" and text_of(word.value) in ("1", "1.0") for word in node.keywords):
            return owner
        return Data(Part(owner.rows, f"sample {id(node)} {self.round}", "in"), owner.taints)

    def stacked(self, node: ast.Call, values: list[Value], taints: frozenset[Taint]) -> Value:
        """Put rows below rows; columns beside columns (``axis=1``) keep the rows of the first."""
        parts = [item for value in values for item in parts_of(value) if not isinstance(value, Mapping)]
        if not parts:
            return UNKNOWN
        model = predictions(values)
        sideways = any(
            word.arg == "axis" and text_of(word.value) in ("1", "'columns'", "-1", "2") for word in node.keywords
        ) or any(text_of(argument) in ("1", "'columns'", "-1") for argument in node.args[1:])
        if sideways or len(parts) == 1:
            repeated = len(parts) == 1 and isinstance(node.args[0] if node.args else None, ast.BinOp)
            return self.copied(node, parts[0], "concat") if repeated else Data(parts[0].rows, taints, model)
        if (_is_doubled(parts) or _names_twice(node)) and not _joins_sides(node):
            return self.copied(node, Data(joined([part.rows for part in parts]), taints), "concat")
        return Data(joined([part.rows for part in parts]), taints, model)

    def copied(self, node: ast.Call, data: Data, by: str) -> Data:
        """Return data some of whose rows are copies of others."""
        self.history.copies[id(node)] = Copying(by, self.spot(node))
        return Data(Copied(data.rows, id(node)), data.taints)

    @abstractmethod
    def entered(self, function: Function, arguments: list[Value], keywords: dict[str, Value]) -> Value:
        """Run a function of the notebook; the call evaluator does."""

    @abstractmethod
    def taint_root(self, node: ast.expr, value: Value) -> None:
        """Let a variable depend on statistics; the statement interpreter does."""


def _is_own_index(node: ast.Call) -> bool:
    """Tell whether ``frame.drop(frame.index)`` is called: all rows are taken out."""
    return text_of(node.args[0]) == f"{text_of(node.func).removesuffix('.drop')}.index"


def by_row(node: ast.Call) -> bool:
    """Tell whether a call works along each row (``axis=1``)."""
    if any(word.arg == "axis" and text_of(word.value) in _ALONG_ROWS for word in node.keywords):
        return True
    reduces = isinstance(node.func, ast.Attribute) and node.func.attr in library.REDUCING
    return reduces and len(node.args) == 1 and text_of(node.args[0]) in ("1", "-1")


def _is_grouped(node: ast.expr, by: Collection[str] = ("groupby",)) -> bool:
    """Tell whether a chain of calls and items goes back to ``groupby``, or to a window that slides over the rows."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        if isinstance(node, ast.Attribute) and node.attr in by:
            return True
        node = node.func if isinstance(node, ast.Call) else node.value
    return False


def _is_column(node: ast.expr) -> bool:
    """Tell whether an expression is one column, whose ``apply`` goes row by row."""
    return (
        isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
    )


def _is_array(node: ast.Call) -> bool:
    """Tell whether ``x.repeat(n)`` repeats rows: a TensorFlow data set that repeats itself does not."""
    return bool(node.args or node.keywords)


def _joins_sides(node: ast.Call) -> bool:
    """Tell whether a call puts a training and a test set together again, by their names."""
    sides = {side_of(part.id).partition(" ")[0] for part in walk(node) if isinstance(part, ast.Name)}
    return {"train", "test"} <= sides


def _names_twice(node: ast.Call) -> bool:
    """Tell whether a call puts the same data below themselves: ``concat([df, df])``."""
    listed = node.args[0].elts if node.args and isinstance(node.args[0], ast.List | ast.Tuple) else []
    names = [part.id for part in listed if isinstance(part, ast.Name)]
    return len(names) > len(set(names))


def _is_doubled(parts: list[Data]) -> bool:
    """Tell whether the same rows are put below themselves (``concat([df, minority])``)."""
    found = [part.rows for part in parts if not (isinstance(part.rows, Part) and part.rows.side.startswith(_REST))]
    return any(
        one != other and (contained(one, other) or contained(other, one))
        for number, one in enumerate(found)
        for other in found[number + 1 :]
    )
