"""What a cell's tags and comments say about running it: Jupyter's and nbval's."""

from __future__ import annotations

import re
from functools import lru_cache

from offbook.notebook.model import Cell
from offbook.text.patterns import pattern

_COMMENT = pattern(r"^[ \t]*#+[ \t]*((?:NBVAL|PYTEST_VALIDATE)_[A-Z_]+)[ \t\r]*$", re.MULTILINE)
_PARAMETERS = frozenset({"parameters", "injected-parameters"})
_MAY_FAIL = frozenset({"raises-exception", "nbval-raises-exception"})
_SKIP = "nbval-skip"
_EXCUSED = _MAY_FAIL | {_SKIP}


def marks_of(cell: Cell) -> frozenset[str]:
    """Return a cell's tags, and the markers in its comments as the tags that mean the same."""
    return _marks_in(cell.source).union(cell.tags)


@lru_cache(maxsize=64)  # a rule asks about a cell for every name in it
def _marks_in(source: str) -> frozenset[str]:
    marked = "NBVAL_" in source or "PYTEST_VALIDATE_" in source
    found = _COMMENT.findall(source) if marked else ()
    return frozenset(mark.lower().replace("_", "-") for mark in found)


def may_fail(cell: Cell) -> bool:
    """Tell whether a run goes on where a cell raises (tag `raises-exception`, `# NBVAL_RAISES_EXCEPTION`)."""
    return not _MAY_FAIL.isdisjoint(marks_of(cell))


def holds_parameters(cell: Cell) -> bool:
    """Tell whether papermill puts values into a cell, or beside it (tags `parameters`, `injected-parameters`)."""
    return not _PARAMETERS.isdisjoint(cell.tags)


def is_skipped(cell: Cell) -> bool:
    """Tell whether a checked run leaves a cell out (`# NBVAL_SKIP`)."""
    return _SKIP in marks_of(cell)


def is_excused(cell: Cell) -> bool:
    """Tell whether nobody expects that a cell runs to its end: it may fail, or is left out."""
    return not _EXCUSED.isdisjoint(marks_of(cell))
