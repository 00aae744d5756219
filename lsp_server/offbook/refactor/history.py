"""What in a notebook reads IPython's history: the outputs shown before, the inputs, and their numbers."""

from __future__ import annotations

import re

from offbook.analysis import Analysis, CellFacts
from offbook.notebook import CellId
from offbook.text import Span

_HISTORY = re.compile(r"_{1,3}|_i{1,3}|_i?\d+|_[iod]h|In|Out")
_NUMBERED = re.compile(r"_i{1,3}|_i?\d+|_[iod]h|In|Out")
_MAGICS = frozenset("recall rep rerun history hist save macro notebook pastebin edit logstart %".split())
_NUMBER = re.compile(r"\bexecution_count\b|\bhistory_manager\b|\bdisplayhook\b")


def history_use(analysis: Analysis, *, numbered: bool = False) -> tuple[CellId, Span, str] | None:
    """Return the first place that reads the history, and what it reads; ``None`` where none does.

    Cells that show something can neither come nor go, then. ``numbered`` leaves out what reads the last values shown
    (``_``): those are the same with one more cell that shows nothing.
    """
    pattern = _NUMBERED if numbered else _HISTORY
    for cell, facts in analysis.cells:
        found = _read_in(analysis, analysis.notebook.index(cell.id), facts, pattern)
        if found is not None:
            span, what = found
            return cell.id, span, what
    return None


def _read_in(analysis: Analysis, index: int, facts: CellFacts, pattern: re.Pattern[str]) -> tuple[Span, str] | None:
    for magic in facts.masked.magics:
        if magic.name in _MAGICS and magic.kind in ("line", "cell"):
            return magic.span, f"%{magic.name}"
    for name, events in facts.by_name.items():
        if not pattern.fullmatch(name):
            continue
        places = [read.span for read in events.reads if read.exposure != "local"]
        places += (read.span for read in events.deferred)
        if places and not any(binding.definite for _, binding in analysis.flow.reaching(name, index)):
            return places[0], name
    found = _NUMBER.search(facts.source)
    return (Span.on_line(0), found.group()) if found else None
