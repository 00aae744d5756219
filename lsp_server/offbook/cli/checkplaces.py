"""Findings with their places in the notebooks' files, as code hosts want them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from offbook.app.results import NotebookCheck, spoken_place
from offbook.diagnostics import Diagnostic
from offbook.notebook import CellId, Notebook
from offbook.notebook.filemap import FileMap
from offbook.text import Span


class Located:
    """A checked notebook whose cells' places can be asked for as places of its file."""

    def __init__(self, notebook: Notebook, places: FileMap) -> None:
        self.notebook = notebook
        self._places = places

    def number(self, cell: CellId) -> int:
        """Return a cell's number, from 1."""
        return self.notebook.index(cell) + 1

    def spoken(self, cell: CellId, span: Span) -> str:
        """Return how people name a place of a cell."""
        return spoken_place(self.notebook.path, self.notebook.index(cell), span.start.line)

    def in_file(self, cell: CellId, span: Span) -> Span:
        """Return where a span of a cell stands in the file."""
        return self._places.span(self.notebook.index(cell), span)


def located_findings(checked: NotebookCheck) -> Iterator[tuple[Diagnostic, Located]]:
    """Yield a notebook's findings, in document order; its text must have been kept."""
    if checked.file is not None and checked.diagnostics:
        located = Located(checked.file.notebook, FileMap(checked.file))
        for diagnostic in checked.diagnostics:
            yield diagnostic, located


def portable_path(path: Path) -> str:
    """Return a path as code hosts want it: from the current folder, where it is in there, with forward slashes."""
    # abspath, as a link inside the repository has its own name there
    absolute = Path(os.path.abspath(path))  # noqa: PTH100
    here = Path.cwd()
    return absolute.relative_to(here).as_posix() if absolute.is_relative_to(here) else absolute.as_posix()
