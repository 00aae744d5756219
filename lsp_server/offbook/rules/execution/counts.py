"""What the stored execution counts tell about the run that they come from."""

from __future__ import annotations

from collections.abc import Sequence


def falling_counts(counts: Sequence[int | None]) -> list[tuple[int, int]]:
    """Return the numbers of the cells that ran before a cell above them, each with that cell's number."""
    highest, holder = 0, 0
    early: list[tuple[int, int]] = []
    for number, count in enumerate(counts):
        if count is None:
            continue
        if count < highest:
            early.append((number, holder))
        else:
            highest, holder = count, number
    return early
