"""Positions of the protocol and of offbook: the one place where columns change their unit."""

from __future__ import annotations

from lsprotocol import types

from offbook.text import Lines, Position, Span
from offbook.wire import WirePosition, WireRange


class PositionCodec:
    """Converts positions between code points and the unit that client and server agreed on."""

    def __init__(self, encoding: str = types.PositionEncodingKind.Utf16) -> None:
        self.encoding = str(getattr(encoding, "value", encoding))

    def decode(self, lines: Lines, line: int, character: int) -> Position:
        """Return the position of a client's line and column; past an end it is moved back to that end."""
        if line >= len(lines):
            return lines.end
        if self.encoding == "utf-16":
            return lines.from_utf16(line, character)
        text = lines.line(line)
        if self.encoding == "utf-8" and not text.isascii():
            prefix = text.encode("utf-8", "surrogatepass")[:character]
            while prefix and not _is_whole(prefix):
                prefix = prefix[:-1]
            return Position(line, len(prefix.decode("utf-8", "surrogatepass")))
        return Position(line, min(character, len(text)))

    def encode(self, lines: Lines, position: Position) -> Position:
        """Return the position with its column in the client's unit."""
        if self.encoding == "utf-16":
            return lines.to_utf16(position)
        if self.encoding == "utf-8":
            prefix = lines.line(position.line)[: position.column]
            return Position(position.line, len(prefix.encode("utf-8", "surrogatepass")))
        return position

    def position(self, lines: Lines, position: types.Position) -> Position:
        """Return a client's position in code points."""
        return self.decode(lines, position.line, position.character)

    def span(self, lines: Lines, place: types.Range) -> Span:
        """Return a client's range as a span; the ends of a reversed one are swapped."""
        start, end = self.position(lines, place.start), self.position(lines, place.end)
        return Span(min(start, end), max(start, end))

    def range(self, lines: Lines, span: Span) -> types.Range:
        """Return a span as a range for the client."""
        start, end = self.encode(lines, span.start), self.encode(lines, span.end)
        return types.Range(types.Position(*start), types.Position(*end))


_UTF16 = PositionCodec()


def wire_span(lines: Lines, place: WireRange) -> Span:
    """Return a range of our own messages (always UTF-16) as a span."""
    start = _UTF16.decode(lines, place.start.line, place.start.character)
    end = _UTF16.decode(lines, place.end.line, place.end.character)
    return Span(min(start, end), max(start, end))


def wire_range(lines: Lines, span: Span) -> WireRange:
    """Return a span as a range of our own messages (always UTF-16)."""
    start, end = lines.to_utf16(span.start), lines.to_utf16(span.end)
    return WireRange(
        start=WirePosition(line=start.line, character=start.column),
        end=WirePosition(line=end.line, character=end.column),
    )


def _is_whole(data: bytes) -> bool:
    """Tell whether bytes cut from the start of UTF-8 text end between two characters."""
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True
