"""Turns the JSON of nbformat 3, of the years before 2014, into that of nbformat 4: in memory, for reading alone.

It follows the upgrade of the nbformat package, whose import takes seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_MIME_TYPES = {
    "text": "text/plain",
    "html": "text/html",
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "latex": "text/latex",
    "json": "application/json",
    "javascript": "application/javascript",
}
_OUTPUT_TYPES = {"pyout": "execute_result", "pyerr": "error"}
_NO_DATA = frozenset({"output_type", "prompt_number", "metadata"})


def upgraded_cells(document: dict[str, Any]) -> list[object]:
    """Return the cells of all worksheets, in the form of nbformat 4; what is no cell stays as it is."""
    return [_cell(cell) if isinstance(cell, dict) else cell for cell in _cells(document)]


def _cells(document: dict[str, Any]) -> Iterator[object]:
    sheets = document.get("worksheets")
    for sheet in sheets if isinstance(sheets, list) else ():
        cells = sheet.get("cells") if isinstance(sheet, dict) else None
        yield from cells if isinstance(cells, list) else ()


def _cell(cell: dict[str, Any]) -> dict[str, Any]:
    kind = cell.get("cell_type")
    if kind == "code":
        outputs = cell.get("outputs")
        return {
            **cell,
            "source": cell.get("input", ""),
            "execution_count": cell.get("prompt_number"),
            "outputs": [_output(output) for output in outputs] if isinstance(outputs, list) else [],
        }
    if kind == "heading":
        source, level = cell.get("source", ""), cell.get("level", 1)
        text = "".join(filter(_is_text, source)) if isinstance(source, list) else str(source)
        hashes = "#" * (level if isinstance(level, int) else 1)
        return {**cell, "cell_type": "markdown", "source": f"{hashes} {' '.join(text.splitlines())}"}
    return {**cell, "cell_type": "markdown"} if kind == "html" else cell


def _is_text(part: object) -> bool:
    return isinstance(part, str)


def _output(output: object) -> object:
    if not isinstance(output, dict):
        return output
    kind = output.get("output_type")
    changed = {**output, "output_type": _OUTPUT_TYPES.get(str(kind), kind)}
    if kind == "stream":
        changed["name"] = output.get("stream", "stdout")
    elif kind in ("pyout", "display_data"):
        plain = {key: value for key, value in output.items() if key not in _NO_DATA and key not in _MIME_TYPES}
        named = {mime: output[alias] for alias, mime in _MIME_TYPES.items() if alias in output}
        changed["data"] = {**plain, **named}
    return changed
