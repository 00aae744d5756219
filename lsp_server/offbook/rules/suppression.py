"""Findings that the author has switched off: a comment on the line, or a tag on the cell."""

from __future__ import annotations

import re

from offbook.analysis import Analysis
from offbook.diagnostics import Diagnostic
from offbook.text import split_lines

_COMMENT = re.compile(r"#\s*offbook:\s*ignore(?:\[(?P<codes>[^\]]*)\])?", re.IGNORECASE)
_TAG = re.compile(r"offbook:ignore(?:=(?P<codes>.*))?$", re.IGNORECASE)


def suppressed(diagnostic: Diagnostic, analysis: Analysis) -> bool:
    """Tell whether ``# offbook: ignore[CODE]`` on its first line, or a tag ``offbook:ignore=CODE``, covers a finding.

    Without codes everything is covered; several codes are separated by commas; a rule's name serves as well.
    """
    cell = analysis.notebook.cell(diagnostic.cell)
    if any(_covers(_TAG.match(tag), diagnostic) for tag in cell.tags):
        return True
    if "offbook" not in cell.source:
        return False
    lines = split_lines(cell.source)
    line = diagnostic.span.start.line
    return line < len(lines) and _covers(_COMMENT.search(lines[line]), diagnostic)


def _covers(found: re.Match[str] | None, diagnostic: Diagnostic) -> bool:
    if found is None:
        return False
    codes = found["codes"]
    return codes is None or any(
        code.strip().lower() in (diagnostic.code.lower(), diagnostic.name) for code in codes.split(",")
    )
