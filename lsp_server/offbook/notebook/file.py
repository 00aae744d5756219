"""A notebook file: its exact text, and that text with cells changed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

from msgspec import Struct

from offbook.notebook.change import (
    CellChange,
    DeleteCell,
    DropOutputs,
    InsertCell,
    MoveCell,
    ReplaceSource,
    SetOutputs,
    TrimOutputs,
)
from offbook.notebook.layout import CellLayout, scan_cells
from offbook.notebook.model import Cell, CellId, Notebook
from offbook.notebook.reader import NotebookError, read_notebook
from offbook.notebook.trim import trimmed_outputs
from offbook.text import line_ending


class NotebookFile(Struct, frozen=True, dict=True):
    """What a notebook file holds.

    Only what a change names is written anew, in the file's own style (indentation, line ends, escapes); every other
    byte stays.
    """

    text: str
    notebook: Notebook

    @staticmethod
    def parse(data: bytes, path: Path) -> NotebookFile:
        """Read a notebook from bytes.

        Raises:
            NotebookError: where they are no notebook.
        """
        text = decode(data)
        return NotebookFile(text, read_notebook(text, path))

    @staticmethod
    def read(path: Path) -> NotebookFile:
        """Read a notebook file.

        Raises:
            NotebookError: where it is missing, unreadable or no notebook.
        """
        text = read_text(path)
        return NotebookFile(text, read_notebook(text, path))

    def render(self, changes: Iterable[CellChange]) -> str:
        """Return the file's text after the changes; without any, the very same text.

        Raises:
            NotebookError: for a file of nbformat 3, which cannot be written as it is.
            KeyError: where a change names a cell that is not there.
        """
        changes = list(changes)
        if not changes:
            return self.text
        if self.notebook.format[0] < 4:
            raise NotebookError(
                "it is in the old nbformat 3: run `jupyter nbconvert --to notebook --inplace` on it first"
            )
        return _Renderer(self).render(changes)

    def encode(self, changes: Iterable[CellChange]) -> bytes:
        """Return the file's bytes after the changes."""
        return self.render(changes).encode("utf-8", "surrogatepass")


def read_text(path: Path) -> str:
    """Return a file's text; the bytes, which may be many, are not kept.

    Raises:
        NotebookError: where it is missing, unreadable or no text.
    """
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            raise NotebookError("it is no regular file")
        return decode(path.read_bytes())
    except FileNotFoundError:
        raise NotebookError("there is no such file") from None
    except OSError as error:
        raise NotebookError(error.strerror or str(error)) from None


