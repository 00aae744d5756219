"""Edits of a notebook's cells while a refactoring collects them: small ones, and large ones that swallow them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from offbook.analysis import span_of
from offbook.notebook import CellId
from offbook.refactor.module.scene import RefusedError, Scene
from offbook.text import Edit, Lines, Position, Span


class Draft:
    """Edits by cell; places are those of the cells' own sources."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._edits: dict[CellId, list[Edit]] = {}
        self._lines: dict[CellId, Lines] = {}

    def lines(self, cell: CellId) -> Lines:
        """Return a cell's source."""
        if cell not in self._lines:
            self._lines[cell] = Lines(self.scene.notebook.cell(cell).source)
        return self._lines[cell]

    def put(self, cell: CellId, span: Span, text: str) -> None:
        """Put a text in the place of a span; edits inside the span are dropped."""
        self._edits.setdefault(cell, []).append(Edit(span, text))

    def insert(self, cell: CellId, place: Position, text: str) -> None:
        """Insert a text."""
        self.put(cell, Span(place, place), text)

    def rename(self, cell: CellId, node: ast.Name, text: str) -> None:
        """Put a text in the place of a name.

        Raises:
            RefusedError: where the name's place is not known: inside some f-strings.
        """
        span = span_of(node)
        if self.lines(cell).slice(span) != node.id:
            raise self.refuse(cell, span, f"`{node.id}` stands inside a text", "Give the value a name before.")
        self.put(cell, span, text)

    def refuse(self, cell: CellId, span: Span, reason: str, advice: str = "") -> RefusedError:
        """Return a refusal at a place."""
        return self.scene.refuse(reason, cell, span, advice)

    @property
    def edits(self) -> dict[CellId, list[Edit]]:
        """The edits of each cell, without those inside larger ones."""
        return {cell: list(_outermost(edits)) for cell, edits in self._edits.items()}

    def line_above(self, cell: CellId, place: Position, text: str) -> bool:
        """Put a line above the statement at a place, where that starts its line; tell whether it does."""
        if self.lines(cell).line(place.line)[: place.column].strip() or place.column:
            return False
        self.insert(cell, place, f"{text}{self.line_end(cell)}")
        return True

    def line_below(self, cell: CellId, place: Position, text: str) -> bool:
        """Put lines below the statement that ends at a place, where nothing else follows; tell whether that is so."""
        line = self.lines(cell).line(place.line)
        rest = line[place.column :].strip()
        if rest and not rest.startswith("#"):
            return False
        end = Position(place.line, len(line.rstrip("\r\n")))
        self.insert(cell, end, text.replace("\n", self.line_end(cell)))
        return True

    def line_end(self, cell: CellId) -> str:
        """Return how lines of a cell end."""
        return self.scene.line_ending(cell)


def find_comma(lines: Lines, start: Position, end: Position) -> Position | None:
    """Return the first comma between two parameters or arguments; brackets and comments may stand there too."""
    at, stop = lines.offset(start), lines.offset(end)
    while at < stop:
        letter = lines.text[at]
        if letter == ",":
            return lines.position(at)
        if letter == "#":
            line_end = lines.text.find("\n", at, stop)
            at = stop if line_end < 0 else line_end
        at += 1
    return None


def after_blanks(lines: Lines, place: Position) -> Position:
    """Return the place behind blanks on the same line."""
    line = lines.line(place.line)
    column = place.column
    while column < len(line) and line[column] in " \t":
        column += 1
    return Position(place.line, column)


def _outermost(edits: list[Edit]) -> Iterator[Edit]:
    for edit in edits:
        if not any(_swallows(other.span, edit.span) for other in edits if other is not edit):
            yield edit


def _swallows(outer: Span, inner: Span) -> bool:
    """Tell whether a span holds another one in its inside; insertions at its ends stay."""
    if inner.start == inner.end:
        return outer.start < inner.start < outer.end
    return outer.start <= inner.start and inner.end <= outer.end and outer != inner
