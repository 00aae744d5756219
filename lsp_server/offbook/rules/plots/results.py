"""Which notebooks make results, and what keeps a result: shared by the rules on results that are not saved."""

from __future__ import annotations

import re

from offbook.notebook import Cell
from offbook.text.patterns import pattern

SAVES = pattern(
    r"dump|save|pickle|persist|store|export|register|deploy|upload|publish|push|onnx|log_model|autolog|checkpoint"
    r"|serialize|write|to_(csv|excel|parquet|json|sql|feather|hdf)$|submi",
    re.IGNORECASE,
)
"""Names of calls that may keep a result, or hand it on."""
_TEACHING = pattern(
    r"\b(exercises?|lessons?|chapter|tutorial|homework|assignment|lecture|solutions?|course|workshop|agenda"
    r"|quiz|demo|example|introduction to|in this (notebook|video|section))\b",
    re.IGNORECASE,
)


def teaches(cell: Cell) -> bool:
    """Tell whether a text cell is one of a course, a book or a comparison."""
    return cell.kind == "markdown" and _TEACHING.search(cell.source) is not None
