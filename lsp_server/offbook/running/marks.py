"""What a cell's tags and comments ask of comparing what it shows: nbval's and offbook's own."""

from __future__ import annotations

from collections.abc import Iterable

from offbook.notebook import Cell, is_skipped, marks_of

TOLERANCE_TAG = "offbook:tolerance"

_CHECK = "nbval-check-output"
_IGNORE = frozenset({"offbook:ignore-output", "nbval-ignore-output", "pytest-validate-ignore-output"})


def ignores_output(cell: Cell) -> bool:
    """Tell whether what a cell shows is not compared; a mark that it is checked wins."""
    marks = marks_of(cell)
    return _CHECK not in marks and not _IGNORE.isdisjoint(marks)


def tolerance(cell: Cell) -> float | None:
    """Return how far decimal numbers that a cell shows may lie apart, relative to them; ``None`` where it is not said.

    Raises:
        ValueError: where a tag names no number from 0 to 1; the error's text is the tag.
    """
    for tag in cell.tags:
        name, _, value = tag.partition("=")
        if name.strip() == TOLERANCE_TAG:
            try:
                found = float(value)
            except ValueError:
                raise ValueError(tag) from None
            if not 0 <= found <= 1:
                raise ValueError(tag)
            return found
    return None


def skipped_note(cells: Iterable[Cell]) -> str:
    """Say which cells did not run; empty where all did."""
    numbers = [str(at) for at, cell in enumerate(cells, 1) if cell.kind == "code" and is_skipped(cell)]
    if not numbers:
        return ""
    if len(numbers) == 1:
        return f"Cell {numbers[0]} is marked `NBVAL_SKIP`, so it did not run."
    return f"Cells {', '.join(numbers[:-1])} and {numbers[-1]} are marked `NBVAL_SKIP`, so they did not run."
