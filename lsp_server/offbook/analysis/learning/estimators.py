"""Evaluates what is done to objects with ``fit``: models, transformers, resamplers, splitters."""

from __future__ import annotations

import ast
from abc import abstractmethod

from offbook.analysis.learning import library
from offbook.analysis.learning.events import Fit, Transformation
from offbook.analysis.learning.judging import Judge
from offbook.analysis.learning.rows import ANYTHING, IMAGES, Part, Source, joined
from offbook.analysis.learning.values import (
    PREDICTIONS,
    UNKNOWN,
    Constant,
    Data,
    Estimator,
    Fitted,
    Folds,
    Sequence,
    Statistic,
    Taint,
    UserClass,
    Value,
    first_data,
    parts_of,
    predictions,
    taints_of,
)
from offbook.analysis.nodes import text_of, walk

_NO_FEATURES = library.WATCHING | {"y", "callbacks", "sample_weight"}
_PREFIT = frozenset({"SelectFromModel"})
"""Transformers that take a model that is fitted before."""
_TRANSFORMERS = ("transformer", "clusterer")
_RESAMPLERS = ("oversampler", "undersampler")


class EstimatorEvaluator(Judge):
    """Knows the methods of estimators, and notes what happens to them."""

    def make_estimator(self, node: ast.Call, name: str, kind: str) -> Value:
        """Return a new estimator. A pipeline is a model where its last step is one."""
        values = self.arguments(node)
        if kind == "pipeline":
            kind = _kind_of_pipeline([inner for value in values for inner in _estimators(value)])
        elif name in library.UNIONS:
            inner = [step for value in values for step in _estimators(value)]
            kind = "stateless" if inner and all(step.kind == "stateless" for step in inner) else kind
        made = Estimator(kind, name, self.spot(node), node)
        made.fits = frozenset(
            taint for inner in _estimators(Sequence(values)) for taint in inner.fits if name in _PREFIT
        )
        if name in library.NETWORKS:
            made.given = _brought_in(values)
        elif name in library.ADAPTED:
            words = zip((word.arg for word in node.keywords), values[len(node.args) :], strict=True)
            made.given = taints_of(Sequence([value for word, value in words if word in library.LEARNED_BEFORE]))
            made.fits |= made.given
        data = next((value for value in reversed(values) if isinstance(value, Data)), None)
        if kind == "model" and data is not None and name not in library.NETWORKS:  # statsmodels: OLS(y, X)
            made.fitted = Fitted(made, data, self.next_fit(), self.spot(node))
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
        if owner.kind == "transformer" and values and isinstance(values[0], Sequence) and data is not None:
            data = _all_of(values[0], data)
        if owner.kind == "splitter":
            return self._split_by(node, name, owner)
        if owner.kind == "generator":
            return self.generated(node, name, data)
        if owner.kind in _RESAMPLERS and name in library.RESAMPLING_METHODS:
            return self._resample(node, owner, values)
        if name in library.FITTING:
            return self.fit(node, owner, data, name)
        if name in library.FITTING_AND_TRANSFORMING:
            self.fit(node, owner, data, name)
            return self._transformed(node, owner, data)
        if owner.kind == "clusterer" and name in library.PREDICTING:
            return self._transformed(node, owner, data)
        if name in library.TRANSFORMING:
            return self._transformed(node, owner, data)
        if name == "set_params":
            owner.changed = True
            return owner
        if name in library.TELLING:
            return Statistic(owner.fits) if owner.fits else UNKNOWN
        if name == "add" and owner.name in library.NETWORKS:
            owner.given |= _brought_in(values)
        return self._asked(node, name, owner, data)

    def _asked(self, node: ast.Call, name: str, owner: Estimator, data: Data | None) -> Value:
        """Evaluate what a fitted model is asked for."""
        if data is None:
            if name in library.SCORING and node.args and owner.fitted is not None:
                self.used(node, owner.fitted, Source(f"{ANYTHING}{id(node)} {owner.fitted.number}"), "scored")
            return UNKNOWN
        if name in library.PREDICTING:
            self.used(node, owner.fitted, data.rows, "predicted")
            return Data(data.rows, data.taints, owner.fitted if owner.kind == "model" else None)
        if name in library.SCORING:
            self.used(node, owner.fitted, data.rows, "scored")
        return UNKNOWN

    def _features(self, node: ast.Call, values: list[Value]) -> Data | None:
        """Return the data that a method is about: the keyword ``X`` or ``x``, or the first data there is."""
        for keyword, value in zip(node.keywords, values[len(node.args) :], strict=True):
            if keyword.arg in ("X", "x"):
                return self.data_at(keyword.value, value)
        if node.args and (found := self.data_at(node.args[0], values[0])) is not None:
            return found
        words = [keyword.arg for keyword in node.keywords]
        named = [value for word, value in zip(words, values[len(node.args) :], strict=True) if word not in _NO_FEATURES]
        given = [*values[: len(node.args)], *named]
        return next((found for value in given if (found := first_data(value)) is not None), None)

    def _split_by(self, node: ast.Call, name: str, owner: Estimator) -> Value:
        if name != "split":
            return UNKNOWN
        options = owner.call.keywords if owner.call is not None else []
        single = any(word.arg == "n_splits" and text_of(word.value) == "1" for word in options)
        if node.args:
            self.data_at(node.args[0], self.evaluate(node.args[0]))
        cut = f"{'split' if single else 'folds'} {id(node)} {self.round}"
        self.history.splits[cut] = self.spot(node)
        return Folds(cut, single)

    def generated(self, node: ast.Call, name: str, data: Data | None) -> Value:
        """Return the images that a generator yields: those it is given, or those of a folder."""
        if not name.startswith("flow"):
            return UNKNOWN
        if data is None or name == "flow_from_directory":
            words = {word.arg: word.value for word in node.keywords}
            place = node.args[0] if node.args else words.get("dataframe", words.get("directory"))
            value = UNKNOWN if place is None else self.evaluate(place)
            unread = f"{'' if place is None else text_of(place)} {self.calls}"
            data = Data(Source(f"{IMAGES}{value.text if isinstance(value, Constant) else unread}"))
        part = next((text_of(word.value).strip("'") for word in node.keywords if word.arg == "subset"), None)
        side = {"training": "train", "validation": "test"}.get(part or "")
        return data if side is None else Data(Part(data.rows, "split of a generator", side), data.taints)

    def _resample(self, node: ast.Call, owner: Estimator, values: list[Value]) -> Value:
        found = [self.data_at(argument, value) for argument, value in zip(node.args, values, strict=False)]
        given = [item for item in found if item is not None] or [value for value in values if isinstance(value, Data)]
        if owner.kind == "undersampler":
            return Sequence([Data(Part(item.rows, f"kept {id(node)}", "in"), item.taints) for item in given])
        return Sequence([self.copied(node, item, owner.name) for item in given])

    def fit(self, node: ast.Call, owner: Estimator, data: Data | None, name: str) -> Value:
        """Fit an estimator on data; it is returned, as in scikit-learn."""
        if data is None or (owner.viewer and owner.fitted is not None):
            return owner
        key = self._fit_key(node, owner, data)
        if key is not None and (before := self.fitted_so.get(key)) is not None:
            owner.fitted = before
            return owner
        owner.changed = False
        if owner.given:
            data = Data(data.rows, data.taints | owner.given, data.predicted_by, data.frame)
        if owner.kind in _TRANSFORMERS or owner.kind == "stateless":
            self.history.fits.append(Fit(owner, data, name, self.spot(node)))
        if owner.kind != "stateless":
            owner.fits = data.taints | {self.taint(node, data, owner.name)}
        if owner.kind == "model":
            number = self.next_fit()
            owner.fitted = Fitted(
                owner,
                data,
                number,
                self.spot(node),
                _holds_back(owner),
                branches=frozenset(self.branches),
                target=self._target(node),
            )
            self.last_fitted = owner
            if key is not None:
                self.fitted_so[key] = owner.fitted
            self.watched(node, owner.fitted, [])
            if owner.name.endswith("SearchCV"):
                self.cross_validated(node, owner, data)
        return owner

    def _target(self, node: ast.Call) -> str:
        """Return what a model is fitted to predict: another's predictions, a column; empty where it is not written."""
        named = next((word.value for word in node.keywords if word.arg == "y"), None)
        target = node.args[1] if len(node.args) > 1 else named
        if isinstance(target, ast.Name) and predictions([self.lookup(target.id)]) is not None:
            return PREDICTIONS
        column = self.evaluate(target.slice) if isinstance(target, ast.Subscript) else UNKNOWN
        return column.text if isinstance(column, Constant) else ""

    def _fit_key(self, node: ast.Call, owner: Estimator, data: Data) -> tuple[object, ...] | None:
        """Return what the same line in another cell has in common: parameters and data; ``None`` where it goes on."""
        if owner.changed or self.looped or owner.name in library.NETWORKS or data.frame is None:
            return None
        made = text_of(owner.call) if owner.call is not None and _is_literal(owner.call) else owner
        return text_of(node), made, data.taints, data.frame.state

    def _transformed(self, node: ast.Call, owner: Estimator, data: Data | None) -> Value:
        if data is None:
            return UNKNOWN
        if owner.kind == "transformer":
            self.history.transformations.append(Transformation(owner, data, self.spot(node)))
        return Data(data.rows, data.taints | owner.fits, data.predicted_by)

    def trained_by_function(self, node: ast.Call, values: list[Value]) -> Value:
        """Return the model that ``xgb.train(parameters, data, rounds, watched)`` gives."""
        model = Estimator("model", "Booster", self.spot(node), node)
        data = next((value for value in values if isinstance(value, Data)), None)
        self.fit(node, model, data, "train")
        if model.fitted is not None:
            positional: list[Value] = [
                value for value in values[: len(node.args)] if isinstance(value, Data | Sequence)
            ]
            self.watched(node, model.fitted, positional)
        return model

    def cross_validated_by_function(self, node: ast.Call, values: list[Value]) -> Value:
        """Note ``cross_val_score(model, X, y)`` and ``xgb.cv(parameters, data)``."""
        model = next((value for value in values if isinstance(value, Estimator)), None)
        data = next((value for value in values if isinstance(value, Data)), None)
        if data is None and len(node.args) > 1:
            data = self.data_at(node.args[1], values[1])
        if data is None:
            return UNKNOWN
        made = Estimator("model", "model", self.spot(node), node)
        return self.cross_validated(node, model or made, data)


