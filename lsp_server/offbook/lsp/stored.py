"""What a saved notebook file knows of the cells that a client has open: their outputs and execution counts."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec.structs import replace

from offbook.lsp.notebooks import OpenCell, OpenNotebook
from offbook.notebook import Cell, CellId, Notebook, NotebookError, NotebookFile, Output
from offbook.wire import CellOutputs

StoredCells = Mapping[str, Cell]
"""Saved cells by the URI of the open cell that they belong to."""

MadeCells = dict[str, tuple[OpenCell, "Cell | None", "tuple[Output, ...] | None", Cell]]
"""The cells of a snapshot by URI, each with what it was made of."""


def read_stored(path: Path) -> Notebook | None:
    """Read the saved notebook; ``None`` where there is none, or none that can be read."""
    try:
        return NotebookFile.read(path).notebook
    except NotebookError:
        return None


def match_stored(notebook: OpenNotebook, saved: Notebook | None) -> StoredCells:
    """Find the saved cell of each open cell: by the id in its metadata, else the next one of the same source."""
    if saved is None:
        return {}
    found: dict[str, Cell] = {}
    taken: set[CellId] = set()
    for cell in notebook.cells:
        identity = CellId(cell.file_id)
        if identity and identity in saved and identity not in taken:
            found[cell.uri] = saved.cell(identity)
            taken.add(identity)
    left: dict[tuple[str, str], deque[Cell]] = defaultdict(deque)
    for stored in saved.cells:
        if stored.id not in taken:
            left[stored.kind, stored.source].append(stored)
    for cell in notebook.cells:
        same = left.get((cell.kind, cell.document.text))
        if cell.uri not in found and same:
            found[cell.uri] = same.popleft()
    return found


def snapshot(
    notebook: OpenNotebook,
    path: Path,
    stored: StoredCells,
    sent: Mapping[str, tuple[Output, ...]],
    made: MadeCells | None = None,
) -> Notebook:
    """Return the open notebook as a value; its cells are named by the URIs of their documents.

    Args:
        notebook: what the client has.
        path: where it is, or would be, saved.
        stored: what the saved file says.
        sent: the outputs that the client told, by cell; they win over saved ones.
        made: cells of the snapshot before; it is changed to hold those of this one.
    """
    made = {} if made is None else made
    cells = tuple(_made(cell, stored.get(cell.uri), sent.get(cell.uri), made) for cell in notebook.cells)
    if len(made) > len(cells):
        for gone in made.keys() - {cell.id for cell in cells}:
            del made[gone]
    return Notebook(path=path, cells=cells, language=notebook.language, kernel=notebook.kernel)


def retyped(
    before: Notebook,
    notebook: OpenNotebook,
    typed: Iterable[str],
    stored: StoredCells,
    sent: Mapping[str, tuple[Output, ...]],
    made: MadeCells,
) -> Notebook:
    """Return the notebook of before with the new texts of some cells; see :func:`snapshot`."""
    cells = list(before.cells)
    for uri in typed:
        cells[before.index(CellId(uri))] = _made(notebook.cell(uri), stored.get(uri), sent.get(uri), made)
    return before.with_cells_in_place(tuple(cells))


def as_file(notebook: Notebook) -> NotebookFile:
    """Return an open notebook as a file to run: its cells without outputs, under the names that they have here."""
    cells: list[dict[str, object]] = [
        {"cell_type": cell.kind, "id": f"cell-{number}", "metadata": {"tags": list(cell.tags)}, "source": cell.source}
        | ({"outputs": [], "execution_count": None} if cell.kind == "code" else {})
        for number, cell in enumerate(notebook.cells)
    ]
    kernel = {"kernelspec": {"name": notebook.kernel, "display_name": notebook.kernel}} if notebook.kernel else {}
    document = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    return NotebookFile(json.dumps(document), notebook)


def shapes(message: CellOutputs) -> tuple[Output, ...]:
    """Return the outputs that a client tells."""
    return tuple(
        Output(
            kind=output.kind,
            name=output.name,
            mime_types=tuple(output.mime_types),
            lines=output.lines,
            widest=output.widest,
            rows=output.rows,
            size=output.size,
            noise=output.noise,
            noisy_lines=output.noisy_lines,
        )
        for output in message.outputs
    )


def _same_shapes(sent: tuple[Output, ...], saved: tuple[Output, ...]) -> bool:
    """Tell whether told outputs look like saved ones: then what was found in the text of these holds."""
    return sent == tuple(replace(output, secrets=()) for output in saved)


def _made(cell: OpenCell, stored: Cell | None, sent: tuple[Output, ...] | None, made: MadeCells) -> Cell:
    """Return the cell of the snapshot before, where nothing of it has changed, or a new one."""
    known = made.get(cell.uri)
    if known is not None and known[0] is cell and known[1] is stored and known[2] is sent:
        return known[3]
    new = _cell(cell, stored, sent)
    made[cell.uri] = (cell, stored, sent, new)
    return new


def _cell(cell: OpenCell, stored: Cell | None, sent: tuple[Output, ...] | None) -> Cell:
    """Join what the client and the file know; saved outputs of an older run of the cell are left out."""
    if cell.kind != "code":
        return Cell(CellId(cell.uri), cell.kind, cell.document.text, None, cell.tags)
    count = cell.count
    if stored is not None and not cell.counted:
        count = stored.execution_count
    saved = stored.outputs if stored is not None and count == stored.execution_count else ()
    outputs = saved if sent is None or _same_shapes(sent, saved) else sent
    return Cell(CellId(cell.uri), "code", cell.document.text, count, cell.tags, outputs)
