"""What the index keeps of one file."""

from __future__ import annotations

import ast
from collections.abc import Iterable

import msgspec

from offbook.rules.scripts.outlines import cell_digest, runs_of

_MOST = 500
"""Of a file at most so many runs are kept."""


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """The code of one file, as digests.

    Attributes:
        runs: the outlines of its runs of statements.
        cells: its code cells.
    """

    runs: tuple[str, ...]
    cells: tuple[str, ...]


def entry_of(cells: Iterable[tuple[str, ast.Module | None]]) -> Entry:
    """Return what is kept of the code cells of a file."""
    runs: dict[str, None] = {}
    digests: dict[str, None] = {}
    for source, tree in cells:
        digest = cell_digest(source)
        if digest:
            digests[digest] = None
        runs.update((run.digest, None) for run in runs_of(tree, source))
    return Entry(tuple(runs)[:_MOST], tuple(digests)[:_MOST])
