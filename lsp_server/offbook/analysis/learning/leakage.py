"""Finds leakage in what happened to the models of a notebook.

The three kinds are those of Yang, Brower-Sinning, Lewis and Kästner, Data Leakage in Notebooks: Static Detection and
Better Processes (ASE 2022): preprocessing leakage, overlap leakage and multi-test leakage.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import NamedTuple

from offbook.analysis.learning import library
from offbook.analysis.learning.events import Copying, Fit, History, Use
from offbook.analysis.learning.names import VALIDATION, side_of
from offbook.analysis.learning.overlaps import contained, drawn_apart, overlapping, spread
from offbook.analysis.learning.rows import (
    ANYTHING,
    IMAGES,
    Part,
    Rows,
    Source,
    copies_across,
    cuts_of,
    disjoint,
    has_side,
    is_cut,
    key_of,
    nested,
    paths,
)
from offbook.analysis.learning.values import PREDICTIONS, Spot, Taint

_LABELLED = ("split", "loaded", "unpacked", "folds", "sample")
"""Cuts whose both sides have a truth to compare with; a file of its own may have none (a competition's test file)."""
_AT_RANDOM = ("split", "folds", "cross-validation", "sample")
"""Cuts whose sides have rows of every part of the data."""
_ONCE = ("split ", "loaded ", "unpacked ")
"""Cuts that are made once, and not in folds."""
_FILES = (*library.LOADER_WORDS, "load", IMAGES)
"""How the names of those data sets begin that are read from files."""


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
        base = use.rows.parent if use.how == "watched" and isinstance(use.rows, Part) else use.base
        if base is not None and _is_tested_elsewhere(base, history):
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
        elif use.fitted.target == PREDICTIONS:  # it imitates another model, to explain it
            continue
        elif use.how in ("scored", "watched") and contained(use.rows, trained):
            if has_side(use.rows, "test") and (not has_side(trained, "test") or _learned_test_rows(use, history)):
                found.setdefault(use.fitted.spot, OverlapLeak(use, None))
            elif alone is None and not use.fitted.validated and not _is_held_out_for(use, history):
                alone = OverlapLeak(use, None, alone=True)
        elif use.how == "scored" and (
            drawn_apart(trained, use.rows) or overlapping(trained, use.rows) or _is_whole(use, history)
        ):
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
        if name in library.ROW_WISE or (name in library.LABEL_ENCODERS and name not in of_training):
            continue
        if has_side(fit.data.rows, "test"):
            yield fit


def _repeated(uses: list[Use]) -> MultiTestLeak | None:
    """Return how one test set is used again: by another model, or to watch a model and then to judge it."""
    judging = [use for use in uses if use.how != "predicted"]
    if not judging or (has_side(uses[0].rows, VALIDATION) and all(use.how == "watched" for use in uses)):
        return None
    counted = uses if is_cut(uses[0].rows, _LABELLED) else judging
    by_fit: dict[int, Use] = {}
    for use in counted:
        if use.how == "scored" and by_fit.get(use.fitted.number, use).how != "scored":
            by_fit[use.fitted.number] = use
        by_fit.setdefault(use.fitted.number, use)
    for first, second in combinations(by_fit.values(), 2):
        if not _excluded(first, second) and not _predict_different_columns(first, second):
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


def _predict_different_columns(one: Use, other: Use) -> bool:
    targets = {one.fitted.target, other.fitted.target}
    return len(targets) == 2 and "" not in targets


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
        if not _are_kept(others) or any(not disjoint(use.fitted.data.rows, other) for use in uses):
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


def _position(taint: Taint) -> tuple[int, int, str]:
    return taint.spot.node.lineno, taint.spot.node.col_offset, taint.by


def _shares(rows: Rows, taken: Rows) -> bool:
    """Tell whether statistics were taken from some of these rows, and not only from others of the same file."""
    if disjoint(rows, taken):
        return False
    return nested(rows, taken) or (is_cut(rows, _AT_RANDOM) and not is_cut(taken, ("index ",)))


def _are_kept(uses: list[Use]) -> bool:
    """Tell whether rows are a test set: not a few examples or a grid that are made up to be predicted."""
    if any(use.how != "predicted" for use in uses) or is_cut(uses[0].rows, _LABELLED):
        return True
    names = [source.name for source, _ in paths(uses[0].rows)]
    return any(name.startswith(_FILES) or side_of(name) for name in names)


def _learned_test_rows(judged: Use, history: History) -> bool:
    """Tell whether a model learned from the test side of a split, of which another learned from the training side.

    The test sides of folds are all rows together, as where a model learns from the predictions of others.
    """
    rows = judged.fitted.data.rows
    if not isinstance(rows, Part) or rows.side != "test" or not rows.cut.startswith(_ONCE):
        return False
    others = Part(rows.parent, rows.cut, "train")
    return any(contained(use.fitted.data.rows, others) for use in history.uses)


def _is_whole(judged: Use, history: History) -> bool:
    """Tell whether a model that learned from a part of the rows is judged on all, and none is on the others alone."""
    if not spread(judged.fitted.data.rows, judged.rows):
        return False
    return not any(use.how == "validated" or disjoint(use.rows, use.fitted.data.rows) for use in history.uses)


def _is_held_out_for(judged: Use, history: History) -> bool:
    """Tell whether any model of a name, or of the same rows, is judged on rows that it may not have seen."""
    for use in history.uses:
        learned = use.fitted
        same = learned.model.name == judged.fitted.model.name or not disjoint(learned.data.rows, judged.rows)
        if use.how == "validated":
            told = _is_told(use)
        else:
            told = not contained(use.rows, learned.data.rows) and _are_kept([use])
        if same and told:
            return True
    return False


def _is_told(validated: Use) -> bool:
    """Tell whether anybody learns how a validated model did: a search tells it where it is asked."""
    model = validated.fitted.model
    return model.told or not model.name.endswith("SearchCV")


def _is_tested_elsewhere(base: Rows, history: History) -> bool:
    """Tell whether a model that learned from these rows is judged on others: the folds are not the last word."""
    for use in history.uses:
        has_truth = use.how != "predicted" or is_cut(use.rows, _LABELLED)
        if use.base is None and has_truth and disjoint(base, use.rows) and not disjoint(use.fitted.data.rows, base):
            return True
    return False
