"""Compares the bounds of slices and masks, where they are written as numbers or as dates."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from offbook.text.patterns import pattern

_CUT = pattern(r"(?P<subject>.*?)\b(?:slice|edge below|edge above) (?P<bound>.*)", re.DOTALL)
_NUMBER = pattern(r"-?\d+(\.\d+)?")
_DATE = pattern(r"(?:[\w.]+\()?['\"](\d{4})[-/.]?(\d{1,2})?[-/.]?(\d{1,2})?(?:[ T][\d:.]*)?['\"]\)?")
BOTH = "both of "
"""How the cuts of masks begin that say what the cuts before them have said."""
_BEFORE = frozenset({"to", "below", "up to"})
_AFTER = frozenset({"from", "above"})
_EPOCH = date(1970, 1, 1)


class Interval(NamedTuple):
    """The bounds between which rows were chosen: of what, in which unit, from where, up to where."""

    subject: str
    kind: str
    start: float
    end: float


class _Bound(NamedTuple):
    """What is compared, the kind of bound (numbers from the start, from the end, days), and the bound."""

    subject: str
    kind: str
    value: float


def apart(cut: str, side: str, other: str, other_side: str) -> bool:
    """Tell whether one of two cuts takes what comes before a bound, and the other what comes after a later one.

    Dates that follow each other part rows, too: ``date < '2015-01-01'`` and ``date > '2014-12-31'``.
    """
    if _equals_beyond(cut, side, other, other_side) or _equals_beyond(other, other_side, cut, side):
        return True
    if side in _AFTER and other_side in _BEFORE:
        cut, side, other, other_side = other, other_side, cut, side
    if side not in _BEFORE or other_side not in _AFTER:
        return False
    low, high = _bound(cut), _bound(other)
    if low is None or high is None or low.subject != high.subject:
        return False
    if (low.kind, high.kind) == ("numbers", "from the end"):  # the first 800 and the last 200
        return True
    if low.kind != high.kind:
        return False
    return low.value <= high.value + (1 if low.kind == "days" else 0)


def interval(cuts: Iterable[tuple[str, str]]) -> Interval | None:
    """Return between which bounds some cuts choose rows; ``None`` where one is no slice or mask by a written bound.

    A slice that starts anew (``X[100:][50:]``) counts from another row: there are no bounds then.
    """
    found: Interval | None = None
    for cut, side in cuts:
        if cut.startswith(BOTH) and side == "in" and found is not None:
            continue
        bound = _bound(cut)
        if bound is None or bound.kind == "from the end" or side not in _BEFORE | _AFTER:
            return None
        whole = found or Interval(bound.subject, bound.kind, -math.inf, math.inf)
        sliced = not bound.subject.strip() and bound.kind == "numbers"
        if whole[:2] != bound[:2] or (sliced and side in _AFTER and found is not None):
            return None
        start, end = (whole.start, min(whole.end, bound.value)) if side in _BEFORE else (bound.value, whole.end)
        found = Interval(bound.subject, bound.kind, max(whole.start, start), end)
    return found if found is not None and found.start < found.end else None


def _equals_beyond(cut: str, side: str, other: str, other_side: str) -> bool:
    """Tell whether one mask takes a value, and the other what lies below or above it (``year == 3``, ``year < 3``)."""
    subject = cut.removesuffix(" equals")
    return subject != cut and any(
        other_side == beyond and other == f"{subject} edge {beyond} {side}" for beyond in ("below", "above")
    )


@lru_cache(maxsize=1000)
def _bound(cut: str) -> _Bound | None:
    found = _CUT.fullmatch(cut)
    if found is None:
        return None
    subject, bound = found["subject"], found["bound"]
    if _NUMBER.fullmatch(bound):
        return _Bound(subject, "from the end" if bound.startswith("-") and not subject else "numbers", float(bound))
    day = _DATE.fullmatch(bound)
    if day is None:
        return None
    try:
        days = date(int(day[1]), int(day[2] or 1), int(day[3] or 1)) - _EPOCH
    except ValueError:
        return None
    return _Bound(subject, "days", days / timedelta(days=1))
