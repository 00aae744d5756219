"""Evaluates calls: functions of libraries, functions of the notebook, and methods."""

from __future__ import annotations

import ast
from abc import abstractmethod

from msgspec.structs import replace

from offbook.analysis.learning import library
from offbook.analysis.learning.containers import ContainerEvaluator
from offbook.analysis.learning.data_methods import by_row
from offbook.analysis.learning.names import side_of
from offbook.analysis.learning.rows import NUMBERS, Part, Rows, Source, left_out, onto
from offbook.analysis.learning.values import (
    ROUND,
    UNKNOWN,
    Constant,
    Data,
    Estimator,
    Folds,
    Frame,
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
    first_data,
    is_one,
    named,
    one_by_one,
    predictions,
    taints_of,
)
from offbook.analysis.nodes import text_of, walk
from offbook.text.patterns import pattern

_MAX_DEPTH = 5
_ON_DATA = (library.REDUCING | library.STATISTICAL_FUNCTIONS) - {"max", "min", "sum"}
"""Functions that make data of what they are given, whatever is known of it."""
_COUNTS_ROWS = pattern(r"(range\(|np\.arange\()?(len\(.+?\)|[\w.]+\.shape\[0\])\)?")
_BUILTINS = frozenset("enumerate zip list tuple set reversed sorted dict tqdm tqdm_notebook iter next".split())


