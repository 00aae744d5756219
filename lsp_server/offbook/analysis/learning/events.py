"""What happens to models in a notebook, in the order in which it runs."""

from __future__ import annotations

from typing import Literal, NamedTuple

from offbook.analysis.learning.rows import Rows
from offbook.analysis.learning.values import Data, Estimator, Fitted, Spot

How = Literal["scored", "predicted", "watched", "validated"]
"""A score is computed; there are predictions; ``validation_data`` and ``eval_set``; cross-validation."""


class Use(NamedTuple):
    """A fitted model predicts, or is judged.

    Attributes:
        fitted: the model, as it was then.
        rows: what it predicts or is judged on.
        how: what is done with the rows.
        spot: where.
        base: for cross-validation and loops over folds, the rows that the folds are cut from; else ``None``.
    """

    fitted: Fitted
    rows: Rows
    how: How
    spot: Spot
    base: Rows | None = None


class Fit(NamedTuple):
    """A transformer is fitted on data."""

    transformer: Estimator
    data: Data
    name: str
    spot: Spot


class Transformation(NamedTuple):
    """A fitted transformer changes data."""

    transformer: Estimator
    data: Data
    spot: Spot


class Copying(NamedTuple):
    """Rows are copied or made up: what did it, and where. ``windows`` that overlap hold rows several times."""

    by: str
    spot: Spot
    windows: bool = False


class History(NamedTuple):
    """All events of a notebook.

    ``copies`` are by the place that a :class:`rows.Copied` has, ``splits`` by the cut that they make.
    """

    uses: list[Use]
    fits: list[Fit]
    transformations: list[Transformation]
    copies: dict[int, Copying]
    splits: dict[str, Spot]
