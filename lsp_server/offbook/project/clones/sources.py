"""Reads the code of other notebooks and of modules, and nothing else of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import msgspec

from offbook.analysis import SyntaxProblem
from offbook.analysis.parse import parse_cell
from offbook.notebook import mask
from offbook.project.clones.entries import Entry
from offbook.project.unit import read_text
from offbook.rules.scripts.outlines import cell_digest, runs_of

_MOST = 500
"""Of a file at most so many runs are kept."""


class _Cell(msgspec.Struct):
    cell_type: str = ""
    source: str | list[str] = ""


class _Language(msgspec.Struct):
    language: str = "python"
    name: str = "python"


class _Metadata(msgspec.Struct):
    kernelspec: _Language = msgspec.field(default_factory=_Language)
    language_info: _Language = msgspec.field(default_factory=_Language)


class _Document(msgspec.Struct):
    cells: list[_Cell] = msgspec.field(default_factory=list)
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)


_DECODER = msgspec.json.Decoder(_Document)


def code_of(path: Path) -> Iterator[tuple[int, str, ast.Module | None]]:
    """Yield the number of each code cell, its source, and its tree where it is Python; a module is one cell.

    Nothing comes from a file that cannot be read, or that is in another language.
    """
    if path.suffix == ".py":
        text = read_text(path)
        if text is not None:
            yield 0, *_parsed(text.removeprefix("\ufeff"))
        return
    try:
        document = _DECODER.decode(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return
    spec, info = document.metadata.kernelspec, document.metadata.language_info
    if spec.language.lower() != "python" or not info.name.lower().startswith(("python", "ipython")):
        return
    for number, cell in enumerate(document.cells):
        if cell.cell_type == "code":
            yield number, *_parsed(cell.source if isinstance(cell.source, str) else "".join(cell.source))


def _parsed(source: str) -> tuple[str, ast.Module | None]:
    tree = parse_cell(mask(source).text)
    return source, None if isinstance(tree, SyntaxProblem) else tree


def entry_of(path: Path) -> Entry:
    """Return what the index keeps of the code cells of a file."""
    runs: dict[str, None] = {}
    digests: dict[str, None] = {}
    for _, source, tree in code_of(path):
        digest = cell_digest(source)
        if digest:
            digests[digest] = None
        runs.update((run.digest, None) for run in runs_of(tree, source))
    return Entry(tuple(runs)[:_MOST], tuple(digests)[:_MOST])
