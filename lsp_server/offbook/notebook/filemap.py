"""Where a place in a cell's source stands in the notebook's file."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property

from offbook.notebook.file import NotebookFile
from offbook.notebook.layout import CellLayout, Extent, scan_cells, scan_strings
from offbook.notebook.modulefile import ModuleFile
from offbook.text import Lines, Position, Span
from offbook.text.patterns import pattern

_CHARACTER = pattern(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u....|\\.|.", re.DOTALL)
"""One character of a string's value, as JSON writes it; a pair of surrogates is one."""


class FileMap:
    """Turns places in cells into places in the file's text, both counted as :mod:`offbook.text` does.

    What has no text of its own in the file (an empty source, a notebook of nbformat 3) is where its cell starts, or
    at the file's start.
    """

    def __init__(self, file: NotebookFile) -> None:
        self._file = file
        self._lines = Lines(file.text)

    @cached_property
    def _layouts(self) -> tuple[CellLayout, ...]:
        return scan_cells(self._file.text)[1] if self._file.notebook.format[0] >= 4 else ()

    def span(self, number: int, span: Span) -> Span:
        """Return where a span of a cell's source stands; the cell is named by its position among all cells, from 0."""
        if isinstance(self._file, ModuleFile):
            return span
        if number >= len(self._layouts):
            start = self._lines.position(int(self._file.text.startswith("\ufeff")))
            return Span(start, start)
        layout = self._layouts[number]
        pieces = self._pieces(layout)
        if not pieces:
            start = self._lines.position(layout.extent.start)
            return Span(start, start)
        source = Lines(self._file.notebook.cells[number].source)
        first = source.offset(span.start)
        last = max(first, source.offset(span.end))
        return Span(self._place(pieces, first), self._place(pieces, last, closing=last > first))

    def _pieces(self, layout: CellLayout) -> list[tuple[int, Extent]]:
        """Return the strings of the source that are not empty: where each begins in the source, and in the file."""
        text = self._file.text
        value = layout.values.get("source")
        if value is None or text[value.start] not in '["':
            return []
        pieces, done = [], 0
        for extent in scan_strings(text, value):
            count = sum(1 for _ in _characters(text, extent))
            if count:
                pieces.append((done, extent))
            done += count
        return pieces

    def _place(self, pieces: list[tuple[int, Extent]], offset: int, *, closing: bool = False) -> Position:
        """Return the place of an offset in the source; the end of a span belongs to the text before it."""
        starts = [start for start, _ in pieces]
        index = max(0, bisect_right(starts, offset - closing) - 1)
        begun, extent = pieces[index]
        at = extent.end - 1
        for number, found in enumerate(_characters(self._file.text, extent)):
            if number == offset - begun:
                at = found
                break
        return self._lines.position(at)


def _characters(text: str, extent: Extent) -> Iterator[int]:
    """Yield where each character of a string's value starts in the text."""
    for match in _CHARACTER.finditer(text, extent.start + 1, extent.end - 1):
        yield match.start()
