"""What happens to models in a notebook, in the order in which it runs."""

from __future__ import annotations

from typing import NamedTuple

from offbook.analysis.learning.rows import Rows
from offbook.analysis.learning.values import Data, Estimator, Spot


class Use(NamedTuple):
    """A fitted model predicts, or is judged.

    Attributes:
        model: the model.
        trained: what it had been fitted on by then.
        fitted_at: where that happened.
        rows: what it predicts or is judged on.
        taints: the statistics on which those data depend.
        scored: whether a score was computed.
        spot: where.
    """

    model: Estimator
    trained: Data
    fitted_at: Spot
    rows: Rows
    scored: bool
    spot: Spot


class Fit(NamedTuple):
    """A transformer is fitted on data."""

    transformer: Estimator
    data: Data
    name: str
    spot: Spot


class Copying(NamedTuple):
    """Rows are copied or made up: what did it, and where."""

    by: str
    spot: Spot


class History(NamedTuple):
    """All events of a notebook; ``copies`` are by the place that a :class:`rows.Copied` has."""

    uses: list[Use]
    fits: list[Fit]
    copies: dict[int, Copying]
