"""Evaluates calls: functions of libraries, functions of the notebook, and methods."""

from __future__ import annotations

import ast
import re
from abc import abstractmethod

from offbook.analysis.learning import library
from offbook.analysis.learning.data_methods import by_row
from offbook.analysis.learning.objects import ObjectEvaluator
from offbook.analysis.learning.rows import NUMBERS, Part, Source
from offbook.analysis.learning.values import (
    UNKNOWN,
    Constant,
    Data,
    Estimator,
    Folds,
    Function,
    Instance,
    Mapping,
    Method,
    Reference,
    Scope,
    Sequence,
    Statistic,
    UserClass,
    Value,
    collected,
    first_data,
    named,
    predictions,
    taints_of,
)
from offbook.analysis.nodes import text_of, walk

_MAX_DEPTH = 5
_ON_DATA = (library.REDUCING | library.STATISTICAL_FUNCTIONS) - {"max", "min", "sum"}
"""Functions that make data of what they are given, whatever is known of it."""
_COUNTS_ROWS = re.compile(r"(range\(|np\.arange\()?(len\(.+?\)|[\w.]+\.shape\[0\])\)?")
_BUILTINS = frozenset("enumerate zip list tuple reversed sorted dict tqdm tqdm_notebook iter next".split())


class CallEvaluator(ObjectEvaluator):
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
            return self.entered(called, *self.given(node))
        if isinstance(called, UserClass):
            return self.made_by_class(node, called)
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

    def entered(self, function: Function, arguments: list[Value], keywords: dict[str, Value]) -> Value:
        """Run a function of the notebook on abstract arguments; return what it returns."""
        if len(self.scopes) > _MAX_DEPTH:
            return next((value for value in arguments if isinstance(value, Data)), UNKNOWN)
        frame = self._parameters(function, arguments, keywords)
        before = self.cell
        self.cell = function.cell
        self.scopes.append(Scope(frame, function.around))
        self.results.append(UNKNOWN)
        self.calls += 1
        if isinstance(function.node, ast.Lambda):
            self.results[-1] = self.evaluate(function.node.body)
        else:
            self.block(function.node.body)
        self.scopes.pop()
        self.cell = before
        return self.results.pop()

    def _parameters(self, function: Function, arguments: list[Value], keywords: dict[str, Value]) -> dict[str, Value]:
        """Return the variables with which a function starts."""
        parameters = function.node.args
        names = [parameter.arg for parameter in (*parameters.posonlyargs, *parameters.args)]
        frame: dict[str, Value] = {parameter.arg: UNKNOWN for parameter in parameters.kwonlyargs}
        for name, default in zip(reversed(names), reversed(parameters.defaults), strict=False):
            frame[name] = self.evaluate(default)
        frame |= {name: UNKNOWN for name in names if name not in frame}
        frame |= dict(zip(names, arguments, strict=False)) | keywords
        if parameters.vararg:
            frame[parameters.vararg.arg] = Sequence(arguments[len(names) :])
        return {name: named(value) for name, value in frame.items()}

    # functions of libraries

    def _library_call(self, node: ast.Call, path: str) -> Value:
        name = path.rpartition(".")[2]
        if name in library.SPLITTING:
            return self._split(node)
        kind = library.kind_of(name, path)
        if kind is not None or name in library.PIPELINES:
            return self.make_estimator(node, name, kind or "pipeline")
        if name in _BUILTINS:
            return self._builtin(node, name)
        if name in library.SPLIT_LOADERS:
            return self._loaded_split(node)
        if name in ("permutation", "arange") or path == "random.sample":
            return Data(Source(f"{NUMBERS}{id(node)} {self.round}"))
        if name in library.DRAWING_NUMBERS and (drawn := self._drawn_numbers(node, name)) is not None:
            return drawn
        if name == "len" or path in ("int", "round", "math.floor", "math.ceil"):
            return self._number(node, name)
        values = self.arguments(node)
        if name in ("clone", "deepcopy") and values and isinstance(values[0], Estimator):
            return Estimator(values[0].kind, values[0].name, self.spot(node), values[0].call)
        if name == "load_model":  # the checkpoint of the model that was fitted above
            return self.last_fitted
        return self._judging(node, name, path, values)

    def _drawn_numbers(self, node: ast.Call, name: str) -> Value | None:
        """Return row numbers that are drawn with replacement: ``np.random.choice(len(df), 1000)``."""
        words = {word.arg: text_of(word.value) for word in node.keywords}
        given = [text_of(argument) for argument in node.args]
        replaced = words.get("replace", given[2] if name == "choice" and len(given) > 2 else "True")
        size = words.keys() & {"size", "k"} or len(given) > (2 if name == "randint" else 1)
        bounds = given[:2] if name == "randint" else given[:1]
        if not size or replaced != "True" or not any(_COUNTS_ROWS.fullmatch(bound) for bound in bounds):
            return None
        numbers = Part(Source(f"{NUMBERS}{id(node)} {self.round}"), "drawn", "in")
        return self.copied(node, Data(numbers), name)

    def _judging(self, node: ast.Call, name: str, path: str, values: list[Value]) -> Value:
        if name in library.METRICS or (name.lower().endswith(library.METRIC_WORDS) and predictions(values)):
            return self.judged(node, values)
        if name in library.MODEL_METRICS:
            return self.judged_model(node, values)
        root = path.split(".", maxsplit=1)[0]
        if name == "train" and root in library.BOOSTERS:
            return self.trained_by_function(node, values)
        if name in library.CROSS_VALIDATING or (name == "cv" and root in library.BOOSTERS):
            return self.cross_validated_by_function(node, values)
        if root not in library.PLAIN and predictions(values) and len(values) > 1 and not name.startswith("plot"):
            self.judged(node, values)  # an unknown function of the truth and of predictions
        return self._data_function(node, name, path, values)

    def _number(self, node: ast.Call, name: str) -> Value:
        """Return a number by its text; the length of the same data is the same number."""
        values = self.arguments(node)
        if name == "len":
            return Constant(text_of(node))
        return values[0] if values and isinstance(values[0], Statistic | Constant) else UNKNOWN

    def _data_function(self, node: ast.Call, name: str, path: str, values: list[Value]) -> Value:
        data = next((found for value in values if (found := first_data(value)) is not None), None)
        if data is None and name in _ON_DATA and node.args:
            data = self.data_at(node.args[0], values[0])
        if data is None:
            empty = name.endswith(library.FRAME_SUFFIXES) and not values
            if path in library.LOADERS or (_loads(name) and not empty):
                return Data(self._source(node, name, values))
            statistic = next((value for value in values if isinstance(value, Statistic)), None)
            return statistic or UNKNOWN
        taints = self.given_taints(name, values)
        if name in library.JOINING:
            return self.stacked(node, values, taints)
        if name in library.COPYING_FUNCTIONS:
            return self.copied(node, data, name) if not by_row(node) else data
        if name == "resample":
            return self._resampled(node, values)
        if name == "shuffle":
            return Sequence([value for value in values if isinstance(value, Data)]) if len(node.args) > 1 else data
        if name in library.STATISTICAL_FUNCTIONS:
            return Data(data.rows, taints | {self.taint(node, data, name)})
        if name in library.REDUCING:
            return self._reduction_by_function(node, name, path, data)
        if name in library.MIRRORING:
            return Data(Part(data.rows, f"mirrored {id(node)}", "in"), taints, predictions(values))
        if name == "SubsetRandomSampler":
            return UNKNOWN
        if name in ("choice", "choices"):
            return Data(Part(data.rows, f"choice {id(node)} {self.round}", "in"), data.taints)
        return Data(data.rows, taints, predictions(values))

    def _source(self, node: ast.Call, name: str, values: list[Value]) -> Source:
        """Return a data set, by what it is read from: the same file is the same data set."""
        texts = [value.text for value in values if isinstance(value, Constant) and not value.text.startswith("round ")]
        if not name.startswith(("load", *library.LOADER_WORDS)) or not texts:
            return Source(f"{name} {text_of(node)[:200]} {self.calls} {self.round}")
        return Source(f"{name} {texts[0]}")

    def _reduction_by_function(self, node: ast.Call, name: str, path: str, data: Data) -> Value:
        """Return ``np.mean(x)``; the greatest and smallest of Python's own are lengths, mostly."""
        if by_row(node):
            return Data(data.rows, data.taints, data.predicted_by)
        if path in ("max", "min", "sum") and data.predicted_by is None:
            return UNKNOWN
        return self.reduced(node, data, name)

    def _split(self, node: ast.Call) -> Value:
        """Return the parts of ``train_test_split``. With the same seed, the same rows are parted in the same way."""
        given = [(argument, self.data_at(argument, self.evaluate(argument))) for argument in node.args]
        known = next((data.rows for _, data in given if data is not None), None)
        cut = f"split {id(node)} {self.round}"
        words = {word.arg: self.evaluate(word.value) for word in node.keywords}
        seed = words.get("random_state")
        if isinstance(seed, Constant) and seed.text != "None" and known is not None:
            sizes = [text_of(word.value) for word in node.keywords if word.arg in ("test_size", "train_size")]
            names = {part.id for argument in node.args for part in walk(argument) if isinstance(part, ast.Name)}
            again = self.round if any(names & _bound_in(loop) for loop in self.looped) else 0
            cut = self.splits.setdefault((known, seed.text, again, *sizes), cut)
        self.history.splits.setdefault(cut, self.spot(node))
        found: list[Value] = []
        for argument, data in given:
            if isinstance(argument, ast.Starred):
                continue
            if data is None:
                found += (UNKNOWN, UNKNOWN)
            else:
                found += (Data(Part(data.rows, cut, side), data.taints) for side in ("train", "test"))
        return Sequence(found)

    def _loaded_split(self, node: ast.Call) -> Value:
        source = Source(f"load_data {text_of(node)}")
        sides = [Part(source, f"loaded {text_of(node)}", side) for side in ("train", "test")]
        return Sequence([Sequence([Data(side), Data(side)]) for side in sides])

    def _builtin(self, node: ast.Call, name: str) -> Value:
        values = self.arguments(node)
        if not values:
            return Mapping({word.arg: value for word, value in zip(node.keywords, values, strict=False) if word.arg})
        if name == "dict":
            found = {word.arg: value for word, value in zip(node.keywords, values[len(node.args) :], strict=True)}
            return Mapping({key: value for key, value in found.items() if key}) if found else values[0]
        if name == "next" and isinstance(values[0], Folds):
            return self.pair(values[0])
        if name == "enumerate":
            return Sequence([Sequence([Constant("number"), item]) for item in self.elements(values[0])])
        if name == "zip":
            columns = [self.elements(value) for value in values]
            return Sequence([Sequence(list(row)) for row in zip(*columns, strict=False)])
        return values[0]

    def _resampled(self, node: ast.Call, values: list[Value]) -> Value:
        """``sklearn.utils.resample`` draws with replacement unless told otherwise."""
        drawn = [value for value in values if isinstance(value, Data)]
        fixed = any(word.arg == "replace" and text_of(word.value) == "False" for word in node.keywords)
        results: list[Value] = [value if fixed else self.copied(node, value, "resample") for value in drawn]
        return results[0] if len(results) == 1 else Sequence(results)

    # methods

    def _method_call(self, node: ast.Call, function: ast.Attribute, owner: Value) -> Value:
        name = function.attr
        if isinstance(owner, Estimator):
            return self.estimator_method(node, name, owner)
        if isinstance(owner, Data):
            return self.data_method(node, function, owner)
        if isinstance(owner, Sequence | Mapping):
            return self._container_method(node, name, owner)
        if isinstance(owner, Statistic):
            self.arguments(node)
            return owner
        if isinstance(owner, Instance) and (made := self.object_method(node, name, owner)) is not None:
            return made
        if owner is UNKNOWN and name in library.REDUCING and isinstance(function.value, ast.Name):
            seen = self.data_at(function.value, owner)
            return UNKNOWN if seen is None else self.data_method(node, function, seen)
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
        if data is None:
            return UNKNOWN
        taints = frozenset(t for value in values if not isinstance(value, Statistic) for t in taints_of(value))
        return Data(data.rows, taints, data.predicted_by)

    def _container_method(self, node: ast.Call, name: str, owner: Sequence | Mapping) -> Value:
        values = self.arguments(node)
        if isinstance(owner, Sequence):
            if name in ("append", "add", "insert") and values:
                owner.items.append(collected(values[-1]))
            elif name == "extend" and values and isinstance(values[0], Sequence):
                owner.items.extend(values[0].items)
            return UNKNOWN
        if name == "items":
            return Sequence([Sequence([Constant(repr(key)), value]) for key, value in owner.items.items()])
        if name == "values":
            return Sequence(list(owner.items.values()))
        if name == "keys":
            return Sequence([Constant(repr(key)) for key in owner.items])
        if name == "get" and node.args:
            return owner.items.get(text_of(node.args[0]).strip("'\""), UNKNOWN)
        return UNKNOWN

    @abstractmethod
    def block(self, body: list[ast.stmt]) -> bool:
        """Execute statements; the statement interpreter does."""

    @abstractmethod
    def pair(self, folds: Folds) -> Value:
        """Return the two indices of a split; the statement interpreter does."""


def _bound_in(loop: ast.stmt) -> set[str]:
    """Return the names that a loop binds."""
    return {part.id for part in walk(loop) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}


def _loads(name: str) -> bool:
    """Tell whether a function reads or makes a data set."""
    if name in library.NO_DATA:
        return False
    return name.startswith(library.LOADER_WORDS) or name.endswith(library.FRAME_SUFFIXES) or name in library.MAKERS
