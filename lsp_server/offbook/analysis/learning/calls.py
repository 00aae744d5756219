"""Evaluates calls: functions of libraries, functions of the notebook, and methods of data."""

from __future__ import annotations

import ast
from abc import abstractmethod
from collections.abc import Iterable

from offbook.analysis.learning import library
from offbook.analysis.learning.estimators import EstimatorEvaluator
from offbook.analysis.learning.events import Copying
from offbook.analysis.learning.rows import Copied, Part, Source, joined
from offbook.analysis.learning.values import (
    UNKNOWN,
    Constant,
    Data,
    Estimator,
    Folds,
    Function,
    Mapping,
    Method,
    Reference,
    Sequence,
    Statistic,
    Taint,
    Value,
    first_data,
    taints_of,
)

_MAX_DEPTH = 5
_LOOKS = frozenset({"corrwith", "nunique", "unique", "value_counts", "info", "describe", "plot", "hist"})


class CallEvaluator(EstimatorEvaluator):
    """Knows what a call gives."""

    def call(self, node: ast.Call) -> Value:
        """Evaluate a call."""
        function = node.func
        if isinstance(function, ast.Attribute):
            owner = self.evaluate(function.value)
            if not isinstance(owner, Reference):
                return self._method_call(node, function, owner)
        called = self.evaluate(function)
        if isinstance(called, Function):
            return self._enter(called, node)
        if isinstance(called, Reference):
            return self._library_call(node, called.path)
        if isinstance(called, Method):
            return self._anything(node)
        values = self.arguments(node)
        return next((value for value in values if isinstance(value, Data)), UNKNOWN)  # keras layers, callables

    def arguments(self, node: ast.Call) -> list[Value]:
        """Evaluate the arguments, positional ones first."""
        values = [self.evaluate(argument) for argument in node.args]
        return values + [self.evaluate(keyword.value) for keyword in node.keywords]

    # functions of the notebook

    def _enter(self, function: Function, node: ast.Call) -> Value:
        arguments = [self.evaluate(argument) for argument in node.args]
        keywords = {word.arg: self.evaluate(word.value) for word in node.keywords if word.arg}
        return self.entered(function, arguments, keywords)

    def entered(self, function: Function, arguments: list[Value], keywords: dict[str, Value]) -> Value:
        """Run a function of the notebook on abstract arguments; return what it returns."""
        if len(self.frames) > _MAX_DEPTH:
            return next((value for value in arguments if isinstance(value, Data)), UNKNOWN)
        parameters = function.node.args
        names = [parameter.arg for parameter in (*parameters.posonlyargs, *parameters.args)]
        frame: dict[str, Value] = {}
        for name, default in zip(reversed(names), reversed(parameters.defaults), strict=False):
            frame[name] = self.evaluate(default)
        frame |= {name: UNKNOWN for name in names if name not in frame}
        frame |= dict(zip(names, arguments, strict=False)) | keywords
        if parameters.vararg:
            frame[parameters.vararg.arg] = Sequence(arguments[len(names) :])
        before = self.cell
        self.cell = function.cell
        self.frames.append(frame)
        self.results.append(UNKNOWN)
        if isinstance(function.node, ast.Lambda):
            self.results[-1] = self.evaluate(function.node.body)
        else:
            self.block(function.node.body)
        self.frames.pop()
        self.cell = before
        return self.results.pop()

    # functions of libraries

    def _library_call(self, node: ast.Call, path: str) -> Value:
        name = path.rpartition(".")[2]
        if name == "train_test_split":
            return self._split(node)
        kind = library.kind_of(name, path)
        if kind is not None or name in library.PIPELINES:
            return self.make_estimator(node, name, kind or "pipeline")
        if name in ("enumerate", "zip", "list", "tuple", "reversed", "sorted", "dict", "tqdm", "iter", "next"):
            return self._builtin(node, name)
        if name in library.SPLIT_LOADERS:
            return self._loaded_split(node)
        if name in ("permutation", "arange") or path in ("random.sample",):
            return Data(Source(f"indices {id(node)} {self.round}"))
        if name == "len":
            self.arguments(node)
            return Constant(ast.unparse(node))
        values = self.arguments(node)
        if name in library.METRICS or (name.lower().endswith(library.METRIC_WORDS) and _predictions(values)):
            return self.judged(node, values)
        if name in library.MODEL_METRICS:
            return self.judged_model(node, values)
        if name == "train" and path.split(".", maxsplit=1)[0] in ("xgb", "xgboost", "lgb", "lightgbm"):
            return self.trained_by_function(node, values)
        return self._data_function(node, name, values)

    def _data_function(self, node: ast.Call, name: str, values: list[Value]) -> Value:
        data = next((found for value in values if (found := first_data(value)) is not None), None)
        if data is None:
            if _loads(name):
                return Data(Source(f"{name} {ast.unparse(node)[:200]}"))
            statistic = next((value for value in values if isinstance(value, Statistic)), None)
            return statistic or UNKNOWN
        taints = frozenset(taint for value in values for taint in taints_of(value))
        if name in library.JOINING:
            return self._joined(node, values, taints)
        if name in library.COPYING_FUNCTIONS:
            return self.copied(node, data, name)
        if name == "resample":
            return self._resampled(node, values)
        if name == "shuffle":
            return Sequence([value for value in values if isinstance(value, Data)]) if len(node.args) > 1 else data
        if name in library.STATISTICAL_FUNCTIONS:
            return Data(data.rows, taints | {Taint(data.rows, self.spot(node), name)})
        if name in library.REDUCING:
            return self.reduced(node, data, name)
        if name == "SubsetRandomSampler":
            return UNKNOWN
        return Data(data.rows, taints, data.predicted_by)

    def _split(self, node: ast.Call) -> Value:
        cut = f"split {id(node)} {self.round}"
        found: list[Value] = []
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                continue
            value = self.evaluate(argument)
            data = self.data_at(argument, value)
            if data is None:
                found += (UNKNOWN, UNKNOWN)
                continue
            found += (Data(Part(data.rows, cut, side), data.taints) for side in ("train", "test"))
        return Sequence(found)

    def _loaded_split(self, node: ast.Call) -> Value:
        source = Source(f"load_data {ast.unparse(node)}")
        sides = [Part(source, f"loaded {ast.unparse(node)}", side) for side in ("train", "test")]
        return Sequence([Sequence([Data(side), Data(side)]) for side in sides])

    def _builtin(self, node: ast.Call, name: str) -> Value:
        values = self.arguments(node)
        if not values:
            return Sequence()
        if name == "enumerate":
            if isinstance(values[0], Folds | Data):
                values = [Sequence(self.elements(values[0]))]
            return Sequence([Sequence([Constant("number"), item]) for item in self.elements(values[0])])
        if name == "zip":
            columns = [self.elements(value) for value in values]
            return Sequence([Sequence(list(row)) for row in zip(*columns, strict=False)])
        return values[0]

    def _joined(self, node: ast.Call, values: list[Value], taints: frozenset[Taint]) -> Value:
        """Put rows below rows; columns beside columns (``axis=1``) keep the rows of the first."""
        parts = [item for value in values for item in _flat(value) if isinstance(item, Data)]
        sideways = any(
            word.arg == "axis" and ast.unparse(word.value) in ("1", "'columns'", "-1") for word in node.keywords
        ) or (len(node.args) > 1 and ast.unparse(node.args[1]) == "1")
        if sideways or len(parts) == 1:
            repeated = len(parts) == 1 and isinstance(node.args[0] if node.args else None, ast.BinOp)
            return self.copied(node, parts[0], "concat") if repeated else Data(parts[0].rows, taints)
        return Data(joined([part.rows for part in parts]), taints)

    def _resampled(self, node: ast.Call, values: list[Value]) -> Value:
        """``sklearn.utils.resample`` draws with replacement unless told otherwise."""
        drawn = [value for value in values if isinstance(value, Data)]
        fixed = any(word.arg == "replace" and ast.unparse(word.value) == "False" for word in node.keywords)
        results: list[Value] = [value if fixed else self.copied(node, value, "resample") for value in drawn]
        return results[0] if len(results) == 1 else Sequence(results)

    def copied(self, node: ast.Call, data: Data, by: str) -> Data:
        """Return data some of whose rows are copies of others."""
        self.history.copies[id(node)] = Copying(by, self.spot(node))
        return Data(Copied(data.rows, id(node)), data.taints)

    # methods

    def _method_call(self, node: ast.Call, function: ast.Attribute, owner: Value) -> Value:
        name = function.attr
        if isinstance(owner, Estimator):
            return self.estimator_method(node, name, owner)
        if isinstance(owner, Data):
            return self._data_method(node, function, owner)
        if isinstance(owner, Sequence | Mapping):
            return self._container_method(node, name, owner)
        if isinstance(owner, Statistic):
            return owner
        if name in library.FITTING and isinstance(function.value, ast.Name):
            values = self.arguments(node)
            if any(first_data(value) for value in values):
                made = Estimator("model", function.value.id, self.spot(node))
                self.bind(function.value.id, made)
                return self.estimator_method(node, name, made)
        return self._anything(node)

    def _anything(self, node: ast.Call) -> Value:
        """Return what an unknown call gives: data stays the same rows."""
        values = self.arguments(node)
        data = next((value for value in values if isinstance(value, Data)), None)
        return UNKNOWN if data is None else Data(data.rows, frozenset(t for value in values for t in taints_of(value)))

    def _container_method(self, node: ast.Call, name: str, owner: Sequence | Mapping) -> Value:
        values = self.arguments(node)
        if isinstance(owner, Sequence):
            if name in ("append", "add") and values:
                owner.items.append(values[0])
            elif name == "extend" and values and isinstance(values[0], Sequence):
                owner.items.extend(values[0].items)
            return UNKNOWN
        if name == "items":
            return Sequence([Sequence([Constant(repr(key)), value]) for key, value in owner.items.items()])
        if name == "values":
            return Sequence(list(owner.items.values()))
        return UNKNOWN

    def _data_method(self, node: ast.Call, function: ast.Attribute, owner: Data) -> Value:
        name = function.attr
        if name in ("isnull", "isna", "notnull", "notna"):
            return self.null_mask(function.value, name)
        values = self.arguments(node)
        taints = owner.taints | frozenset(taint for value in values for taint in taints_of(value))
        if name == "isin" and values:
            return self.membership_mask(values[0], ast.unparse(node))
        if name in library.REDUCING:
            return self.reduced(node, owner, name)
        if name in ("groupby", "rolling", "expanding", "ewm"):
            return Data(owner.rows, owner.taints)
        if name == "transform" and "groupby" in ast.unparse(function.value):
            return Data(owner.rows, taints | {Taint(owner.rows, self.spot(node), "groupby")}, owner.predicted_by)
        if name in ("apply", "transform", "pipe") and values and isinstance(values[0], Function):
            return self._applied(node, owner, values[0])
        if name == "sample":
            return self._sampled(node, owner)
        if name in ("take", "skip") and node.args:
            cut = f"slice {self.text_of(node.args[0])}"
            return Data(Part(owner.rows, cut, "to" if name == "take" else "from"), taints)
        if name == "drop" and values and isinstance(values[0], Data) and isinstance(values[0].rows, Part):
            return Data(Part(owner.rows, values[0].rows.cut, f"not {values[0].rows.side}"), taints)
        if name in ("append", "concat") and values:
            return self._joined(node, [owner, *values], taints)
        if name == "repeat":
            return self.copied(node, owner, name)
        if name in (
            "corrwith",
            "nunique",
            "unique",
            "value_counts",
            "info",
            "describe",
            "head",
            "tail",
            "plot",
            "hist",
        ):
            return Data(owner.rows, owner.taints, owner.predicted_by) if name in ("head", "tail") else UNKNOWN
        result = Data(owner.rows, taints, owner.predicted_by)
        if any(word.arg == "inplace" and ast.unparse(word.value) == "True" for word in node.keywords):
            self.taint_root(function.value, Statistic(taints))
            return UNKNOWN
        return result

    def _applied(self, node: ast.Call, owner: Data, function: Function) -> Value:
        """Return what a function makes of the columns; row by row, no statistics of other rows are taken."""
        by_row = any(word.arg == "axis" and ast.unparse(word.value) in ("1", "'columns'") for word in node.keywords)
        made = UNKNOWN if by_row else self.entered(function, [owner], {})
        return Data(owner.rows, owner.taints | taints_of(made))

    def _sampled(self, node: ast.Call, owner: Data) -> Value:
        if any(word.arg == "replace" and ast.unparse(word.value) == "True" for word in node.keywords):
            return self.copied(node, owner, "sample")
        if any(word.arg == "frac" and ast.unparse(word.value) in ("1", "1.0") for word in node.keywords):
            return owner
        return Data(Part(owner.rows, f"sample {id(node)} {self.round}", "in"), owner.taints)

    def reduced(self, node: ast.Call, data: Data, name: str) -> Value:
        """Return the statistic; of predictions compared with the truth, it is a score."""
        if data.predicted_by is not None:
            return self.judged(node, [data])
        return Statistic(data.taints | {Taint(data.rows, self.spot(node), name)})

    @abstractmethod
    def block(self, body: list[ast.stmt]) -> bool:
        """Execute statements; the statement interpreter does."""

    @abstractmethod
    def taint_root(self, node: ast.expr, value: Value) -> None:
        """Let a variable depend on statistics; the statement interpreter does."""


def _flat(value: Value) -> Iterable[Value]:
    if isinstance(value, Sequence):
        for item in value.items:
            yield from _flat(item)
    else:
        yield value


def _loads(name: str) -> bool:
    """Tell whether a function reads or makes a data set."""
    if name in library.NO_DATA:
        return False
    return name.startswith(library.LOADER_WORDS) or name.endswith(library.FRAME_SUFFIXES) or name in library.MAKERS


def _predictions(values: list[Value]) -> bool:
    return any(isinstance(value, Data) and value.predicted_by is not None for value in values)
