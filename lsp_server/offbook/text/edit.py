"""Edits of a text: ordered, and never overlapping."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from offbook.text.lines import Lines
from offbook.text.span import Span


class Edit(NamedTuple):
    """Put ``text`` in the place of ``span``."""

    span: Span
    text: str


class EditConflictError(ValueError):
    """Two edits claim the same characters."""


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Apply all edits at once, each to the original text.

    Insertions at one place keep their given order.

    Raises:
        EditConflictError: where two edits overlap.
    """
    lines = Lines(text)
    spots = [(lines.offset(edit.span.start), lines.offset(edit.span.end), edit.text) for edit in edits]
    spots.sort(key=lambda spot: spot[:2])
    pieces: list[str] = []
    done = 0
    for start, end, new in spots:
        if start < done:
            raise EditConflictError(f"two edits overlap at offset {start}")
        pieces += (text[done:start], new)
        done = end
    return "".join((*pieces, text[done:]))


def replacement(before: str, after: str) -> Edit | None:
    r"""Return the one edit that turns ``before`` into ``after`` and keeps their common start and end.

    ``None`` where both are equal. The edit never splits a ``\\r\\n``.
    """
    if before == after:
        return None
    limit = min(len(before), len(after))
    start = 0
    while start < limit and before[start] == after[start]:
        start += 1
    end = 0
    while end < limit - start and before[-1 - end] == after[-1 - end]:
        end += 1
    if start and before[start - 1] == "\r":
        start -= 1
    if end and before[len(before) - end] == "\n":
        end -= 1
    lines = Lines(before)
    span = Span(lines.position(start), lines.position(len(before) - end))
    return Edit(span, after[start : len(after) - end])
