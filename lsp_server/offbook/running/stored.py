"""Holds a fresh run against the outputs that the notebook's file stores."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from offbook.notebook import Cell, NotebookFile
from offbook.running.compare import Comparison, Trial, compare_trials
from offbook.running.report import CellRun, RunReport

_IGNORE_TAGS = frozenset({"offbook:ignore-output", "nbval-ignore-output"})
_IGNORE_MARK = re.compile(r"^\s*#\s*NBVAL_IGNORE_OUTPUT\b", re.MULTILINE)
_NOTHING = "It stores no outputs, so none were compared."
_OLD = "Its stored outputs have an old format, so they were not compared: save it with a current Jupyter."


def compare_stored(file: NotebookFile, report: RunReport, folder: Path) -> Comparison:
    """Compare what a passed run shows with what the file stores.

    Args:
        file: the notebook as it was before the run.
        report: the run.
        folder: the absolute folder that it ran in.
    """
    cells = json.loads(file.text).get("cells", [])
    code = [(index, cell) for index, cell in enumerate(file.notebook.cells) if cell.kind == "code"]
    if file.notebook.format[0] != 4 or len(cells) != len(file.notebook.cells):
        return Comparison(unstable=(_OLD,))
    stored = tuple(CellRun(cell.id, at, 0.0, None, _outputs(cells[at])) for at, cell in code)
    if not any(run.outputs for run in stored):
        return Comparison(unstable=(_NOTHING,))
    before = Trial(replace(report, cells=stored), folder, {})
    ignored = {cell.id for _, cell in code if _is_ignored(cell)}
    return compare_trials(before, Trial(report, folder, {}), removed=ignored)


def _is_ignored(cell: Cell) -> bool:
    return not _IGNORE_TAGS.isdisjoint(cell.tags) or _IGNORE_MARK.search(cell.source) is not None


def _outputs(cell: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """Return a stored cell's outputs with multi-line texts joined, as a run gives them."""
    outputs = []
    for output in cell.get("outputs", []):
        joined = {key: _joined(value) if key == "text" else value for key, value in output.items()}
        data = joined.get("data")
        if isinstance(data, dict):
            joined["data"] = {mime: value if mime.endswith("json") else _joined(value) for mime, value in data.items()}
        outputs.append(joined)
    return tuple(outputs)


def _joined(value: object) -> object:
    return "".join(map(str, value)) if isinstance(value, list) else value
