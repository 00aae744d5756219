"""What the index keeps of one file."""

from __future__ import annotations

from msgspec import Struct


class Entry(Struct, frozen=True, array_like=True):
    """The code of one file, as digests.

    Attributes:
        runs: the outlines of its runs of statements.
        cells: its code cells.
    """

    runs: tuple[str, ...]
    cells: tuple[str, ...]