class CallEvaluator(ContainerEvaluator):
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
        if isinstance(called, Estimator) and called.kind == "transformer":  # a layer of keras that was adapted
            made = self.estimator_method(node, "transform", called)
            return Data(Source(f"unseen {text_of(node)}"), called.fits) if made is UNKNOWN else made
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
        if name in library.FOLDER_LOADERS:
            return self.generated(node, "flow_from_directory", None)
        if name in ("permutation", "arange"):
            return Data(Source(f"{NUMBERS}{id(node)} {self.round}"))
        if (name in library.DRAWING_NUMBERS or path == "random.sample") and (drawn := self._drawn_numbers(node, name)):
            return drawn
        if name == "len" or path in library.ROUNDING:
            return self._number(node, name)
        values = self.arguments(node)
        self.tried(name, values)
        self.written_by_function(node, path, values)
        if name == "open" and values:
            return values[0]
        if path.startswith("yellowbrick.") and values and isinstance(values[0], Estimator):
            return replace(values[0], viewer=True)
        if name in ("clone", "deepcopy") and values and isinstance(values[0], Estimator):
            return Estimator(values[0].kind, values[0].name, self.spot(node), values[0].call)
        if name == "load_model":  # the checkpoint of the model that was fitted above
            return self.last_fitted
        return self._judging(node, name, path, values)

    def _drawn_numbers(self, node: ast.Call, name: str) -> Value | None:
        """Return row numbers that are drawn: ``np.random.choice(len(df), 1000)``, ``random.sample(range(n), 100)``."""
        words = {word.arg: text_of(word.value) for word in node.keywords}
        given = [text_of(argument) for argument in node.args]
        replaced = words.get("replace", given[2] if name == "choice" and len(given) > 2 else "True")
        size = words.keys() & {"size", "k"} or len(given) > (2 if name == "randint" else 1)
        bounds = [self.text_of(argument) for argument in node.args[: 2 if name == "randint" else 1]]
        counted = any(_COUNTS_ROWS.fullmatch(bound) for bound in bounds)
        numbers = Part(Source(f"{NUMBERS}{id(node)} {self.round}"), "drawn", "in")
        if name == "sample" or replaced == "False":  # of a list of anything else, it is that list's part
            return Data(numbers) if counted or bounds[0].startswith("range(") else self._shuffled(node, name)
        if size and counted:
            return self.copied(node, Data(numbers), name)
        listed = (
            self.evaluate(node.args[0]) if size and replaced == "True" and name == "choice" and node.args else UNKNOWN
        )
        if not isinstance(listed, Data) or listed.predicted_by is not None:
            return None
        return self.copied(node, Data(Part(listed.rows, f"choice {id(node)} drawn", "in"), listed.taints), name)

    def _shuffled(self, node: ast.Call, name: str) -> Value | None:
        """Return row numbers in another order: ``random.sample(numbers, len(numbers))``."""
        return Data(Source(f"{NUMBERS}{id(node)} {self.round}")) if name == "sample" else None

    def _judging(self, node: ast.Call, name: str, path: str, values: list[Value]) -> Value:
        if name in library.PRODUCTS:
            self.multiplied(node, values)
        if name in library.METRICS or (name.lower().endswith(library.METRIC_WORDS) and predictions(values)):
            return self.judged(node, values)
        if name in library.MODEL_METRICS:
            return self.judged_model(node, values)
        root = path.split(".", maxsplit=1)[0]
        if name == "train" and root in library.BOOSTERS:
            return self.trained_by_function(node, values)
        if name in library.CROSS_VALIDATING or (name == "cv" and root in library.BOOSTERS):
            return self.cross_validated_by_function(node, values)
        if root not in library.PLAIN and not name.startswith("plot") and _compares(node, values):
            self.judged(node, values)  # an unknown function of the truth and of predictions
        return self._data_function(node, name, path, values)

    def _number(self, node: ast.Call, name: str) -> Value:
        """Return a number by its text; the length of the same data is the same number."""
        values = self.arguments(node)
        if name == "len":
            return Constant(text_of(node))
        kept = (Statistic, Constant, Data) if isinstance(node.func, ast.Attribute) else (Statistic, Constant)
        return values[0] if values and isinstance(values[0], kept) else UNKNOWN

    def _data_function(self, node: ast.Call, name: str, path: str, values: list[Value]) -> Value:
        data = next((found for value in values if (found := first_data(value)) is not None), None)
        if data is None and name in _ON_DATA and node.args:
            data = self.data_at(node.args[0], values[0])
        if data is None:
            statistic = next((value for value in values if isinstance(value, Statistic)), None)
            if statistic is not None and name.endswith(library.FRAME_SUFFIXES):
                return statistic
            if (stored := self.stored(values)) is not None:
                return stored
            empty = name.endswith(library.FRAME_SUFFIXES) and not values
            if len(self.looped) == 1 and (path in library.READING_ONE or name == "load_img"):
                return one_by_one(Data(Source(f"files {self.looped[-1].start}")))
            if path in library.LOADERS or (_loads(name) and not empty):
                return Data(self._loaded(node, name, values))
            return statistic or UNKNOWN
        taints = self.given_taints(name, values)
        if name in library.JOINING:
            return self.stacked(node, values, taints)
        if name in library.COPYING_FUNCTIONS:
            return self.copied(node, data, name) if not by_row(node) else data
        if name == "resample" and not path.startswith(library.SIGNALS):
            return self._resampled(node, values)
        if name == "shuffle":
            return Sequence([value for value in values if isinstance(value, Data)]) if len(node.args) > 1 else data
        if name in library.STATISTICAL_FUNCTIONS:
            return Data(data.rows, taints | {self.taint(node, data, name)})
        if name in library.REDUCING:
            return self._reduction_by_function(node, name, path, data)
        if name in library.SCORING_COLUMNS:
            return Statistic(data.taints | {self.taint(node, data, name)})
        others = left_out(values[1].rows) if len(values) > 1 and isinstance(values[1], Data) else None
        if name in library.LEAVING_OUT and others is not None:
            return Data(others if onto(data.rows, data.rows) else onto(others, data.rows) or data.rows, taints)
        if name in library.WINDOWING:
            return self._windowed(node, data)
        if name in library.MIRRORING or (name in library.ALTERING and is_one(data)):
            return Data(Part(data.rows, f"mirrored {id(node)}", "in"), taints, predictions(values))
        if name == "SubsetRandomSampler":
            return UNKNOWN
        if name in ("choice", "choices"):
            return Data(Part(data.rows, f"choice {id(node)} {self.round}", "in"), data.taints)
        return Data(data.rows, taints, predictions(values))

    def _windowed(self, node: ast.Call, data: Data) -> Data:
        """Return the rows between ``start_index`` and ``end_index`` of which keras makes windows."""
        words = {word.arg: word.value for word in node.keywords}
        bounds = ast.Slice(words.get("start_index"), words.get("end_index"))
        return self.select(data, ast.copy_location(bounds, node))

    def _loaded(self, node: ast.Call, name: str, values: list[Value]) -> Rows:
        """Return the rows that a loader gives: of a hub, those of one side of the split that comes with them."""
        words = dict(zip((word.arg for word in node.keywords), values[len(node.args) :], strict=True))
        split = next((value for word, value in words.items() if word in ("split", "subset")), None)
        if name not in library.HUBS or not isinstance(split, Constant) or not side_of(split.text):
            return self._source(node, name, values)
        text = split.text.strip("'\"")
        source = self._source(node, name, [value for value in values if value is not split])
        return Part(source, "keys", text if "[" in text else side_of(text))

    def _source(self, node: ast.Call, name: str, values: list[Value]) -> Source:
        """Return a data set, by what it is read from: the same file is the same data set."""
        texts = [value.text for value in values if isinstance(value, Constant) and not value.text.startswith(ROUND)]
        if not name.startswith(("load", *library.LOADER_WORDS)) or not texts:
            return Source(f"{name} {text_of(node)[:200]} {self.calls} {self.round}")
        words = dict(zip((word.arg for word in node.keywords), values[len(node.args) :], strict=False))
        part = [words[word] for word in sorted(library.CHOOSING_ROWS & words.keys())]
        part += values[1 : len(node.args)] if name in library.SHEETS else []
        said = [value.text if isinstance(value, Constant) else "?" for value in part]
        return Source(" ".join([name, texts[0], *said]))

    def _reduction_by_function(self, node: ast.Call, name: str, path: str, data: Data) -> Value:
        """Return ``np.mean(x)``; the greatest and smallest of Python's own are lengths, mostly."""
        if by_row(node):
            return Data(data.rows, data.taints, data.predicted_by)
        if path in ("max", "min", "sum") and data.predicted_by is None:
            return UNKNOWN
        return self.reduced(node, data, name)

    def _split(self, node: ast.Call) -> Value:
        """Return the parts of ``train_test_split``. With the same seed, the same rows are parted in the same way."""
        given: list[tuple[ast.expr, Data | None]] = []
        for argument in node.args:
            value = self.evaluate(argument)
            starred = value.items if isinstance(argument, ast.Starred) and isinstance(value, Sequence) else None
            given += [(argument, self.data_at(argument, item)) for item in (starred or [value])]
        known = next((data.rows for _, data in given if data is not None), None)
        words = {word.arg: self.evaluate(word.value) for word in node.keywords}
        ordered = words.get("shuffle") == Constant("False")
        cut = f"split {'in order ' if ordered else ''}{id(node)} {self.round}"
        seed = Constant("in order") if ordered else words.get("random_state")
        if isinstance(seed, Constant) and seed.text != "None" and known is not None:
            sizes = [text_of(word.value) for word in node.keywords if word.arg in ("test_size", "train_size")]
            targets = node.args[1:] or node.args  # other columns of the same rows are parted in the same way
            names = {part.id for argument in targets for part in walk(argument) if isinstance(part, ast.Name)}
            again = self.round if any(names & loop.names for loop in self.looped) else 0
            cut = self.splits.setdefault((known, seed.text, again, *sizes), cut)
        self.history.splits.setdefault(cut, self.spot(node))
        found: list[Value] = []
        for argument, data in given:
            if data is None and isinstance(argument, ast.Starred):
                continue
            if data is None:
                found += (UNKNOWN, UNKNOWN)
            else:
                for side in ("train", "test"):
                    made_of = (*data.frame.state, cut, side) if data.frame is not None else ()
                    found.append(Data(Part(data.rows, cut, side), data.taints, None, Frame(made_of=made_of)))
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
        drawn = [_numbers_drawn(node, value) for value in values if isinstance(value, Data)]
        fixed = any(word.arg == "replace" and text_of(word.value) == "False" for word in node.keywords)
        results: list[Value] = [value if fixed else self.copied(node, value, "resample") for value in drawn]
        return results[0] if len(results) == 1 else Sequence(results)

    # methods

    def _method_call(self, node: ast.Call, function: ast.Attribute, owner: Value) -> Value:
        name = function.attr
        if isinstance(owner, Estimator):
            return self.estimator_method(node, name, owner)
        if isinstance(owner, Data):
            self.written_by_method(node, name, owner)
            return self.data_method(node, function, owner)
        if isinstance(owner, Sequence | Mapping):
            return self.container_method(node, name, owner)
        if isinstance(owner, Statistic):
            self.arguments(node)
            return self.grouped_rows(owner) if name in library.AGGREGATES_AS_ROWS else owner
        if isinstance(owner, Instance) and (made := self.object_method(node, name, owner)) is not None:
            return made
        if isinstance(owner, Constant) and name in library.COLUMNS_ONE_BY_ONE:  # ``df.dtypes.items()``
            return Sequence([Sequence([Constant("column"), UNKNOWN])])
        if owner is UNKNOWN and name in library.OF_FRAMES and isinstance(function.value, ast.Name | ast.Subscript):
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
        self.tried(node.func.attr if isinstance(node.func, ast.Attribute) else "", values)
        data = next((value for value in values if isinstance(value, Data)), None)
        if data is None:
            return UNKNOWN
        taints = frozenset(t for value in values if not isinstance(value, Statistic) for t in taints_of(value))
        return Data(data.rows, taints, data.predicted_by)

    @abstractmethod
    def block(self, body: list[ast.stmt]) -> bool:
        """Execute statements; the statement interpreter does."""

    @abstractmethod
    def pair(self, folds: Folds) -> Value:
        """Return the two indices of a split; the statement interpreter does."""


def _compares(node: ast.Call, values: list[Value]) -> bool:
    """Tell whether a function is given predictions, and something else that may be a column; options are none."""
    columns = [*values[: len(node.args)], *(value for value in values[len(node.args) :] if first_data(value))]
    return len(columns) > 1 and predictions(values) is not None


def _numbers_drawn(node: ast.Call, data: Data) -> Data:
    """Return the part that is drawn, where row numbers are: the others are left out of the bag."""
    return data if onto(data.rows, data.rows) is None else Data(Part(data.rows, f"drawn {id(node)}", "in"))


def _loads(name: str) -> bool:
    """Tell whether a function reads or makes a data set."""
    if name in library.NO_DATA:
        return False
    return name.startswith(library.LOADER_WORDS) or name.endswith(library.FRAME_SUFFIXES) or name in library.MAKERS
