"""The notebook, its cells and what their outputs look like."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from itertools import compress
from operator import is_not
from pathlib import Path
from typing import Literal, NewType
from zlib import crc32

from msgspec import Struct
from msgspec.structs import replace

CellId = NewType("CellId", str)
"""What names a cell: its id in the file, or its document's URI in an editor. Never its position."""

CellKind = Literal["code", "markdown", "raw"]
OutputKind = Literal["stream", "display", "result", "error"]
NoiseKind = Literal["", "progress", "warnings", "installer", "log"]
"""What a program says about itself: progress bars, warnings, an installer's messages, coloured log lines."""


class Output(Struct, frozen=True):
    """The shape of one stored output; its content stays in the file.

    Attributes:
        kind: ``stream``, ``display`` (display_data), ``result`` (execute_result) or ``error``.
        name: the stream's name (``stdout``), or the exception's (``ValueError``); else empty.
        mime_types: the formats that it holds; empty for streams and errors.
        lines: lines of its plain text.
        widest: code points in its longest line of plain text.
        rows: rows of its largest HTML table, 0 without one.
        size: characters of all its data together.
        noise: the kind of noise that most lines at its beginning hold; empty without any.
        noisy_lines: how many of these lines hold it.
        secrets: what the secrets are that its plain text shows (``a GitHub token``); never their values.
    """

    kind: OutputKind
    name: str = ""
    mime_types: tuple[str, ...] = ()
    lines: int = 0
    widest: int = 0
    rows: int = 0
    size: int = 0
    noise: NoiseKind = ""
    noisy_lines: int = 0
    secrets: tuple[str, ...] = ()


class Cell(Struct, frozen=True):
    """One cell: immutable, and equal to another that has the same content."""

    id: CellId
    kind: CellKind
    source: str
    execution_count: int | None = None
    tags: tuple[str, ...] = ()
    outputs: tuple[Output, ...] = ()


class Run(Struct, frozen=True):
    """One run of a cell, as an editor saw it.

    Attributes:
        cell: the cell; it may be gone by now.
        source: what the cell held when it ran.
        count: its execution count; one that is not above all earlier ones comes from a new kernel.
        success: whether it ended without an error, as far as is known.
    """

    cell: CellId
    source: str
    count: int
    success: bool = True


class Notebook(Struct, frozen=True, dict=True):
    """A notebook as offbook reasons about it.

    Attributes:
        path: where it is, or will be, saved.
        cells: every cell, in document order.
        language: the kernel's language in lower case (``python``, ``r``, ``julia``).
        kernel: the name of its kernelspec; empty where it names none.
        format: the file's ``(nbformat, nbformat_minor)``.
        runs: which cells ran in an editor, one after another; empty for a file.
        saved: the cells and their execution counts when an editor last saved them; ``None`` for a file.
    """

    path: Path
    cells: tuple[Cell, ...]
    language: str = "python"
    kernel: str = ""
    format: tuple[int, int] = (4, 5)
    runs: tuple[Run, ...] = ()
    saved: tuple[tuple[CellId, int | None], ...] | None = None

    @property
    def saved_counts(self) -> tuple[tuple[CellId, int | None], ...]:
        """The cells with the counts that are in the file; some may be gone, and new ones are not among them."""
        return self.saved if self.saved is not None else tuple((cell.id, cell.execution_count) for cell in self.cells)

    def with_cells_in_place(self, cells: tuple[Cell, ...]) -> Notebook:
        """Return the notebook with other cells of the same ids, in the same order."""
        changed = replace(self, cells=cells)
        changed.__dict__["_positions"] = self._positions
        return changed

    def edited_since(self, before: Notebook) -> list[CellId] | None:
        """Return the cells that differ from those of an earlier version; ``None`` where cells came, went or moved."""
        old, new = before.cells, self.cells
        if len(old) != len(new):
            return None
        places = list(compress(range(len(new)), map(is_not, old, new)))
        if any(old[place].id != new[place].id or old[place].kind != new[place].kind for place in places):
            return None
        return [new[place].id for place in places]

    @cached_property
    def _positions(self) -> dict[CellId, int]:
        return {cell.id: index for index, cell in enumerate(self.cells)}

    def index(self, cell: CellId) -> int:
        """Return a cell's position among all cells, from 0; ``KeyError`` where there is none."""
        return self._positions[cell]

    def cell(self, cell: CellId) -> Cell:
        """Return the cell of this id; ``KeyError`` where there is none."""
        return self.cells[self._positions[cell]]

    def __contains__(self, cell: object) -> bool:
        return cell in self._positions


def new_cell_id(source: str, taken: Collection[str]) -> CellId:
    """Return an id for a new cell that no cell in ``taken`` has.

    The same source among the same cells gets the same id, so that a plan made twice is the same plan.
    """
    digest = f"{crc32(source.encode('utf-8', 'surrogatepass')):08x}"
    number = 1
    candidate = digest
    while candidate in taken:
        number += 1
        candidate = f"{digest}-{number}"
    return CellId(candidate)