def _all_of(texts: Sequence, first: Data) -> Data:
    """Return all rows of a list that was put together from several (``train_texts + test_texts``)."""
    parts = list(parts_of(texts))
    return Data(joined([part.rows for part in parts]), first.taints) if len(parts) > 1 else first


def _brought_in(values: list[Value]) -> frozenset[Taint]:
    """Return the taints of adapted layers of which a network is made, and of what went through them.

    Numbers that are given to its layers are sizes: the length of the longest text.
    """
    layers = (step for step in _estimators(Sequence(values)) if step.kind == "transformer")
    through = (taint for value in values for data in parts_of(value) for taint in data.taints)
    return frozenset(taint for layer in layers for taint in layer.fits).union(through)


def _is_literal(call: ast.Call) -> bool:
    """Tell whether all parameters are written out: the same text makes the same estimator."""
    given = [*call.args, *(word.value for word in call.keywords)]
    return not any(isinstance(part, ast.Name) for value in given for part in walk(value))


def _estimators(value: Value) -> list[Estimator]:
    if isinstance(value, Estimator):
        return [value]
    if isinstance(value, Sequence):
        return [found for item in value.items for found in _estimators(item)]
    return []


def _kind_of_pipeline(steps: list[Estimator]) -> str:
    """Return the kind of the last step; a transformer where any step before an encoder is one."""
    if not steps or steps[-1].kind == "model":
        return "model"
    kinds = {step.kind for step in steps}
    if steps[-1].kind in _RESAMPLERS:
        return "oversampler" if "oversampler" in kinds else "undersampler"
    return "transformer" if kinds & {"transformer", "clusterer"} else steps[-1].kind


