"""A Python module as a notebook of one cell, for the rules that hold for any code."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from offbook.notebook.change import CellChange, ReplaceSource
from offbook.notebook.file import NotebookFile, decode, read_text
from offbook.notebook.model import Cell, CellId, Notebook
from offbook.notebook.reader import NotebookError

_BYTE_ORDER_MARK = "\ufeff"


class ModuleFile(NotebookFile, frozen=True, dict=True):
    """What a module's file holds: one cell with the whole text."""

    @staticmethod
    def of(text: str, path: Path) -> ModuleFile:
        """Take a module's text."""
        cell = Cell(CellId("module"), "code", text.removeprefix(_BYTE_ORDER_MARK))
        return ModuleFile(text, Notebook(path, (cell,)))

    def render(self, changes: Iterable[CellChange]) -> str:
        """Return the file's text after the changes.

        Raises:
            NotebookError: for a change that no module can have: of cells, or of outputs.
        """
        text = self.text
        for change in changes:
            if not isinstance(change, ReplaceSource):
                raise NotebookError("only a notebook can be changed like this")
            text = _BYTE_ORDER_MARK * self.text.startswith(_BYTE_ORDER_MARK) + change.source
        return text


def is_module(path: Path) -> bool:
    """Tell whether a file is a Python module, by its name."""
    return path.suffix == ".py"


def read_code(path: Path) -> NotebookFile:
    """Read a notebook, or a module as a notebook of one cell.

    Raises:
        NotebookError: where it is missing, unreadable or no notebook.
    """
    return ModuleFile.of(read_text(path), path) if is_module(path) else NotebookFile.read(path)


def parse_code(data: bytes, path: Path) -> NotebookFile:
    """Read a notebook, or a module as a notebook of one cell, from bytes.

    Raises:
        NotebookError: where they are no notebook, or no text.
    """
    return ModuleFile.of(decode(data), path) if is_module(path) else NotebookFile.parse(data, path)
