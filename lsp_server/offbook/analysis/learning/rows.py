"""Which rows of which data set a value holds, as far as the code tells.

A set of rows is a path: from the data set it was read from, through the cuts that were made. Two paths that took
different sides of the same cut have no row in common, unless rows were copied before that cut (oversampling): then a
copy may stand on the other side. This is the row relation of Yang, Brower-Sinning, Lewis and Kästner, Data Leakage in
Notebooks: Static Detection and Better Processes (ASE 2022), as an algebra.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

MAX_DEPTH = 24
"""Cuts beyond this depth are not followed: a loop that cuts its own result is no deeper for that."""
NUMBERS = "indices "
"""How the names of those data sets begin that are numbers of rows."""
ANYTHING = "anything "
"""How the names of rows begin of which nothing is known but that a model is judged on them."""
_SLICE = re.compile(r"slice (\d+)")


@dataclass(frozen=True, slots=True)
class Source:
    """All rows of one data set, named by where it came from."""

    name: str


@dataclass(frozen=True, slots=True)
class Part:
    """One side of a cut. ``cut`` names the cut; sides of the same cut with different names are disjoint."""

    parent: Rows
    cut: str
    side: str


@dataclass(frozen=True, slots=True)
class Copied:
    """Rows of which some were copied or made up from others (oversampling); ``place`` says by what."""

    parent: Rows
    place: int


@dataclass(frozen=True, slots=True)
class Joined:
    """The rows of several values, one below the other."""

    parts: tuple[Rows, ...]


Rows = Source | Part | Copied | Joined
Step = Part | Copied


def paths(rows: Rows) -> Iterator[tuple[Source, tuple[Step, ...]]]:
    """Yield every way from a data set to these rows: the data set, and the steps in order."""
    if isinstance(rows, Source):
        yield rows, ()
    elif isinstance(rows, Joined):
        for part in rows.parts:
            yield from paths(part)
    else:
        for source, steps in paths(rows.parent):
            if len(steps) < MAX_DEPTH:
                yield source, (*steps, rows)


def disjoint(left: Rows, right: Rows) -> bool:
    """Tell whether two values certainly share no row (copies of rows left aside)."""
    return not any(_may_meet(one, other) for one in paths(left) for other in paths(right))


def contained(inner: Rows, outer: Rows) -> bool:
    """Tell whether all rows of the first value are certainly rows of the second, or were before some were copied."""
    wholes = list(paths(outer))
    return all(
        any(source == whole and _cuts(steps)[: len(_cuts(made))] == _cuts(made) for whole, made in wholes)
        for source, steps in paths(inner)
    )


def copies_across(left: Rows, right: Rows) -> Copied | None:
    """Return the copying before the cut that parts two values: a row may stand on one side, its copy on the other."""
    for source, steps in paths(left):
        for other_source, other_steps in paths(right):
            if source == other_source and (found := _copied_before_cut(steps, other_steps)) is not None:
                return found
    return None


def drawn_apart(left: Rows, right: Rows) -> bool:
    """Tell whether two values are samples of the same rows that were drawn without regard to each other."""
    return (
        isinstance(left, Part)
        and isinstance(right, Part)
        and left.parent == right.parent
        and left.cut != right.cut
        and all(part.cut.startswith("sample ") and part.side == "in" for part in (left, right))
    )


def overlapping(trained: Rows, judged: Rows) -> bool:
    """Tell whether two slices between literal numbers share rows, and each has others: ``X[:900]`` and ``X[800:]``."""
    ways = [*paths(trained), *paths(judged)]
    if len(ways) != 2 or ways[0][0] != ways[1][0]:
        return False
    left, right = (list(steps) for _, steps in ways)
    while left and right and left[0] == right[0]:
        del left[0], right[0]
    one, other = _range(left), _range(right)
    if one is None or other is None:
        return False
    (start, end), (later, last) = sorted((one, other))
    return start < later < end < last


def _range(steps: list[Step]) -> tuple[int, float] | None:
    """Return the numbers between which literal slices choose rows; ``None`` for other steps."""
    start, end = 0, math.inf
    for step in steps:
        found = _SLICE.fullmatch(step.cut) if isinstance(step, Part) else None
        if found is None or not isinstance(step, Part) or step.side not in ("from", "to"):
            return None
        if step.side == "to":
            end = min(end, int(found[1]))
        elif start or end < math.inf:
            return None
        else:
            start = int(found[1])
    return (start, end) if steps and start < end else None


def onto(numbers: Rows, rows: Rows) -> Rows | None:
    """Return the rows that row numbers choose (``permutation(n)[:800]``); ``None`` where the first are no numbers."""
    if isinstance(numbers, Source):
        return rows if numbers.name.startswith(NUMBERS) else None
    if isinstance(numbers, Joined):
        return None
    inner = onto(numbers.parent, rows)
    if inner is None:
        return None
    if isinstance(numbers, Copied):
        return Copied(inner, numbers.place)
    source, _ = next(paths(numbers))
    return Part(inner, f"{source.name} {numbers.cut}", numbers.side)


def _cuts(steps: tuple[Step, ...]) -> list[tuple[str, str]]:
    return [(step.cut, step.side) for step in steps if isinstance(step, Part)]


def _may_meet(left: tuple[Source, tuple[Step, ...]], right: tuple[Source, tuple[Step, ...]]) -> bool:
    sides = dict(_cuts(left[1]))
    return left[0] == right[0] and all(sides.get(cut, side) == side for cut, side in _cuts(right[1]))


def _copied_before_cut(left: tuple[Step, ...], right: tuple[Step, ...]) -> Copied | None:
    sides = {step.cut: step.side for step in left if isinstance(step, Part)}
    copied: Copied | None = None
    for step in right:
        if isinstance(step, Copied):
            copied = copied or (step if step in left else None)
        elif copied is not None and sides.get(step.cut, step.side) != step.side:
            return copied
    return None


def key_of(rows: Rows) -> frozenset[tuple[Source, tuple[tuple[str, str], ...]]]:
    """Return what two values have in common that hold the same rows, copies left aside."""
    return frozenset((source, tuple(_cuts(steps))) for source, steps in paths(rows))


def is_cut(rows: Rows, kinds: tuple[str, ...]) -> bool:
    """Tell whether all rows come from a cut of some kind (``split``): its name starts with that word."""
    found = [steps for _, steps in paths(rows)]
    return bool(found) and all(any(cut.startswith(kinds) for cut, _ in _cuts(steps)) for steps in found)


def before_cut(rows: Rows, cuts: Collection[str]) -> Rows | None:
    """Return the rows of which one of the cuts made these; ``None`` where none did."""
    while isinstance(rows, Part | Copied):
        if isinstance(rows, Part) and rows.cut in cuts:
            return rows.parent
        rows = rows.parent
    return None


def cuts_of(rows: Rows) -> Iterator[str]:
    """Yield the cuts that made these rows, the last one first."""
    for _, steps in paths(rows):
        yield from (cut for cut, _ in reversed(_cuts(steps)))


def joined(parts: list[Rows]) -> Rows:
    """Put rows of several values below each other."""
    flat = (inner for part in parts for inner in (part.parts if isinstance(part, Joined) else (part,)))
    unique = tuple(dict.fromkeys(flat))
    return unique[0] if len(unique) == 1 else Joined(unique)


def has_side(rows: Rows, side: str) -> bool:
    """Tell whether all of these rows are on a side of some cut that begins so (``test``)."""
    found = [steps for _, steps in paths(rows)]
    return bool(found) and all(any(taken.startswith(side) for _, taken in _cuts(steps)) for steps in found)
