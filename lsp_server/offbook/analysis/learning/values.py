"""What a name holds, as far as machine learning is concerned."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

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


class Reference(Struct, frozen=True):
    """A module, or a function or class of a library, by its dotted name."""

    path: str


class Frame(Struct, eq=False):
    """The object behind a name: what is written into it shows under every name that it has.

    ``predicted`` are the columns that hold predictions, by their names. ``written`` counts what was written into it;
    ``made_of`` is what a split made it of: made again of the same, it holds the same.
    """

    taints: frozenset[Taint] = frozenset()
    predicted: dict[str, Fitted] = field(default_factory=dict)
    written: int = 0
    made_of: tuple[object, ...] = ()

    @property
    def state(self) -> tuple[object, ...]:
        """What stays the same as long as the object holds the same values."""
        return (self.written, *(self.made_of or (self,)))


class Data(Struct, frozen=True):
    """Rows of data; predictions name their model. ``frame`` is the object, for data that have a name.

    Objects with the same rows, taints and model are equal.
    """

    rows: Rows
    taints: frozenset[Taint] = frozenset()
    predicted_by: Fitted | None = None
    frame: Frame | None = None

    @property
    def _compared(self) -> tuple[object, ...]:
        return self.rows, self.taints, self.predicted_by

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Data) and self._compared == other._compared

    def __hash__(self) -> int:
        return hash(self._compared)


class Statistic(Struct, frozen=True):
    """Numbers taken from rows; what they are put into depends on those rows. ``grouped``: one row for each group."""

    taints: frozenset[Taint]
    grouped: bool = False


class Fitted(Struct, frozen=True, eq=False):
    """A model as one call of ``fit`` left it.

    Attributes:
        model: the model.
        data: what it learned from.
        number: the number of the fit: fitted again, it is another model.
        spot: where it was fitted.
        validated: whether the fit itself held rows back (``oob_score=True``).
        compared: for predictions, whether they are compared with something (``y_pred == y_test``).
        branches: the sides of ``if`` statements on which it was fitted.
        target: the column that it learns to predict, where that is written (``train["price"]``), or ``PREDICTIONS``.
    """

    model: Estimator
    data: Data
    number: int
    spot: Spot
    validated: bool = False
    compared: bool = False
    branches: frozenset[tuple[int, int, str]] = frozenset()
    target: str = ""


class Estimator(Struct, eq=False):
    """An object with ``fit``: a model, a transformer, a resampler, a search, a pipeline.

    Attributes:
        kind: ``model``, ``transformer``, ``stateless`` (its fit learns nothing that matters), ``oversampler``,
            ``undersampler``, ``clusterer``, ``generator`` or ``splitter``.
        name: the class's name.
        spot: where it was made.
        call: the call that made it.
        fitted: the last fit.
        fits: the taints that its transform adds.
        given: the taints of what it was made of: layers of keras that were adapted, a vocabulary.
        viewer: whether it only draws a model, which it fits where that is not done yet.
        changed: whether a parameter was set since the last fit.
        told: for a search, whether its own scores were asked for.
    """

    kind: str
    name: str
    spot: Spot
    call: ast.Call | None = None
    fitted: Fitted | None = None
    fits: frozenset[Taint] = frozenset()
    given: frozenset[Taint] = frozenset()
    viewer: bool = False
    changed: bool = False
    told: bool = False


class Sequence(Struct, eq=False):
    """A tuple or list whose elements are known."""

    items: list[Value] = field(default_factory=list)


class Mapping(Struct, eq=False):
    """A dictionary, by the text of its keys."""

    items: dict[str, Value] = field(default_factory=dict)


class Cut(Struct, frozen=True):
    """Something that chooses rows: indices of a split, a mask. ``cut`` and ``side`` are those of a part.

    ``within`` are the masks of which it takes what all take; what it leaves is known by its own cut alone.
    """

    cut: str
    side: str
    inverse: str = ""
    within: tuple[Cut, ...] = ()


class Folds(Struct, frozen=True):
    """What ``KFold().split(X)`` yields: pairs of indices. A ``single`` pair is a plain split."""

    cut: str
    single: bool = False


class Function(Struct, eq=False):
    """A function of the notebook, the cell that defines it, and the variables around it."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    cell: CellId
    around: dict[str, Value] = field(default_factory=dict)


class UserClass(Struct, eq=False):
    """A class of the notebook, the cell that defines it, and the variables around it."""

    node: ast.ClassDef
    cell: CellId
    around: dict[str, Value] = field(default_factory=dict)


class Instance(Struct, eq=False):
    """An object of a class of the notebook: the class's methods, and what is stored in the object."""

    methods: dict[str, Function]
    attributes: dict[str, Value] = field(default_factory=dict)


class Method(Struct, frozen=True):
    """An attribute of a value, about to be called or read."""

    owner: Value
    name: str


class Constant(Struct, frozen=True):
    """A literal, or an expression whose text identifies it (``len(train)``)."""

    text: str


class Unknown(Struct, frozen=True):
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
PREDICTIONS = "predictions"
"""The target of a model that imitates another."""
EACH = "each"
"""The cut of a loop over rows."""
ROUND = "round "
"""How the text of a loop's number begins."""


class Loop(Struct, eq=False):
    """A loop that is running.

    Attributes:
        names: what it binds.
        dense: whether it counts in steps of one.
        over: what it goes over.
        branches: how many sides of ``if`` statements are executed around it.
        start: the number of the round before its first, as rounds of all loops are counted.
        round: the number of its round.
    """

    names: frozenset[str]
    over: ast.expr | None = None
    dense: bool = False
    branches: int = 0
    start: int = 0
    round: int = 0


class Scope(Struct, eq=False):
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
    """Tell whether data are one row of a loop over rows, or one window that slides over them."""
    return _looped_over(data.rows) is not None


def _looped_over(rows: Rows) -> Rows | None:
    """Return the rows of which a loop takes one, or a window ``rows[i : i + 30]``; ``None`` for other rows.

    Of one row, slices may be taken (the start of a sound): it stays one row, but for its mirror image.
    """
    if not isinstance(rows, Part) or rows.cut == EACH:
        return rows.parent if isinstance(rows, Part) else None
    start = rows.parent
    whole = _looped_over(start)
    if whole is not None:
        return Part(whole, rows.cut, rows.side) if rows.cut.startswith("mirrored") else whole
    slides = isinstance(start, Part) and all(f" {ROUND}" in part.cut for part in (start, rows))
    return start.parent if isinstance(start, Part) and slides and (start.side, rows.side) == ("from", "to") else None


def collected(value: Value) -> Value:
    """Return what a list of single rows holds: the rows again."""
    rows = _looped_over(value.rows) if isinstance(value, Data) else None
    if isinstance(value, Data) and rows is not None:
        return Data(rows, value.taints, value.predicted_by)
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
