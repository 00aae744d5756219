"""Text cells that comment on the cell below."""

from __future__ import annotations

import re

from offbook.notebook import Cell
from offbook.text import split_lines
from offbook.text.patterns import pattern

_PROSE = pattern(r"\w+\W+\w+\W+\w+\W+\w+")
_LOOKING = pattern(
    r"\b(?:look|see|show|display|view|preview|inspect|examine|explore|check|head|tail|shape|dimensions?|describe)\b",
    re.IGNORECASE,
)
_HEADING_WORDS = pattern(r"(?:(#{1,6})\s|<h([1-6])[^>]*>)(.*)", re.IGNORECASE)
_HEADING = pattern(r"#{1,6}\s|<h[1-6]", re.IGNORECASE)


def is_comment(beside: Cell | None) -> bool:
    """Tell whether a cell is a text cell with a sentence; a heading is one where it says that there is to look."""
    if beside is None or beside.kind != "markdown":
        return False
    return any(
        _PROSE.search(line) and (not line.lstrip().startswith("#") or _LOOKING.search(line))
        for line in split_lines(beside.source)
    )


def starts_with_comment(below: Cell | None) -> bool:
    """Tell whether a cell is a text cell that starts with a sentence: it goes on about the cell above."""
    if below is None or below.kind != "markdown":
        return False
    first = next((line for line in split_lines(below.source) if line.strip()), "")
    return not first.lstrip().startswith(("#", "<h")) and _PROSE.search(first) is not None


def is_heading(cell: Cell) -> bool:
    """Tell whether a text cell holds a heading."""
    return cell.kind == "markdown" and any(_HEADING.match(line) for line in split_lines(cell.source))


def heading_of(cell: Cell) -> tuple[int, str] | None:
    """Return the level, from 1, and the words of the first heading in a text cell; ``None`` without one."""
    if cell.kind != "markdown":
        return None
    for line in split_lines(cell.source):
        found = _HEADING_WORDS.match(line.strip())
        if found is not None:
            words = re.sub(r"<[^>]*>|[*_`]{1,3}|\[([^\]]*)\]\([^)]*\)", r"\1", found[3]).strip(" #")
            if words:
                return len(found[1] or "") or int(found[2]), words
    return None
