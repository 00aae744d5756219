"""The whole notebook as one Python text, and the way back from it to the cells."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from msgspec import Struct

from offbook.notebook.ipython import mask
from offbook.notebook.model import Cell, CellId
from offbook.text import Position, split_lines


class SourceMap(Struct, frozen=True):
    """Which cell each line of the joined text came from; built in one pass with that text.

    Attributes:
        cells: the cells that are in the text, in order.
        starts: the line of the joined text on which each of them starts.
        counts: how many lines each of them has.
    """

    cells: tuple[CellId, ...]
    starts: tuple[int, ...]
    counts: tuple[int, ...]

    def to_cell(self, position: Position) -> tuple[CellId, Position]:
        """Return the cell and the position in it.

        Raises:
            IndexError: for a position behind the text.
        """
        number = bisect_right(self.starts, position.line) - 1
        line = position.line - self.starts[number] if number >= 0 else -1
        if not (0 <= line < self.counts[number]):
            raise IndexError(f"line {position.line} is outside the notebook's text")
        return self.cells[number], Position(line, position.column)

    def to_text(self, cell: CellId, position: Position) -> Position:
        """Return the position in the joined text; ``ValueError`` where the cell is not in it."""
        number = self.cells.index(cell)
        if not 0 <= position.line < self.counts[number]:
            raise IndexError(f"line {position.line} is outside the cell")
        return Position(self.starts[number] + position.line, position.column)


def python_view(cells: Iterable[Cell]) -> tuple[str, SourceMap]:
    r"""Join the masked code cells, one after another, with ``\\n`` line ends."""
    lines: list[str] = []
    identities: list[CellId] = []
    starts: list[int] = []
    counts: list[int] = []
    for cell in cells:
        if cell.kind != "code":
            continue
        text = split_lines(mask(cell.source).text)
        identities.append(cell.id)
        starts.append(len(lines))
        counts.append(len(text))
        lines += text
    return "\n".join(lines), SourceMap(tuple(identities), tuple(starts), tuple(counts))
