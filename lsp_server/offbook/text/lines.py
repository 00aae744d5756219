"""Lines of a text, and the three ways of counting columns."""

from __future__ import annotations

from bisect import bisect_right

from offbook.text.patterns import pattern
from offbook.text.span import Position, Span

_TERMINATOR = pattern(r"\r\n|\r|\n")
_LONG = 1_000_000


def split_lines(text: str) -> list[str]:
    r"""Split at ``\\n``, ``\\r\\n`` and ``\\r`` only, without the terminators.

    Unlike :meth:`str.splitlines`, form feeds and Unicode separators stay inside their line. A text that ends with a
    terminator has an empty last line, so ``"\\n".join`` of the result keeps the line count.
    """
    if "\r" in text:
        return _TERMINATOR.split(text)
    return text.split("\n")


def measure_lines(text: str) -> tuple[int, int]:
    """Return how many lines there are, and the length of the longest; no copy of a long text is made."""
    if len(text) < _LONG:
        lines = split_lines(text)
        return len(lines), max(map(len, lines))
    count, start, longest = 1, 0, 0
    for found in _TERMINATOR.finditer(text):
        longest = max(longest, found.start() - start)
        start = found.end()
        count += 1
    return count, max(longest, len(text) - start)


def line_ending(text: str) -> str:
    r"""Return the first line terminator of ``text``, or ``"\\n"`` where there is none."""
    found = _TERMINATOR.search(text)
    return found.group() if found else "\n"


class Lines:
    """The line index of one text: offsets, positions, and columns in UTF-8, UTF-16 and code points."""

    __slots__ = ("_ascii", "starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *(match.end() for match in _TERMINATOR.finditer(text))]
        self._ascii = text.isascii()

    def __len__(self) -> int:
        return len(self.starts)

    def line(self, number: int) -> str:
        """Return one line without its terminator; empty for a number past the end."""
        if number >= len(self.starts):
            return ""
        end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.text)
        return self.text[self.starts[number] : end].rstrip("\r\n")

    def offset(self, position: Position) -> int:
        """Return the offset in code points; a position past its line's end is moved back to that end."""
        if position.line >= len(self.starts):
            return len(self.text)
        return self.starts[position.line] + min(position.column, len(self.line(position.line)))

    def position(self, offset: int) -> Position:
        """Return the position of an offset in code points."""
        line = bisect_right(self.starts, offset) - 1
        return Position(line, offset - self.starts[line])

    def slice(self, span: Span) -> str:
        """Return the text of a span."""
        return self.text[self.offset(span.start) : self.offset(span.end)]

    @property
    def end(self) -> Position:
        """The position after the last character."""
        return self.position(len(self.text))

    def from_utf8(self, line: int, column: int) -> Position:
        """Return the position for a column counted in UTF-8 bytes (:mod:`ast`), lines from 0."""
        if self._ascii:
            return Position(line, column)
        prefix = self.line(line).encode("utf-8", "surrogatepass")[:column]
        return Position(line, len(prefix.decode("utf-8", "surrogatepass")))

    def from_utf16(self, line: int, column: int) -> Position:
        """Return the position for a column in UTF-16 code units (the protocol's default), clipped to the line."""
        text = self.line(line)
        if self._ascii:
            return Position(line, min(column, len(text)))
        units = 0
        for index, character in enumerate(text):
            if units >= column:
                return Position(line, index)
            units += 2 if character > "\uffff" else 1
        return Position(line, len(text))

    def to_utf16(self, position: Position) -> Position:
        """Return the position with its column in UTF-16 code units."""
        if self._ascii:
            return position
        prefix = self.line(position.line)[: position.column]
        return Position(position.line, len(prefix) + sum(character > "\uffff" for character in prefix))
