"""Finds transformers that are fitted a second time, on rows that a model is only asked about."""

from __future__ import annotations

from collections.abc import Iterator

from offbook.analysis.learning import library
from offbook.analysis.learning.events import Fit, History
from offbook.analysis.learning.overlaps import contained
from offbook.analysis.learning.rows import disjoint, has_side


def refits(history: History) -> Iterator[Fit]:
    """Yield fits on other rows than any model learns from, where one of the kind was fitted for what a model learned.

    These rows are not the test side of a split (those are :func:`leakage.fits_on_test`'s) but another file, mostly.
    """
    for fit in history.fits:
        rows, name = fit.data.rows, fit.transformer.name
        if name in library.ROW_WISE or has_side(rows, "test"):
            continue
        asked = [use for use in history.uses if use.how in ("predicted", "scored") and contained(use.rows, rows)]
        if not asked or not all(disjoint(use.fitted.data.rows, rows) for use in history.uses):
            continue
        learned = [use.fitted.data.rows for use in asked]
        before = [other.data.rows for other in history.fits if other.transformer.name == name]
        if any(contained(trained, fitted) for trained in learned for fitted in before if disjoint(fitted, rows)):
            yield fit
