"""What a name holds, as far as machine learning is concerned."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from offbook.analysis.learning.rows import Part, Rows
from offbook.notebook import CellId


class Spot(NamedTuple):
    """A place in the notebook's code."""

    cell: CellId
    node: ast.expr


class Taint(NamedTuple):
    """A value depends on statistics of some rows: the scaler's mean, a vocabulary, a median filled in.

    Attributes:
        rows: the rows that the statistics were taken from.
        spot: where that happened.
        by: what took them (``StandardScaler``, ``mean``).
    """

    rows: Rows
    spot: Spot
    by: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A module, or a function or class of a library, by its dotted name."""

    path: str


@dataclass(eq=False, slots=True)
class Frame:
    """The object behind a name: what is written into it shows under every name that it has."""

    taints: frozenset[Taint] = frozenset()


@dataclass(frozen=True, slots=True)
class Data:
    """Rows of data; predictions name their model. ``frame`` is the object, for data that have a name."""

    rows: Rows
    taints: frozenset[Taint] = frozenset()
    predicted_by: Fitted | None = None
    frame: Frame | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Statistic:
    """Numbers taken from rows; what they are put into depends on those rows."""

    taints: frozenset[Taint]


@dataclass(eq=False, frozen=True, slots=True)
class Fitted:
    """A model as one call of ``fit`` left it.

    Attributes:
        model: the model.
        data: what it learned from.
        number: the number of the fit: fitted again, it is another model.
        spot: where it was fitted.
        validated: whether the fit itself held rows back (``oob_score=True``).
        compared: for predictions, whether they are compared with something (``y_pred == y_test``).
        branches: the sides of ``if`` statements on which it was fitted.
    """

    model: Estimator
    data: Data
    number: int
    spot: Spot
    validated: bool = False
    compared: bool = False
    branches: frozenset[tuple[int, int, str]] = frozenset()


@dataclass(eq=False, slots=True)
class Estimator:
    """An object with ``fit``: a model, a transformer, a resampler, a search, a pipeline.

    Attributes:
        kind: ``model``, ``transformer``, ``stateless`` (its fit learns nothing that matters), ``oversampler``,
            ``undersampler``, ``clusterer``, ``generator`` or ``splitter``.
        name: the class's name.
        spot: where it was made.
        call: the call that made it.
        fitted: the last fit.
        fits: the taints that its transform adds.
    """

    kind: str
    name: str
    spot: Spot
    call: ast.Call | None = None
    fitted: Fitted | None = None
    fits: frozenset[Taint] = frozenset()


@dataclass(eq=False, slots=True)
class Sequence:
    """A tuple or list whose elements are known."""

    items: list[Value] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Mapping:
    """A dictionary, by the text of its keys."""

    items: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cut:
    """Something that chooses rows: indices of a split, a mask. ``cut`` and ``side`` are those of a part."""

    cut: str
    side: str
    inverse: str = ""


@dataclass(frozen=True, slots=True)
class Folds:
    """What ``KFold().split(X)`` yields: pairs of indices. A ``single`` pair is a plain split."""

    cut: str
    single: bool = False


@dataclass(eq=False, slots=True)
class Function:
    """A function of the notebook, the cell that defines it, and the variables around it."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    cell: CellId
    around: dict[str, Value] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class UserClass:
    """A class of the notebook, the cell that defines it, and the variables around it."""

    node: ast.ClassDef
    cell: CellId
    around: dict[str, Value] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class Instance:
    """An object of a class of the notebook: the class's methods, and what is stored in the object."""

    methods: dict[str, Function]
    attributes: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Method:
    """An attribute of a value, about to be called or read."""

    owner: Value
    name: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal, or an expression whose text identifies it (``len(train)``)."""

    text: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Anything else."""


Value = (
    Reference
    | Data
    | Statistic
    | Estimator
    | Sequence
    | Mapping
    | Cut
    | Folds
    | Function
    | UserClass
    | Instance
    | Method
    | Constant
    | Unknown
)
UNKNOWN = Unknown()
EACH = "each"
"""The cut of a loop over rows."""


@dataclass(eq=False, slots=True)
class Scope:
    """The variables of the notebook, or of a function that is entered.

    Attributes:
        names: the variables.
        around: those of the function around it.
        shared: the names that it declares global.
    """

    names: dict[str, Value] = field(default_factory=dict)
    around: dict[str, Value] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)


def named(value: Value) -> Value:
    """Return what a name gets: data that have a name are an object."""
    if isinstance(value, Data) and value.frame is None:
        return Data(value.rows, value.taints, value.predicted_by, Frame())
    return value


def current(value: Value) -> Value:
    """Return data as they are now, with all that was written into the object."""
    if isinstance(value, Data) and value.frame is not None and not value.frame.taints <= value.taints:
        return Data(value.rows, value.taints | value.frame.taints, value.predicted_by, value.frame)
    return value


def one_by_one(data: Data) -> Data:
    """Return what a loop over rows takes: one row at a time, of which no statistics of others can be taken."""
    return Data(Part(data.rows, EACH, "one"), data.taints, data.predicted_by)


def is_one(data: Data) -> bool:
    """Tell whether data are one row of a loop over rows."""
    return isinstance(data.rows, Part) and data.rows.cut == EACH


def collected(value: Value) -> Value:
    """Return what a list of single rows holds: the rows again."""
    if isinstance(value, Data) and isinstance(value.rows, Part) and value.rows.cut == EACH:
        return Data(value.rows.parent, value.taints, value.predicted_by)
    return named(value)


def parts_of(value: Value) -> Iterator[Data]:
    """Yield all data in a value: itself, or those in a sequence or dictionary."""
    if isinstance(value, Data):
        yield value
    elif isinstance(value, Sequence):
        for item in value.items:
            yield from parts_of(item)
    elif isinstance(value, Mapping):
        for item in value.items.values():
            yield from parts_of(item)


def taints_of(value: Value) -> frozenset[Taint]:
    """Return on whose statistics a value depends."""
    if isinstance(value, Data | Statistic):
        return value.taints
    if isinstance(value, Sequence | Mapping):
        items = value.items if isinstance(value, Sequence) else value.items.values()
        return frozenset(taint for item in items for taint in taints_of(item))
    return frozenset()


def first_data(value: Value) -> Data | None:
    """Return the value as data: itself, or the first data in a sequence or dictionary."""
    return value if isinstance(value, Data) else next(parts_of(value), None)


def compared(fitted: Fitted | None, other: Value) -> Fitted | None:
    """Return the model of predictions that meet a value; a number is no truth to compare with."""
    if fitted is None or fitted.compared or isinstance(other, Constant | Statistic):
        return fitted
    return replace(fitted, compared=True)


def predictions(values: Iterable[Value]) -> Fitted | None:
    """Return the model whose predictions are among the values."""
    return next((data.predicted_by for value in values for data in parts_of(value) if data.predicted_by), None)
