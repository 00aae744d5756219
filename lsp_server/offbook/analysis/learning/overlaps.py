"""Tells which values certainly share rows: by what was cut, between which bounds, and by what was drawn at random."""

from __future__ import annotations

from collections.abc import Iterator

from offbook.analysis.learning.bounds import interval
from offbook.analysis.learning.rows import Copied, Rows, Step, cuts_along, paths

Cuts = list[tuple[str, str]]
"""The cuts of a way from a data set, and the sides that were taken."""
_IN_ORDER = ("split in order ", "split of a generator")


def contained(inner: Rows, outer: Rows) -> bool:
    """Tell whether all rows of the first value are certainly rows of the second, or were before some were copied."""
    wholes = list(paths(outer))
    return all(
        any(source == whole and _within(steps, made) for whole, made in wholes) for source, steps in paths(inner)
    )


def drawn_apart(left: Rows, right: Rows) -> bool:
    """Tell whether two values are samples of the same rows, or sides of two splits, with no regard to each other."""
    return any(
        (_is_drawn(one) and _is_drawn(other, masked=True)) or (_is_drawn(one, masked=True) and _is_drawn(other))
        for one, other in _ways_apart(left, right)
    )


def spread(trained: Rows, judged: Rows) -> bool:
    """Tell whether a part of all rows, drawn or the first of them, meets all of them, or a choice of them."""
    if any(isinstance(step, Copied) for _, steps in paths(judged) for step in steps):  # of windows, some were chosen
        return False
    for one, other in _ways_apart(trained, judged):
        if _is_drawn(one) and all(_is_plain(cut) for cut, _ in other):
            return True
        if not other and all(cut.startswith(("slice ", "split ")) for cut, _ in one):
            return True
    return False


def overlapping(trained: Rows, judged: Rows) -> bool:
    """Tell whether two slices or masks between written bounds share rows, and each has others.

    For instance ``X[:900]`` and ``X[800:]``, or ``df.year <= 2015`` and ``df.year >= 2014``.
    """
    ways = list(_ways_apart(trained, judged))
    if len(ways) != 1 or len(list(paths(trained))) != 1 or len(list(paths(judged))) != 1:
        return False
    one, other = (interval(cuts) for cuts in ways[0])
    if one is None or other is None or one[:2] != other[:2]:
        return False
    return one.start < other.start < one.end < other.end or other.start < one.start < other.end < one.end


def _within(steps: tuple[Step, ...], made: tuple[Step, ...]) -> bool:
    """Tell whether one way leads through another, or between bounds that lie within the other's."""
    inner, outer = _beyond(cuts_along(steps), cuts_along(made))
    if not outer:
        return True
    whole = interval(outer)
    if whole is None:
        return False
    return any(
        part is not None and part[:2] == whole[:2] and whole.start <= part.start and part.end <= whole.end
        for part in (interval(inner[:count]) for count in range(1, len(inner) + 1))
    )


def _ways_apart(left: Rows, right: Rows) -> Iterator[tuple[Cuts, Cuts]]:
    """Yield by which cuts two values came from the rows that they have in common; none that both made."""
    for source, steps in paths(left):
        for other, others in paths(right):
            if source != other:
                continue
            one, two = _beyond(cuts_along(steps), cuts_along(others))
            if not {cut for cut, _ in one} & {cut for cut, _ in two}:
                yield one, two


def _beyond(one: Cuts, other: Cuts) -> tuple[Cuts, Cuts]:
    """Return what is left of two ways where they part."""
    common = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        common += 1
    return one[common:], other[common:]


def _is_drawn(cuts: Cuts, *, masked: bool = False) -> bool:
    """Tell whether rows were drawn at random, and by nothing else but masks where these are allowed."""
    chosen = [(cut, side) for cut, side in cuts if not (masked and _is_plain(cut))]
    return bool(chosen) and all(
        (cut.startswith("split ") and not cut.startswith(_IN_ORDER))
        or (side == "in" and (cut.startswith(("sample ", "kept ")) or cut.endswith(" drawn")))
        for cut, side in chosen
    )


def _is_plain(cut: str) -> bool:
    """Tell whether a cut is a slice, or a mask on a column."""
    return cut.startswith("slice ") or " edge " in cut or cut.endswith(" equals")
