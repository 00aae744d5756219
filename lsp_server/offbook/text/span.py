"""Places in a text."""

from __future__ import annotations

from typing import NamedTuple


class Position(NamedTuple):
    """A place between two characters: ``line`` from 0, ``column`` in code points from 0."""

    line: int
    column: int


class Span(NamedTuple):
    """The text from ``start`` up to, and without, ``end``."""

    start: Position
    end: Position

    @staticmethod
    def of(start_line: int, start_column: int, end_line: int, end_column: int) -> Span:
        """Build a span from its four numbers."""
        return Span(Position(start_line, start_column), Position(end_line, end_column))

    @staticmethod
    def on_line(line: int, start: int = 0, end: int = 0) -> Span:
        """Build a span that stays on one line."""
        return Span(Position(line, start), Position(line, end))

    def covers(self, position: Position) -> bool:
        """Tell whether ``position`` lies in the span; the place just after the last character counts."""
        return self.start <= position <= self.end

    def overlaps(self, other: Span) -> bool:
        """Tell whether both share a character, or one is empty and touches the other."""
        if self.start == self.end or other.start == other.end:
            return self.start <= other.end and other.start <= self.end
        return self.start < other.end and other.start < self.end
