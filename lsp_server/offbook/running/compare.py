"""Holds two runs against each other: outputs cell by cell, and the files that were written."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from offbook.notebook import CellId
from offbook.running.normalize import RELATIVE, normalize, same_text
from offbook.running.parts import Part, excerpts, gather_parts
from offbook.running.pixels import same_picture
from offbook.running.report import RunReport
from offbook.running.shown import Shown, excerpt_rows, show_all, show_pair

_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp")
_TEXT_LIMIT = 20 * 2**20


@dataclass(frozen=True, slots=True)
class Trial:
    """One run in a scratch copy.

    Attributes:
        report: what the run came to.
        folder: the copy.
        written: the files that the run wrote (true) or removed (false), relative to the copy.
    """

    report: RunReport
    folder: Path
    written: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that two runs gave differently.

    Attributes:
        what: what it is, in the user's words.
        before: the first lines that differ, of the first run.
        after: those of the second run.
        index: the cell's place in the first run, from 0; -1 for a file.
        old: all that the first run shows there.
        new: all that the second run shows there.
    """

    what: str
    before: str
    after: str
    index: int = -1
    old: tuple[Shown, ...] = ()
    new: tuple[Shown, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs, and what was not compared since it is never the same (one sentence each)."""

    differences: tuple[Difference, ...] = ()
    unstable: tuple[str, ...] = ()


def compare_trials(
    before: Trial,
    after: Trial,
    moved: Mapping[CellId, CellId] | None = None,
    again: Trial | None = None,
    removed: Collection[CellId] = (),
    tolerances: Mapping[CellId, float] | None = None,
) -> Comparison:
    """Compare a run of the original with a run of what it became.

    Args:
        before: the original's run.
        after: the other run.
        moved: cells of the original whose outputs another cell shows now; all others keep their id. Several may have
            moved into one.
        again: a second run of the original; what differs between both is not compared.
        removed: cells of the original that were taken away with what they show.
        tolerances: how far decimal numbers that a cell shows may lie apart, relative to them, where that is not usual.
    """
    outputs = _compare_outputs(before, after, moved or {}, again, removed, tolerances or {})
    files = _compare_files(before, after, again)
    return Comparison(outputs.differences + files.differences, outputs.unstable + files.unstable)


def _compare_outputs(
    before: Trial,
    after: Trial,
    moved: Mapping[CellId, CellId],
    again: Trial | None,
    removed: Collection[CellId],
    tolerances: Mapping[CellId, float],
) -> Comparison:
    repeated: dict[CellId, list[Part]] | None
    first, repeated = gather_parts(before.report, before.folder, moved), None
    if again is not None:
        repeated = gather_parts(again.report, again.folder, moved)
    second = gather_parts(after.report, after.folder, {})
    indexes = {moved.get(run.cell, run.cell): run.index for run in reversed(before.report.cells)}
    differences: list[Difference] = []
    unstable: list[int] = []
    for cell in [*first, *(cell for cell in second if cell not in first)]:
        if cell in removed:
            continue
        ours, theirs = first.get(cell, []), second.get(cell, [])
        index, tolerance = indexes.get(cell, -1), tolerances.get(cell, RELATIVE)
        shaky: set[int] = set()
        if repeated is not None:
            found = _differing(ours, repeated.get(cell, []), tolerance)
            if found is None or found:
                unstable.append(index + 1)
            if found is None:
                continue
            shaky = found
        wrong = _differing(ours, theirs, tolerance)
        if wrong is None:
            differences.append(_structural(ours, theirs, index, tolerance))
        else:
            differences += [_different(ours[at], theirs[at], index, tolerance) for at in _telling(ours, wrong - shaky)]
    return Comparison(tuple(differences), _unstable_cells(unstable))


def _unstable_cells(numbers: list[int]) -> tuple[str, ...]:
    """Say in one sentence which cells were not compared."""
    if len(numbers) < 2:
        return tuple(f"Cell {number} gives something else in every run, so that is not compared." for number in numbers)
    return (f"Cells {_listed(numbers)} give something else in every run, so that is not compared.",)


def _listed(items: Sequence[object]) -> str:
    return ", ".join(map(str, items[:-1])) + f" and {items[-1]}"


def _different(before: Part, after: Part, index: int, tolerance: float) -> Difference:
    """Describe one thing that differs."""
    old, new = show_pair(before, after, tolerance)
    texts = (
        excerpt_rows(old[0].rows, new[0].rows) if old[0].rows and new[0].rows else excerpts(before, after, tolerance)
    )
    return Difference(f"cell {index + 1} shows another {before.kind}", *texts, index, old, new)


def _telling(parts: Sequence[Part], differing: set[int]) -> list[int]:
    """Leave out the plain text of an output that differs in a richer format too."""
    rich = {parts[at].output for at in differing if parts[at].label != "text/plain"}
    return [at for at in sorted(differing) if parts[at].label != "text/plain" or parts[at].output not in rich]


def _structural(ours: list[Part], theirs: list[Part], index: int, tolerance: float) -> Difference:
    """Describe outputs that differ in number or kind, without those at both ends that agree."""
    name = f"cell {index + 1}" if index >= 0 else "a new cell"
    if not theirs:
        what = f"{name} shows nothing any more"
    elif not ours:
        what = f"{name} shows something, and showed nothing before"
    else:
        what = f"{name} shows other kinds of output"
    ours, theirs = _without_equal_ends(ours, theirs, tolerance)
    before, after = ("\n".join(part.shown() for part in parts) for parts in (ours, theirs))
    return Difference(what, before, after, index, *show_all(ours, theirs))


def _without_equal_ends(ours: list[Part], theirs: list[Part], tolerance: float) -> tuple[list[Part], list[Part]]:
    shortest = min(len(ours), len(theirs))
    start = next((at for at in range(shortest) if not ours[at].agrees(theirs[at], tolerance)), shortest)
    ours, theirs, shortest = ours[start:], theirs[start:], shortest - start
    end = next((at for at in range(shortest) if not ours[-1 - at].agrees(theirs[-1 - at], tolerance)), shortest)
    return ours[: len(ours) - end], theirs[: len(theirs) - end]


def _differing(ours: Sequence[Part], theirs: Sequence[Part], tolerance: float) -> set[int] | None:
    """Return the numbers of the parts that differ; ``None`` where the parts do not correspond."""
    if [part.label for part in ours] != [part.label for part in theirs]:
        return None
    return {at for at, (one, other) in enumerate(zip(ours, theirs, strict=True)) if not one.agrees(other, tolerance)}


def _compare_files(before: Trial, after: Trial, again: Trial | None) -> Comparison:
    differences: list[Difference] = []
    unstable: list[str] = []
    for name in sorted({**before.written, **after.written}):
        if _same_file(before, after, name):
            continue
        if again is not None and not _same_file(before, again, name):
            unstable.append(f"`{name}`")
            continue
        states = [_state(trial.written.get(name)) for trial in (before, after)]
        what = f"`{name}` has other content" if states[0] == states[1] else f"`{name}` is {states[1]} now"
        differences.append(Difference(what, states[0], states[1]))
    if not unstable:
        return Comparison(tuple(differences), ())
    names = f"{_listed(unstable)} are" if len(unstable) > 1 else f"{unstable[0]} is"
    return Comparison(tuple(differences), (f"{names} written differently in every run, so that is not compared.",))


def _state(written: bool | None) -> str:
    return "not written" if written is None else "written" if written else "removed"


def _same_file(one: Trial, other: Trial, name: str) -> bool:
    """Tell whether both runs left the same file: by bytes, by pixels, or as text with tolerance."""
    if one.written.get(name) != other.written.get(name):
        return False
    if not one.written.get(name):
        return True
    first, second = one.folder / name, other.folder / name
    if first.is_dir() or first.is_symlink() or second.is_symlink():
        return first.is_symlink() == second.is_symlink()
    before, after = first.read_bytes(), second.read_bytes()
    if before == after:
        return True
    if first.suffix.lower() in _PICTURES:
        return same_picture(before, after)
    if max(len(before), len(after)) > _TEXT_LIMIT:
        return False
    try:
        texts = normalize(before.decode("utf-8"), [one.folder]), normalize(after.decode("utf-8"), [other.folder])
    except UnicodeDecodeError:
        return False
    return same_text(*texts)