def _holds_back(model: Estimator) -> bool:
    """Tell whether a model judges itself on rows that its trees have not seen."""
    words = model.call.keywords if model.call is not None else []
    return any(word.arg in ("oob_score", "early_stopping") and text_of(word.value) == "True" for word in words)


def kind_of_class(found: UserClass) -> str | None:
    """Return the kind of estimator that a class of the notebook is by its methods; ``None`` for other classes."""
    methods = {item.name: item for item in found.node.body if isinstance(item, ast.FunctionDef)}
    fitting = [methods[name] for name in ("fit", "train") if name in methods and _is_given_data(methods[name])]
    if {"predict", "predict_proba"} & methods.keys() and fitting:
        return "model"
    if "fit" in methods and "transform" in methods:
        return "transformer" if _learns(methods["fit"]) else "stateless"
    return None


def _is_given_data(fit: ast.FunctionDef) -> bool:
    """Tell whether a ``fit`` is given its data, and does not only find them in its object."""
    return len(fit.args.args) > 1 or fit.args.vararg is not None


def _learns(fit: ast.FunctionDef) -> bool:
    """Tell whether a transformer's ``fit`` takes statistics."""
    calls = (part for part in walk(fit) if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute))
    names = {call.func.attr for call in calls if isinstance(call.func, ast.Attribute)}
    return bool(names & (library.REDUCING | {"fit", "fit_transform"}))
