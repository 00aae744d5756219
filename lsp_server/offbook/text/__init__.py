r"""Positions, spans and edits of plain text.

The project's one convention: lines are counted from 0 and end at ``\\n``, ``\\r\\n`` or ``\\r`` (as Python's
tokenizer and the language server protocol have it); columns count code points from 0; spans exclude their end.
Other units (UTF-16 of the protocol, UTF-8 of :mod:`ast`) are converted by :class:`~offbook.text.lines.Lines`.
"""

from offbook.text.edit import Edit, EditConflictError, apply_edits, replacement
from offbook.text.files import require_writable, write_atomically
from offbook.text.lines import Lines, line_ending, measure_lines, split_lines
from offbook.text.span import Position, Span

__all__ = [
    "Edit",
    "EditConflictError",
    "Lines",
    "Position",
    "Span",
    "apply_edits",
    "line_ending",
    "measure_lines",
    "replacement",
    "require_writable",
    "split_lines",
    "write_atomically",
]