def decode(data: bytes) -> str:
    """Return the text that bytes are in UTF-8.

    Raises:
        NotebookError: where they are none.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise NotebookError("it is UTF-16 text, not UTF-8: save it anew") from None
        raise NotebookError(f"it is not UTF-8 text (byte {error.start})") from None


class _Renderer:
    """Puts changed cells into the text of a notebook."""

    def __init__(self, file: NotebookFile) -> None:
        self.text = file.text
        self.notebook = file.notebook
        self.array, self.layouts = scan_cells(file.text)
        self.newline = line_ending(file.text)
        self.escape = file.text.isascii() and "\\u" in file.text

    @cached_property
    def unit(self) -> str | None:
        """One step of indentation; ``None`` for JSON on one line."""
        found = re.search(r"\n([ \t]+)\S", self.text)
        return found.group(1) if found else None

    def render(self, changes: list[CellChange]) -> str:
        """Return the text with the changes made."""
        pieces: dict[CellId, str | None] = {}
        for cell, layout in zip(self.notebook.cells, self.layouts, strict=True):
            pieces[cell.id] = self.text[layout.extent.start : layout.extent.end]
        edits: dict[CellId, dict[str, str]] = {}
        inserted: dict[CellId | None, list[str]] = {}
        for change in changes:
            if isinstance(change, InsertCell):
                if change.after is not None and change.after not in self.notebook:
                    raise KeyError(change.after)
                inserted.setdefault(change.after, []).append(self._new_cell(change.cell))
            elif isinstance(change, DeleteCell | MoveCell):
                self.notebook.index(change.cell)
                if isinstance(change, DeleteCell):
                    pieces[change.cell] = None
            else:
                self._note(change, edits.setdefault(change.cell, {}))
        for cell_id, values in edits.items():
            if pieces[cell_id] is not None:
                pieces[cell_id] = self._rewritten(self.layouts[self.notebook.index(cell_id)], values)
        for move in (change for change in changes if isinstance(change, MoveCell)):
            moved, pieces[move.cell] = pieces[move.cell], None
            inserted.setdefault(move.after, []).extend([moved] if moved is not None else [])
        return self._assembled(pieces, inserted)

    def _note(self, change: ReplaceSource | SetOutputs | TrimOutputs | DropOutputs, values: dict[str, str]) -> None:
        layout = self.layouts[self.notebook.index(change.cell)]
        if isinstance(change, ReplaceSource):
            extent = layout.values.get("source")
            as_list = extent is None or self.text[extent.start] == "["
            values["source"] = self._dump(_multiline(change.source) if as_list else change.source, 3)
        elif isinstance(change, TrimOutputs | DropOutputs):
            extent = layout.values.get("outputs")
            stored = json.loads(self.text[extent.start : extent.end], strict=False) if extent else []
            if isinstance(change, TrimOutputs):
                stored = trimmed_outputs(stored, change.lines)
            elif len(stored) == change.total:
                stored = [output for number, output in enumerate(stored) if number not in change.outputs]
            values["outputs"] = self._dump(stored, 3)
        else:
            values["outputs"] = self._dump(list(change.outputs), 3)
            values["execution_count"] = self._dump(change.execution_count, 3)

    def _rewritten(self, layout: CellLayout, values: dict[str, str]) -> str:
        """Return a cell's text with some values replaced; a key that it lacks is added at its start."""
        done = layout.extent.start
        pieces: list[str] = []
        known = [(layout.values[key], text) for key, text in values.items() if key in layout.values]
        for extent, text in sorted(known, key=lambda item: item[0].start):
            pieces += (self.text[done : extent.start], text)
            done = extent.end
        pieces.append(self.text[done : layout.extent.end])
        result = "".join(pieces)
        for key in sorted(values.keys() - layout.values.keys()):
            blank = self._indent(3)
            result = f"{{{blank}{json.dumps(key)}: {values[key]},{result[1:]}"
        return result

    def _assembled(self, pieces: dict[CellId, str | None], inserted: dict[CellId | None, list[str]]) -> str:
        """Join the cells with the separators that stood between them."""
        first, last = self.array.start + 1, self.array.end - 1
        default = "," + self._indent(2)
        separators = [
            self.text[left.extent.end : right.extent.start]
            for left, right in zip(self.layouts, self.layouts[1:], strict=False)
        ]
        before = {cell.id: text for cell, text in zip(self.notebook.cells[1:], separators, strict=False)}
        head = self.text[first : self.layouts[0].extent.start] if self.layouts else self._indent(2)
        tail = self.text[self.layouts[-1].extent.end : last] if self.layouts else self._indent(1)
        parts: list[str] = []
        for text in inserted.get(None, ()):
            parts += (default if parts else "", text)
        for cell_id, piece in pieces.items():
            if piece is not None:
                parts += (before.get(cell_id, default) if parts else "", piece)
            for text in inserted.get(cell_id, ()):
                parts += (default if parts else "", text)
        body = "".join((head, *parts, tail)) if parts else ""
        return self.text[:first] + body + self.text[last:]

    def _new_cell(self, cell: Cell) -> str:
        value: dict[str, Any] = {"cell_type": cell.kind}
        if cell.kind == "code":
            value["execution_count"] = None
        if self.notebook.format >= (4, 5):
            value["id"] = str(cell.id)
        value["metadata"] = {"tags": list(cell.tags)} if cell.tags else {}
        if cell.kind == "code":
            value["outputs"] = []
        value["source"] = _multiline(cell.source)
        return self._dump(value, 2)

    def _dump(self, value: object, depth: int) -> str:
        """Return JSON in the file's style for a value that stands ``depth`` levels deep."""
        text = json.dumps(value, ensure_ascii=self.escape, indent=self.unit)
        return text if self.unit is None else text.replace("\n", self._indent(depth))

    def _indent(self, depth: int) -> str:
        return "" if self.unit is None else self.newline + self.unit * depth


def _multiline(source: str) -> list[str]:
    """Split as the notebook format stores text: lines with their ends."""
    return source.splitlines(keepends=True)
