"""Which rows of which data set a value holds, as far as the code tells.

A set of rows is a path: from the data set it was read from, through the cuts that were made. Two paths that took
different sides of the same cut have no row in common, unless rows were copied before that cut (oversampling): then a
copy may stand on the other side. This is the row relation of Yang, Brower-Sinning, Lewis and Kästner, Data Leakage in
Notebooks: Static Detection and Better Processes (ASE 2022), as an algebra.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from msgspec import Struct

from offbook.analysis.learning.bounds import apart
from offbook.text.patterns import pattern

MAX_DEPTH = 24
"""Cuts beyond this depth are not followed: a loop that cuts its own result is no deeper for that."""
MAX_WAYS = 64
"""More ways from data sets to some rows are not followed: parted and put together again, they double each time."""
NUMBERS = "indices "
"""How the names of those data sets begin that are numbers of rows."""
IMAGES = "images "
"""How the names of those data sets begin that are the pictures of a folder."""
EXAMPLES = "examples "
"""How the names of those data sets begin that are texts written down in the notebook."""
ANYTHING = "anything "
"""How the names of rows begin of which nothing is known but that a model is judged on them."""
_SHUFFLED = pattern(r"split (?!in order )")


class Source(Struct, frozen=True):
    """All rows of one data set, named by where it came from."""

    name: str


class Part(Struct, frozen=True):
    """One side of a cut. ``cut`` names the cut; sides of the same cut with different names are disjoint."""

    parent: Rows
    cut: str
    side: str


class Copied(Struct, frozen=True):
    """Rows of which some were copied or made up from others (oversampling); ``place`` says by what.

    ``windows`` slide over the rows: only those beside each other share some, so that a cut at random parts copies.
    """

    parent: Rows
    place: int
    windows: bool = False


class Joined(Struct, frozen=True):
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


def nested(left: Rows, right: Rows) -> bool:
    """Tell whether some rows of one value are certainly among those of the other, copies left aside."""
    ways = [(source, cuts_along(steps)) for source, steps in paths(right)]
    return any(
        source == other and all(one == two for one, two in zip(cuts_along(steps), cuts, strict=False))
        for source, steps in paths(left)
        for other, cuts in ways
    )


def copies_across(left: Rows, right: Rows) -> Copied | None:
    """Return the copying before the cut that parts two values: a row may stand on one side, its copy on the other."""
    for source, steps in paths(left):
        for other_source, other_steps in paths(right):
            if source == other_source and (found := _copied_before_cut(steps, other_steps)) is not None:
                return found
    return None


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


def left_out(numbers: Rows) -> Rows | None:
    """Return the row numbers that are not among some that were drawn; ``None`` where the first are no such numbers."""
    drawn = numbers.parent if isinstance(numbers, Copied) else numbers
    if not isinstance(drawn, Part) or onto(drawn, drawn) is None:
        return None
    return Part(drawn.parent, drawn.cut, f"not {drawn.side}")


def cuts_along(steps: Iterable[Step]) -> list[tuple[str, str]]:
    """Return the cuts of a way, and the sides that were taken."""
    return [(step.cut, step.side) for step in steps if isinstance(step, Part)]


def _may_meet(left: tuple[Source, tuple[Step, ...]], right: tuple[Source, tuple[Step, ...]]) -> bool:
    sides = dict(cuts_along(left[1]))
    if left[0] != right[0] or any(sides.get(cut, side) != side for cut, side in cuts_along(right[1])):
        return False
    bounded, others = ([step for step in way if _is_bounded(step)] for way in (left[1], right[1]))
    return not any(_are_apart(one, other) for one in bounded for other in others)


def _is_bounded(step: Step) -> bool:
    return isinstance(step, Part) and (
        step.cut.startswith("slice ") or " edge " in step.cut or step.cut.endswith(" equals")
    )


def _are_apart(one: Step, other: Step) -> bool:
    """Tell whether two slices of the same rows, or two masks of the same column, lie apart by their bounds."""
    if not isinstance(one, Part) or not isinstance(other, Part):
        return False
    sliced = one.cut.startswith("slice ")
    if sliced and (not other.cut.startswith("slice ") or _unsliced(one) != _unsliced(other)):
        return False
    return apart(one.cut, one.side, other.cut, other.side)


def _unsliced(step: Part) -> Rows:
    """Return the rows that a slice was taken of: those before its other bound, too."""
    parent = step.parent
    while isinstance(parent, Part) and parent.cut.startswith("slice ") and parent.side == "from":
        parent = parent.parent
    return parent


def _copied_before_cut(left: tuple[Step, ...], right: tuple[Step, ...]) -> Copied | None:
    sides = {step.cut: step.side for step in left if isinstance(step, Part)}
    copied: list[Copied] = []
    for step in right:
        if isinstance(step, Copied):
            copied += [step] if step in left else []
        elif sides.get(step.cut, step.side) != step.side:
            found = next((made for made in copied if not made.windows or _SHUFFLED.match(step.cut)), None)
            if found is not None:
                return found
    return None


def key_of(rows: Rows) -> frozenset[tuple[Source, tuple[tuple[str, str], ...]]]:
    """Return what two values have in common that hold the same rows, copies left aside."""
    return frozenset((source, tuple(cuts_along(steps))) for source, steps in paths(rows))


def is_cut(rows: Rows, kinds: tuple[str, ...]) -> bool:
    """Tell whether all rows come from a cut of some kind (``split``): its name starts with that word."""
    found = [steps for _, steps in paths(rows)]
    return bool(found) and all(any(cut.startswith(kinds) for cut, _ in cuts_along(steps)) for steps in found)


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
        yield from (cut for cut, _ in reversed(cuts_along(steps)))


def joined(parts: list[Rows]) -> Rows:
    """Put rows of several values below each other; of too many ways no more is known than that these were joined."""
    flat = (inner for part in parts for inner in (part.parts if isinstance(part, Joined) else (part,)))
    unique = tuple(dict.fromkeys(flat))
    if len(unique) == 1:
        return unique[0]
    if sum(1 for part in unique for _ in paths(part)) > MAX_WAYS:
        return Source(f"joined {hash(unique)}")
    return Joined(unique)


def has_side(rows: Rows, side: str) -> bool:
    """Tell whether all of these rows are on a side of some cut that begins so (``test``)."""
    found = [steps for _, steps in paths(rows)]
    return bool(found) and all(any(taken.startswith(side) for _, taken in cuts_along(steps)) for steps in found)
