"""Where in a notebook's JSON text each cell and each of its values stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from json.decoder import scanstring  # type: ignore[attr-defined]  # documented by use, missing in typeshed

from msgspec import Struct

_DECODER = json.JSONDecoder(strict=False)
_BLANK = " \t\r\n"


class Extent(Struct, frozen=True):
    """A stretch of the text: offsets in code points, the end excluded."""

    start: int
    end: int


class CellLayout(Struct, frozen=True):
    """One cell's JSON object, and the value of each of its keys."""

    extent: Extent
    values: dict[str, Extent]


def scan_cells(text: str) -> tuple[Extent, tuple[CellLayout, ...]]:
    """Return the extent of the ``cells`` array, and the layout of every cell in it.

    The text must be a notebook of nbformat 4 that :func:`offbook.notebook.reader.read_notebook` accepted.
    Where a key stands twice, the last one counts, as for every JSON parser.
    """
    array = dict(_members(text, _skip(text, text.startswith("\ufeff"))))["cells"]
    cells = []
    for extent in _elements(text, array.start):
        cells.append(CellLayout(extent, dict(_members(text, extent.start))))
    return array, tuple(cells)


def scan_strings(text: str, extent: Extent) -> list[Extent]:
    """Return the extents of the strings of an array, or of the one string that stands there."""
    if text[extent.start] == "[":
        return list(_elements(text, extent.start))
    return [extent]


def _skip(text: str, at: int) -> int:
    while text[at] in _BLANK:
        at += 1
    return at


def _value_end(text: str, at: int) -> int:
    _, end = _DECODER.raw_decode(text, at)
    return end


def _elements(text: str, at: int) -> Iterator[Extent]:
    """Yield the elements of the array that opens at ``at``."""
    at = _skip(text, at + 1)
    while text[at] != "]":
        end = _value_end(text, at)
        yield Extent(at, end)
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)


def _members(text: str, at: int) -> Iterator[tuple[str, Extent]]:
    """Yield keys and values of the object that opens at ``at``."""
    at = _skip(text, at + 1)
    while text[at] != "}":
        key, at = scanstring(text, at + 1, False)
        at = _skip(text, _skip(text, at) + 1)
        end = _value_end(text, at)
        yield key, Extent(at, end)
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)
