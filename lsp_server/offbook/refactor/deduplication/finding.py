"""Finds the copies that one function can stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from offbook.analysis import Analysis
from offbook.notebook import CellId
from offbook.refactor.deduplication.copies import Copy, find_groups, read_copy
from offbook.refactor.deduplication.sharing import Sharing, share
from offbook.refactor.module.scene import RefusedError, Scene
from offbook.refactor.options import CellLines
from offbook.refactor.plan import Refusal
from offbook.refactor.registry import Context


@dataclass(frozen=True, slots=True)
class Left:
    """A copy that stays, and why."""

    scene: Scene
    lines: CellLines
    why: str
    refusal: Refusal | None = None


@dataclass
class Found:
    """What was found: copies that one function can stand for, and those that stay."""

    groups: list[Sharing] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)


def find_shared(context: Context, cells: tuple[CellId, ...], others: Sequence[Analysis] = ()) -> Found:
    """Return the groups of copies that can become one function.

    Args:
        context: the notebook.
        cells: cells of it that a group touches; any without them.
        others: notebooks of which one is touched, too.
    """
    scenes = [Scene(context), *(Scene(replace(context, analysis=other)) for other in others)]
    found = Found()
    groups, nested = find_groups(scenes, cells)
    for group in groups:
        copies: list[Copy] = []
        for spot in group:
            try:
                copies.append(read_copy(spot.scene, spot.lines))
            except RefusedError as error:
                found.left.append(Left(spot.scene, spot.lines, error.refusal.reason, error.refusal))
        share_copies(found, copies)
    found.left += (Left(spot.scene, spot.lines, "it stands in a function") for spot in nested)
    return found


def share_copies(found: Found, copies: Sequence[Copy]) -> None:
    """Add copies to what was found: as a group, or as copies that stay."""
    sharing, left = share(copies)
    found.left += (Left(copy.scene, copy.lines, why) for copy, why in left)
    if sharing is not None:
        found.groups.append(sharing)
