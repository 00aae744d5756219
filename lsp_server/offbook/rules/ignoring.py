"""Writes the comment that has the findings of a rule ignored on one line."""

from __future__ import annotations

import ast

from offbook.analysis import CellFacts
from offbook.notebook import Cell
from offbook.rules.suppression import suppressions_in
from offbook.text import Edit, Position, Span, apply_edits, split_lines


def ignoring_edit(cell: Cell, facts: CellFacts, line: int, code: str) -> Edit | None:
    """Return the edit that ignores a rule on a line; ``None`` where no comment can stand there.

    A comment fits only behind code: not in a string, not behind a backslash, not on a line that IPython reads.

    Args:
        cell: the cell, in Python.
        facts: what is known of it.
        line: from 0.
        code: the rule's code.
    """
    lines, masked = split_lines(cell.source), split_lines(facts.masked.text)
    if facts.masked.language != "python" or line >= len(lines) or masked[line : line + 1] != [lines[line]]:
        return None
    edit = _into_comment(cell, facts, line, code) or _new_comment(lines[line], line, code)
    if edit is None:
        return None
    try:
        same = ast.dump(ast.parse(facts.masked.text)) == ast.dump(ast.parse(apply_edits(facts.masked.text, [edit])))
    except (SyntaxError, ValueError):
        return None
    return edit if same else None


def _into_comment(cell: Cell, facts: CellFacts, line: int, code: str) -> Edit | None:
    """Return the edit that puts a code between the brackets of a comment that is there."""
    for item in suppressions_in(cell, facts):
        if item.kind == "comment" and not item.whole and item.span.start.line == line and item.codes_span is not None:
            end = item.codes_span.end
            return Edit(Span(end, end), f", {code}" if item.words else code)
    return None


def _new_comment(text: str, line: int, code: str) -> Edit:
    kept = text.rstrip()
    start, end = Position(line, len(kept)), Position(line, len(text))
    return Edit(Span(start, end), f"{'  ' if kept else ''}# offbook: ignore[{code}]")
