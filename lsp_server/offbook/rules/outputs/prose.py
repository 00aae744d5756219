"""Text cells that comment on the cell below."""

from __future__ import annotations

import re

from offbook.notebook import Cell
from offbook.text import split_lines

_PROSE = re.compile(r"\w+\W+\w+\W+\w+\W+\w+")


def is_comment(above: Cell | None) -> bool:
    """Tell whether a cell is a text cell with a sentence, not a heading alone."""
    if above is None or above.kind != "markdown":
        return False
    return any(_PROSE.search(line) for line in split_lines(above.source) if not line.lstrip().startswith("#"))
