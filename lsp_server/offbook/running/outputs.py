"""Outputs of the notebook format: read from a run, and in the form in which they are stored."""

from __future__ import annotations

import re
from typing import Any

from offbook.notebook import CellChange, Notebook, SetOutputs, is_skipped
from offbook.running.report import RunReport

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*\x07")
_SPLIT = frozenset({"application/javascript", "image/svg+xml"})


def plain(text: str) -> str:
    """Return the text without terminal colours."""
    return _ANSI.sub("", text)


def set_outputs(notebook: Notebook, report: RunReport) -> list[CellChange]:
    """Return the changes that store a passed run's outputs; code cells that did not run lose theirs.

    Those that are marked to be skipped keep theirs.
    """
    ran = {run.cell: run for run in report.cells}
    changes: list[CellChange] = []
    for cell in notebook.cells:
        if cell.kind != "code" or is_skipped(cell):
            continue
        run = ran.get(cell.id)
        if run is not None:
            changes.append(SetOutputs(cell.id, tuple(map(_stored, run.outputs)), run.execution_count))
        elif cell.outputs or cell.execution_count is not None:
            changes.append(SetOutputs(cell.id))
    return changes


def _stored(output: dict[str, Any]) -> dict[str, Any]:
    """Return an output as files hold it: keys sorted, multi-line texts as lists of lines."""
    stored = {key: _sorted(output[key]) for key in sorted(output)}
    if isinstance(stored.get("text"), str):
        stored["text"] = stored["text"].splitlines(keepends=True)
    if isinstance(stored.get("data"), dict):
        stored["data"] = {mime: _lines(mime, value) for mime, value in stored["data"].items()}
    return stored


def _lines(mime: str, value: object) -> object:
    if isinstance(value, str) and (mime.startswith("text/") or mime in _SPLIT):
        return value.splitlines(keepends=True)
    return value


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_sorted(item) for item in value]
    return value
