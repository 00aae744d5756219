"""Notes when models are judged: scores, predictions, rows watched while a model learns, cross-validation."""

from __future__ import annotations

import ast

from offbook.analysis.learning import library
from offbook.analysis.learning.events import How, Use
from offbook.analysis.learning.expressions import ExpressionEvaluator
from offbook.analysis.learning.rows import IMAGES, Part, Rows, Source, before_cut
from offbook.analysis.learning.values import (
    UNKNOWN,
    Data,
    Estimator,
    Fitted,
    Mapping,
    Sequence,
    Statistic,
    Taint,
    Value,
    first_data,
    is_one,
    parts_of,
)
from offbook.analysis.nodes import text_of, walk


class Judge(ExpressionEvaluator):
    """Knows what a score is, and whose."""

    def used(self, node: ast.expr, fitted: Fitted | None, rows: Rows, how: How) -> None:
        """Note that a fitted model meets rows."""
        if fitted is not None and fitted.model.kind == "model":
            self.history.uses.append(Use(fitted, rows, how, self.spot(node), before_cut(rows, self.folds)))

    def judged(self, node: ast.expr, values: list[Value]) -> Value:
        """Note that predictions are scored."""
        seen: set[tuple[int, Rows]] = set()
        for value in values:
            for data in parts_of(value):
                fitted = data.predicted_by
                if fitted is not None and (fitted.number, data.rows) not in seen:
                    seen.add((fitted.number, data.rows))
                    self.used(node, fitted, data.rows, "scored")
        return UNKNOWN

    def multiplied(self, node: ast.Call, values: list[Value]) -> None:
        """Note a score that is a product: ``np.dot(y, guesses)``, or of errors with themselves."""
        models = [data.predicted_by for data in values if isinstance(data, Data)]
        fitted = next((model for model in models if model is not None), None)
        if fitted is None:
            return
        errors = all(model is not None and model.compared for model in models)
        if errors or _names_in(node) & _target_names(fitted.spot.node):
            self.judged(node, values)

    def judged_model(self, node: ast.Call, values: list[Value]) -> Value:
        """Note that a model is scored on data: ``RocCurveDisplay.from_estimator(model, X, y)``."""
        model = next((value for value in values if isinstance(value, Estimator)), None)
        data = next((value for value in values if isinstance(value, Data)), None)
        if model is not None and data is not None:
            self.used(node, model.fitted, data.rows, "scored")
        return UNKNOWN

    def watched(self, node: ast.Call, fitted: Fitted, watchers: list[Value]) -> None:
        """Note the rows on which a model is watched while it learns (``validation_data``, ``eval_set``)."""
        for keyword in node.keywords:
            if keyword.arg in library.WATCHING:
                watchers = [*watchers, self._watcher(keyword.value)]
            elif keyword.arg == "validation_split" and not _is_zero(keyword.value):
                self.cross_validated(node, fitted.model, fitted.data)
            elif keyword.arg is None:
                options = self.evaluate(keyword.value)
                found = options.items if isinstance(options, Mapping) else {}
                watchers = [*watchers, *(value for name, value in found.items() if name in library.WATCHING)]
        own = self._held_out(node)
        seen: set[Rows] = set()
        for value in watchers:
            for data in _features(value, fitted.data.rows):
                if (data.rows != fitted.data.rows or data.rows in own) and data.rows not in seen:
                    seen.add(data.rows)
                    self.used(node, fitted, data.rows, "watched")

    def _watcher(self, node: ast.expr) -> Value:
        """Return what an argument names as watched; of ``(X, y)``, the features are data, whatever they are."""
        value = self.evaluate(node)
        if isinstance(node, ast.Tuple) and node.elts and isinstance(value, Sequence):
            features = self.data_at(node.elts[0], value.items[0])
            return value if features is None else features
        return value

    def _held_out(self, node: ast.Call) -> set[Rows]:
        """Return the rows that ``validation_data`` names: ``(X, y)`` of ``fit(X, y)`` again, the pictures of a folder.

        What else it is given may choose among its rows by itself; ``eval_set`` often begins with the training rows.
        """
        for keyword in node.keywords:
            if keyword.arg == "validation_data":
                found = self._watcher(keyword.value)
                rows = [data.rows for data in _features(found, Source(""))]
                if isinstance(keyword.value, ast.Tuple):
                    same = node.args and keyword.value.elts and text_of(node.args[0]) == text_of(keyword.value.elts[0])
                    return set(rows) if same else set()
                return {known for known in rows if isinstance(known, Source) and known.name.startswith(IMAGES)}
        return set()

    def cross_validated(self, node: ast.Call, model: Estimator, data: Data) -> Value:
        """Note that a model is judged by cross-validation; return its predictions."""
        cut = f"cross-validation {id(node)} {self.round}"
        learned = Data(Part(data.rows, cut, "train"), data.taints)
        fitted = Fitted(model, learned, self.next_fit(), self.spot(node))
        if model.kind == "model":
            held_out = Part(data.rows, cut, "test")
            self.history.uses.append(Use(fitted, held_out, "validated", self.spot(node), data.rows))
        return UNKNOWN

    def next_fit(self) -> int:
        """Return a number for a fit."""
        self.fits += 1
        return self.fits

    def reduced(self, node: ast.Call, data: Data, name: str) -> Value:
        """Return the statistic; of predictions compared with the truth, it is a score."""
        if data.predicted_by is not None and data.predicted_by.compared:
            return self.judged(node, [data])
        if is_one(data):
            return data
        return Statistic(data.taints | {self.taint(node, data, name)})

    def taint(self, node: ast.Call, data: Data, by: str) -> Taint:
        """Return what values depend on that statistics of these data go into."""
        return Taint(data.rows, self.spot(node), by)


def _features(value: Value, trained: Rows) -> list[Data]:
    """Return the features among ``(X, y)``, ``[(X, y), (X2, y2)]`` and ``[(matrix, "train"), ...]``."""
    if isinstance(value, Data):
        return [value]
    items = value.items if isinstance(value, Sequence) else []
    found = [item for item in items if isinstance(item, Data)]
    if found and found[0] is items[0]:
        return found if any(data.rows == trained for data in found) else found[:1]
    return [data for item in items if (data := first_data(item)) is not None]


def _names_in(node: ast.AST) -> set[str]:
    return {part.id for part in walk(node) if isinstance(part, ast.Name)}


def _target_names(node: ast.expr) -> set[str]:
    """Return the variables in what a call of ``fit`` learns to predict."""
    return _names_in(node.args[1]) if isinstance(node, ast.Call) and len(node.args) > 1 else set()


def _is_zero(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not node.value
