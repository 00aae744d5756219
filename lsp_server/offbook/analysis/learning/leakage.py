"""Finds leakage in what happened to the models of a notebook.

The three kinds are those of Yang, Brower-Sinning, Lewis and Kästner, Data Leakage in Notebooks: Static Detection and
Better Processes (ASE 2022): preprocessing leakage, overlap leakage and multi-test leakage.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from offbook.analysis.learning.events import Copying, Fit, History, Use
from offbook.analysis.learning.library import LABEL_ENCODERS, ROW_WISE
from offbook.analysis.learning.names import side_of
from offbook.analysis.learning.rows import (
    ANYTHING,
    Rows,
    Source,
    contained,
    copies_across,
    cuts_of,
    disjoint,
    drawn_apart,
    has_side,
    is_cut,
    key_of,
    overlapping,
    paths,
)
from offbook.analysis.learning.values import Spot, Taint

_LABELLED = ("split", "loaded", "unpacked", "folds", "sample")
"""Cuts whose both sides have a truth to compare with; a file of its own may have none (a competition's test file)."""


class PreprocessingLeak(NamedTuple):
    """Statistics of rows that the model is later judged on went into what it learns from."""

    taint: Taint
    use: Use


class OverlapLeak(NamedTuple):
    """Rows, or copies of them, stand on both sides; ``copying`` says what made the copies.

    Where ``alone`` is true, the model is judged on nothing but what it learned from.
    """

    use: Use
    copying: Copying | None
    alone: bool = False


class MultiTestLeak(NamedTuple):
    """Several models, or one model again, are judged on the same rows, and no others are kept for the last word."""

    first: Use
    second: Use


def preprocessing_leaks(history: History) -> list[PreprocessingLeak]:
    """Return one leak for each place at which statistics were taken."""
    found: dict[Spot, PreprocessingLeak] = {}
    for use in history.uses:
        if not use.fitted.data.taints or not disjoint(use.fitted.data.rows, use.rows):
            continue
        if use.base is not None and _is_tested_elsewhere(use.base, history):
            continue
        for taint in sorted(use.fitted.data.taints, key=_position):
            if taint.spot not in found and _shares(use.rows, taint.rows):
                found[taint.spot] = PreprocessingLeak(taint, use)
    return list(found.values())


def overlap_leaks(history: History) -> list[OverlapLeak]:
    """Return one leak for each copying before a split, each fit on test rows, and all models judged on nothing else."""
    found: dict[Spot, OverlapLeak] = {}
    alone: OverlapLeak | None = None
    for use in history.uses:
        trained = use.fitted.data.rows
        if disjoint(trained, use.rows):
            copied = copies_across(trained, use.rows)
            if copied is not None and not (use.base is not None and _is_tested_elsewhere(use.base, history)):
                copying = history.copies[copied.place]
                found.setdefault(copying.spot, OverlapLeak(use, copying))
        elif use.how == "scored" and contained(use.rows, trained):
            if has_side(use.rows, "test") and not has_side(trained, "test"):
                found.setdefault(use.fitted.spot, OverlapLeak(use, None))
            elif alone is None and not use.fitted.validated and not _is_held_out_for(use, history):
                alone = OverlapLeak(use, None, alone=True)
        elif use.how == "scored" and (drawn_apart(trained, use.rows) or overlapping(trained, use.rows)):
            found.setdefault(use.fitted.spot, OverlapLeak(use, None))
    return [*found.values(), *([] if alone is None else [alone])]


def multi_test_leaks(history: History) -> Iterator[MultiTestLeak]:
    """Yield one leak for each test set that is used again, where no other is kept for the end."""
    judged: dict[object, list[Use]] = {}
    for use in history.uses:
        if isinstance(use.rows, Source) and use.rows.name.startswith(ANYTHING):
            continue
        if use.base is None and disjoint(use.fitted.data.rows, use.rows):
            judged.setdefault(key_of(use.rows), []).append(use)
        elif use.how == "validated" and use.base is not None and has_side(use.base, "test"):
            judged.setdefault(key_of(use.base), []).append(use._replace(rows=use.base))
    for uses in judged.values():
        if has_side(uses[0].rows, "train") and not has_side(uses[0].rows, "test"):
            continue
        leak = _repeated(uses)
        if leak is not None and not _has_last_word(uses, judged.values()):
            yield leak


def split_of(history: History, use: Use) -> Spot | None:
    """Return where the rows of a use were split off; ``None`` where no call did."""
    return next((history.splits[cut] for cut in cuts_of(use.rows) if cut in history.splits), None)


def fits_on_test(history: History) -> Iterator[Fit]:
    """Yield transformers that are fitted on the test side of a split; not those whose fit learns nothing.

    An encoder of labels that sees the test labels alone gives them numbers for a metric, and meets no other numbers.
    """
    of_training = {fit.transformer.name for fit in history.fits if has_side(fit.data.rows, "train")}
    for fit in history.fits:
        name = fit.transformer.name
        if name in ROW_WISE or (name in LABEL_ENCODERS and name not in of_training):
            continue
        if has_side(fit.data.rows, "test"):
            yield fit


def _repeated(uses: list[Use]) -> MultiTestLeak | None:
    """Return how one test set is used again: by another model, or to watch a model and then to judge it."""
    judging = [use for use in uses if use.how != "predicted"]
    if not judging:
        return None
    counted = uses if is_cut(uses[0].rows, _LABELLED) else judging
    by_fit: dict[int, Use] = {}
    for use in counted:
        if use.how == "scored" and by_fit.get(use.fitted.number, use).how != "scored":
            by_fit[use.fitted.number] = use
        by_fit.setdefault(use.fitted.number, use)
    first, *others = by_fit.values()
    second = next((use for use in others if not _excluded(first, use)), None)
    if second is not None:
        return MultiTestLeak(first, second)
    watching = [use for use in uses if use.how == "watched"]
    return next((leak for use in watching if (leak := _judged_as_watched(use, uses))), None)


def _judged_as_watched(watching: Use, uses: list[Use]) -> MultiTestLeak | None:
    """Return that a model is judged on the rows on which it was watched while it learned."""
    same = [use for use in uses if use.fitted.number == watching.fitted.number]
    for how in ("scored", "predicted"):
        asked = next((use for use in same if use.how == how), None)
        if asked is not None:
            return MultiTestLeak(watching, asked)
    return None


def _excluded(one: Use, other: Use) -> bool:
    """Tell whether two models cannot both be fitted in one run: on the two sides of an ``if``."""
    sides = {(node, number): side for node, number, side in one.fitted.branches}
    return any(sides.get((node, number), side) != side for node, number, side in other.fitted.branches)


def _has_last_word(uses: list[Use], judged: Iterable[list[Use]]) -> bool:
    """Tell whether one model, of those that learn from the same rows, is used on other held-out rows."""
    rows = uses[0].rows
    for others in judged:
        other = others[0].rows
        if not (disjoint(other, rows) or _is_foreign(others, uses)) or has_side(other, "train"):
            continue
        asking = {(use.fitted.spot, use.fitted.model.spot) for use in others if use.how != "watched"}
        if not _are_kept(others):
            continue
        related = any(not disjoint(use.fitted.data.rows, uses[0].fitted.data.rows) for use in others)
        if len(asking) == 1 and related:
            return True
    return False


def _is_foreign(others: list[Use], uses: list[Use]) -> bool:
    """Tell whether a judged model predicts rows that are no known part of the others: another column's."""
    other = others[0].rows
    judged = {use.fitted.number for use in uses}
    if is_cut(other, _LABELLED) or any(use.how != "predicted" or use.fitted.number not in judged for use in others):
        return False
    known = [use.rows for use in uses] + [use.fitted.data.rows for use in uses]
    return not any(contained(other, rows) or contained(rows, other) for rows in known)


def _position(taint: Taint) -> tuple[int, int]:
    return taint.spot.node.lineno, taint.spot.node.col_offset


def _shares(rows: Rows, taken: Rows) -> bool:
    """Tell whether statistics were taken from some of these rows; not where only an index's name is known."""
    return not disjoint(rows, taken) and (contained(rows, taken) or not is_cut(taken, ("index ",)))


def _are_kept(uses: list[Use]) -> bool:
    """Tell whether rows are a test set: not a few examples or a grid that are made up to be predicted."""
    if any(use.how != "predicted" for use in uses):
        return True
    return not all(source.name.startswith("unseen") and not side_of(source.name) for source, _ in paths(uses[0].rows))


def _is_held_out_for(judged: Use, history: History) -> bool:
    """Tell whether any model of a name, or of the same rows, is judged on rows that it may not have seen."""
    for use in history.uses:
        learned = use.fitted
        same = learned.model.name == judged.fitted.model.name or not disjoint(learned.data.rows, judged.rows)
        if same and (use.how == "validated" or (not contained(use.rows, learned.data.rows) and _are_kept([use]))):
            return True
    return False


def _is_tested_elsewhere(base: Rows, history: History) -> bool:
    """Tell whether a model that learned from these rows is judged on others: the folds are not the last word."""
    for use in history.uses:
        if use.base is None and disjoint(base, use.rows) and not disjoint(use.fitted.data.rows, base):
            return True
    return False
