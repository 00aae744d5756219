"""Evaluates what is done to objects with ``fit``: models, transformers, resamplers, splitters."""

from __future__ import annotations

import ast
from abc import abstractmethod
from dataclasses import replace

from offbook.analysis.learning import library
from offbook.analysis.learning.events import Fit, Use
from offbook.analysis.learning.expressions import ExpressionEvaluator
from offbook.analysis.learning.rows import Part
from offbook.analysis.learning.values import (
    UNKNOWN,
    Data,
    Estimator,
    Folds,
    Sequence,
    Taint,
    Value,
    first_data,
)

_FITTED_KINDS = ("transformer", "clusterer")


class EstimatorEvaluator(ExpressionEvaluator):
    """Knows the methods of estimators, and notes what happens to them."""

    def make_estimator(self, node: ast.Call, name: str, kind: str) -> Value:
        """Return a new estimator. A pipeline is a model where its last step is one."""
        values = self.arguments(node)
        if kind == "pipeline":
            steps = [inner for value in values for inner in _estimators(value)]
            kind = steps[-1].kind if steps else "model"
        made = Estimator(kind, name, self.spot(node))
        data = next((value for value in reversed(values) if isinstance(value, Data)), None)
        if kind == "model" and data is not None:
            made.trained = data  # statsmodels: OLS(y, X)
            self.fitted_at[id(made)] = self.spot(node)
        return made

    @abstractmethod
    def arguments(self, node: ast.Call) -> list[Value]:
        """Evaluate the arguments; the call evaluator does."""

    @abstractmethod
    def copied(self, node: ast.Call, data: Data, by: str) -> Data:
        """Copy rows; the call evaluator does."""

    def estimator_method(self, node: ast.Call, name: str, owner: Estimator) -> Value:
        """Evaluate ``owner.name(...)``."""
        values = self.arguments(node)
        data = self._features(node, values)
        if owner.kind == "splitter":
            return self._folds(node, name)
        if owner.kind in ("oversampler", "undersampler") and name in library.RESAMPLING_METHODS:
            return self._resample(node, owner, values)
        if name in library.FITTING:
            return self._fit(node, owner, data, name)
        if name in ("fit_transform", "fit_predict"):
            self._fit(node, owner, data, name)
            return self._transformed(owner, data)
        if name in library.TRANSFORMING:
            return self._transformed(owner, data)
        if name in library.PREDICTING and data is not None:
            self._use(node, owner, data, scored=False)
            return Data(data.rows, data.taints, owner)
        if name in library.SCORING and data is not None:
            self._use(node, owner, data, scored=True)
        return UNKNOWN

    def _features(self, node: ast.Call, values: list[Value]) -> Data | None:
        """Return the data that a method is about: the keyword ``X`` or ``x``, or the first data there is."""
        for keyword, value in zip(node.keywords, values[len(node.args) :], strict=True):
            if keyword.arg in ("X", "x"):
                return first_data(value)
        known = next((found for value in values if (found := first_data(value)) is not None), None)
        return self.data_at(node.args[0], values[0]) if known is None and node.args else known

    def _folds(self, node: ast.Call, name: str) -> Value:
        return Folds(f"folds {id(node)} {self.round}") if name == "split" else UNKNOWN

    def _resample(self, node: ast.Call, owner: Estimator, values: list[Value]) -> Value:
        found = [self.data_at(argument, value) for argument, value in zip(node.args, values, strict=False)]
        given = [item for item in found if item is not None] or [value for value in values if isinstance(value, Data)]
        if owner.kind == "undersampler":
            return Sequence([Data(Part(item.rows, f"kept {id(node)}", "in"), item.taints) for item in given])
        return Sequence([self.copied(node, item, owner.name) for item in given])

    def _fit(self, node: ast.Call, owner: Estimator, data: Data | None, name: str) -> Value:
        if data is None:
            return owner
        if owner.kind in _FITTED_KINDS or owner.kind == "stateless":
            self.history.fits.append(Fit(owner, data, name, self.spot(node)))
        if owner.kind in _FITTED_KINDS:
            owner.fits = data.taints | {Taint(data.rows, self.spot(node), owner.name)}
        else:
            owner.trained = data
            self.fitted_at[id(owner)] = self.spot(node)
            self._validate(node, owner)
        return owner

    def _validate(self, node: ast.Call, owner: Estimator) -> None:
        """Note the rows on which a network is watched while it learns (``validation_data``)."""
        for keyword in node.keywords:
            if keyword.arg in ("validation_data", "eval_set", "valid_sets"):
                held_out = first_data(self.evaluate(keyword.value))
                if held_out is not None:
                    self._use(node, owner, held_out, scored=False)

    def _transformed(self, owner: Estimator, data: Data | None) -> Value:
        if data is None:
            return UNKNOWN
        return Data(data.rows, data.taints | owner.fits)

    def judged(self, node: ast.Call, values: list[Value]) -> Value:
        """Note that predictions are scored."""
        for value in values:
            if isinstance(value, Data) and value.predicted_by is not None:
                self._use(node, value.predicted_by, replace(value, predicted_by=None), scored=True)
        return UNKNOWN

    def judged_model(self, node: ast.Call, values: list[Value]) -> Value:
        """Note that a model is scored on data: ``RocCurveDisplay.from_estimator(model, X, y)``."""
        model = next((value for value in values if isinstance(value, Estimator)), None)
        data = next((value for value in values if isinstance(value, Data)), None)
        if model is not None and data is not None:
            self._use(node, model, data, scored=True)
        return UNKNOWN

    def trained_by_function(self, node: ast.Call, values: list[Value]) -> Value:
        """Return the model that ``xgb.train(parameters, data)`` gives."""
        model = Estimator("model", "Booster", self.spot(node))
        data = next((value for value in values if isinstance(value, Data)), None)
        self._fit(node, model, data, "train")
        return model

    def _use(self, node: ast.Call, owner: Estimator, data: Data, *, scored: bool) -> None:
        if owner.trained is not None and owner.kind == "model":
            fitted_at = self.fitted_at[id(owner)]
            self.history.uses.append(Use(owner, owner.trained, fitted_at, data.rows, scored, self.spot(node)))


def _estimators(value: Value) -> list[Estimator]:
    if isinstance(value, Estimator):
        return [value]
    if isinstance(value, Sequence):
        return [found for item in value.items for found in _estimators(item)]
    return []
