"""Finds leakage in what happened to the models of a notebook.

The three kinds are those of Yang, Brower-Sinning, Lewis and Kästner, Data Leakage in Notebooks: Static Detection and
Better Processes (ASE 2022): preprocessing leakage, overlap leakage and multi-test leakage.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from offbook.analysis.learning.events import Copying, Fit, History, Use
from offbook.analysis.learning.rows import Rows, contained, copies_across, disjoint, has_side
from offbook.analysis.learning.values import Spot, Taint


class PreprocessingLeak(NamedTuple):
    """Statistics of rows that the model is later judged on went into what it learns from."""

    taint: Taint
    use: Use


class OverlapLeak(NamedTuple):
    """Rows, or copies of them, stand on both sides; ``copying`` says what made the copies."""

    use: Use
    copying: Copying | None


class MultiTestLeak(NamedTuple):
    """Several models are judged on the same rows, and no others are kept for the last word."""

    first: Use
    second: Use


def preprocessing_leaks(history: History) -> list[PreprocessingLeak]:
    """Return one leak for each place at which statistics were taken."""
    found: dict[Spot, PreprocessingLeak] = {}
    for use in history.uses:
        if not disjoint(use.trained.rows, use.rows):
            continue
        for taint in use.trained.taints:
            if taint.spot not in found and contained(use.rows, taint.rows):
                found[taint.spot] = PreprocessingLeak(taint, use)
    return list(found.values())


def overlap_leaks(history: History) -> list[OverlapLeak]:
    """Return one leak for each copying before a split, and for each fit on rows that are judged later."""
    found: dict[Spot, OverlapLeak] = {}
    for use in history.uses:
        trained = use.trained.rows
        if disjoint(trained, use.rows):
            copied = copies_across(trained, use.rows)
            if copied is not None:
                copying = history.copies[copied.place]
                found.setdefault(copying.spot, OverlapLeak(use, copying))
        elif use.scored and trained != use.rows and _nested(trained, use.rows):
            found.setdefault(use.fitted_at, OverlapLeak(use, None))
    return list(found.values())


def multi_test_leaks(history: History) -> Iterator[MultiTestLeak]:
    """Yield one leak for each test set on which several models are judged, where no other is kept for the end."""
    judged: dict[Rows, list[Use]] = {}
    for use in history.uses:
        if disjoint(use.trained.rows, use.rows):
            judged.setdefault(use.rows, []).append(use)
    for rows, uses in judged.items():
        scored = [use for use in uses if use.scored]
        models = {id(use.model): use for use in reversed(scored)}
        if len(models) < 2 or has_side(rows, "train") or _has_last_word(rows, judged):
            continue
        first, second = sorted(models.values(), key=scored.index)[:2]
        yield MultiTestLeak(first, second)


def fits_on_test(history: History) -> Iterator[Fit]:
    """Yield transformers that are fitted on the test side of a split."""
    for fit in history.fits:
        if has_side(fit.data.rows, "test"):
            yield fit


def _nested(left: Rows, right: Rows) -> bool:
    return contained(left, right) or contained(right, left)


def _has_last_word(rows: Rows, judged: dict[Rows, list[Use]]) -> bool:
    """Tell whether one single model is used on other held-out rows."""
    for other, uses in judged.items():
        if other != rows and disjoint(other, rows) and len({id(use.model) for use in uses}) == 1:
            return True
    return False
