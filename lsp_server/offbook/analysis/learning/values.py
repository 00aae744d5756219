"""What a name holds, as far as machine learning is concerned."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import NamedTuple

from offbook.analysis.learning.rows import Rows
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


@dataclass(frozen=True, slots=True)
class Data:
    """Rows of data. ``columns`` are the columns' names where one was chosen; predictions name their model."""

    rows: Rows
    taints: frozenset[Taint] = frozenset()
    predicted_by: Estimator | None = None


@dataclass(frozen=True, slots=True)
class Statistic:
    """Numbers taken from rows; what they are put into depends on those rows."""

    taints: frozenset[Taint]


@dataclass(eq=False, slots=True)
class Estimator:
    """An object with ``fit``: a model, a transformer, a resampler, a search, a pipeline.

    Attributes:
        kind: ``model``, ``transformer``, ``stateless`` (its fit learns nothing that matters), ``oversampler``,
            ``undersampler``, ``clusterer`` or ``splitter``.
        name: the class's name.
        spot: where it was made.
        trained: the data it was fitted on, the last time.
        fits: the taints that its transform adds.
    """

    kind: str
    name: str
    spot: Spot
    trained: Data | None = None
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
    """What ``KFold().split(X)`` yields: pairs of indices."""

    cut: str


@dataclass(eq=False, slots=True)
class Function:
    """A function of the notebook, and the cell that defines it."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    cell: CellId


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
    Reference | Data | Statistic | Estimator | Sequence | Mapping | Cut | Folds | Function | Method | Constant | Unknown
)
UNKNOWN = Unknown()


def taints_of(value: Value) -> frozenset[Taint]:
    """Return on whose statistics a value depends."""
    if isinstance(value, Data | Statistic):
        return value.taints
    if isinstance(value, Sequence):
        return frozenset(taint for item in value.items for taint in taints_of(item))
    return frozenset()


def first_data(value: Value) -> Data | None:
    """Return the value as data: itself, or the first data in a sequence."""
    if isinstance(value, Data):
        return value
    if isinstance(value, Sequence):
        return next((found for item in value.items if (found := first_data(item)) is not None), None)
    return None
