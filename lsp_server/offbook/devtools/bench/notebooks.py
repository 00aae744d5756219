"""The notebooks that are measured: real ones, and real ones put together to a size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import click

from offbook.analysis import analyze
from offbook.app.paths import find_notebooks
from offbook.notebook import NotebookError, NotebookFile

Json = dict[str, Any]


def files_in(folder: Path, limit: int | None = None) -> list[Path]:
    """Return the notebooks of a folder; of many, some from everywhere in it.

    Raises:
        click.UsageError: where there is none.
    """
    found = find_notebooks([folder])
    if not found:
        raise click.UsageError(f"there are no notebooks below `{folder}`: name a folder that holds some")
    return some_of(found, limit) if limit else found


def some_of(paths: Sequence[Path], limit: int) -> list[Path]:
    """Return some notebooks of many, from everywhere among them."""
    return list(paths[:: max(1, len(paths) // limit)][:limit])


def split_readable(paths: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """Return the notebooks that can be read, and those that cannot: a check of these ends with a failure."""
    readable, others = [], []
    for path in paths:
        try:
            NotebookFile.read(path)
        except NotebookError:
            others.append(path)
        else:
            readable.append(path)
    return readable, others


def first_sources(folder: Path, count: int) -> list[str]:
    """Return the code of so many cells of the notebooks of a folder.

    Raises:
        click.UsageError: where there are fewer.
    """
    sources = list(islice(sources_in(files_in(folder, 400)), count))
    if len(sources) < count:
        raise click.UsageError(
            f"the notebooks below `{folder}` have {len(sources)} cells of Python code, and {count} are wanted: "
            "name a larger folder, or smaller `--sizes`"
        )
    return sources


def sources_in(paths: Sequence[Path]) -> Iterator[str]:
    """Yield the code of notebooks in Python, without cells that bind names nobody can see."""
    for path in paths:
        try:
            notebook = NotebookFile.read(path).notebook
        except NotebookError:
            continue
        if notebook.language == "python":
            analysis = analyze(notebook)
            yield from (cell.source for cell, facts in analysis.cells if not facts.opaque and cell.source.strip())


class OpenNotebook:
    """A notebook as an editor opens it."""

    def __init__(self, path: Path, sources: Sequence[str]) -> None:
        self.uri = path.as_uri()
        self.sources = list(sources)
        self.version = 1
        self.versions = [1] * len(self.sources)

    def cell(self, number: int) -> str:
        """Return the URI of a cell."""
        return f"vscode-notebook-cell{self.uri.removeprefix('file')}#W{number}"

    def opened(self) -> Json:
        """Return the parameters of ``notebookDocument/didOpen``."""
        cells = [{"kind": 2, "document": self.cell(number)} for number in range(len(self.sources))]
        texts = [
            {"uri": self.cell(number), "languageId": "python", "version": 1, "text": source}
            for number, source in enumerate(self.sources)
        ]
        document = {"uri": self.uri, "notebookType": "jupyter-notebook", "version": 1, "cells": cells}
        return {"notebookDocument": document, "cellTextDocuments": texts}

    def typed(self, number: int, text: str, line: int, start: int, end: int) -> Json:
        """Return the parameters of ``notebookDocument/didChange`` for some characters that are replaced in a cell."""
        self.version += 1
        self.versions[number] += 1
        place = {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}
        document = {"uri": self.cell(number), "version": self.versions[number]}
        content = {"document": document, "changes": [{"range": place, "text": text}]}
        notebook = {"uri": self.uri, "version": self.version}
        return {"notebookDocument": notebook, "change": {"cells": {"textContent": [content]}}}
