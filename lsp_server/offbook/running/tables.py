"""Reads the tables of HTML as rows of text."""

from __future__ import annotations

from html.parser import HTMLParser

Rows = tuple[tuple[str, ...], ...]

_WIDEST_SPAN = 1000


def read_table(html: str) -> Rows:
    """Return the first table's rows; what spans several rows or columns stands in the first of them."""
    reader = _Table()
    reader.feed(html)
    reader.close()
    return reader.rows()


class _Table(HTMLParser):
    """Collects the cells of the first table; a table within it is text of the cell that holds it."""

    def __init__(self) -> None:
        super().__init__()
        self._cells: dict[tuple[int, int], list[str]] = {}
        self._taken: set[tuple[int, int]] = set()
        self._text: list[str] | None = None
        self._row = -1
        self._depth = 0
        self._done = False
        self._hidden = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._hidden = tag in ("style", "script")
        self._depth += tag == "table"
        if self._done or self._depth != 1:
            return
        if tag == "tr":
            self._row, self._text = self._row + 1, None
        elif tag in ("td", "th") and self._row >= 0:
            spans = dict(attributes)
            self._open_cell(_span(spans.get("rowspan")), _span(spans.get("colspan")))

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False
        if tag == "table" and self._depth:
            self._depth -= 1
            self._done = self._done or not self._depth
        if tag in ("td", "th") and self._depth == 1:
            self._text = None

    def handle_data(self, data: str) -> None:
        if self._text is not None and data.strip() and not self._hidden:
            self._text.append(" ".join(data.split()))

    def _open_cell(self, down: int, across: int) -> None:
        column = 0
        while (self._row, column) in self._taken:
            column += 1
        places = ((self._row + row, column + right) for row in range(down) for right in range(across))
        self._taken.update(places)
        self._text = self._cells[self._row, column] = []

    def rows(self) -> Rows:
        """Return what was collected."""
        width = 1 + max((column for row, column in self._taken if row <= self._row), default=-1)
        texts = {place: " ".join(pieces) for place, pieces in self._cells.items()}
        return tuple(
            tuple(texts.get((row, column), "") for column in range(width)) for row in range(self._row + 1) if width
        )


def _span(value: str | None) -> int:
    number = int(value) if value and value.isascii() and value.isdigit() else 1
    return max(1, min(number, _WIDEST_SPAN))
