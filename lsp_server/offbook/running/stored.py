"""Holds a fresh run against the outputs that the notebook's file stores."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from offbook.notebook import Cell, CellId, Notebook, NotebookFile, is_skipped
from offbook.running.compare import Comparison, Trial, compare_trials
from offbook.running.marks import ignores_output, tolerance
from offbook.running.normalize import RELATIVE
from offbook.running.report import CellRun, RunReport

_NOTHING = "It stores no outputs, so none were compared."
_OLD = "Its stored outputs have an old format, so they were not compared: save it with a current Jupyter."


StoredOutputs = Mapping[CellId, tuple[dict[str, Any], ...]]
"""The outputs of code cells in the notebook format's JSON, multi-line texts joined."""


def stored_outputs(file: NotebookFile) -> StoredOutputs | None:
    """Return what a file stores for each code cell; ``None`` where its format is too old."""
    cells = json.loads(file.text).get("cells", [])
    known = file.notebook.cells
    if file.notebook.format[0] != 4 or len(cells) != len(known):
        return None
    return {cell.id: _outputs(stored) for cell, stored in zip(known, cells, strict=True) if cell.kind == "code"}


def compare_stored(
    notebook: Notebook, stored: StoredOutputs | None, report: RunReport, folder: Path, usual: float = RELATIVE
) -> Comparison:
    """Compare what a passed run shows with what is stored.

    Args:
        notebook: what ran.
        stored: what is stored for its cells; see :func:`stored_outputs`.
        report: the run.
        folder: the absolute folder that it ran in.
        usual: the relative tolerance of decimal numbers in cells that name none.
    """
    if stored is None:
        return Comparison(unstable=(_OLD,))
    if not any(stored.values()):
        return Comparison(unstable=(_NOTHING,))
    code = [(index, cell) for index, cell in enumerate(notebook.cells) if cell.kind == "code"]
    runs = tuple(CellRun(cell.id, at, 0.0, None, stored.get(cell.id, ())) for at, cell in code)
    before = Trial(replace(report, cells=runs), folder, {})
    ignored = {cell.id for _, cell in code if is_skipped(cell) or ignores_output(cell)}
    tolerances, wrong = _tolerances(code, usual)
    found = compare_trials(before, Trial(report, folder, {}), removed=ignored, tolerances=tolerances)
    return replace(found, unstable=wrong + found.unstable)


def _tolerances(code: list[tuple[int, Cell]], usual: float) -> tuple[dict[CellId, float], tuple[str, ...]]:
    """Return every cell's tolerance, and what is wrong with the tags that name none."""
    found, wrong = {}, []
    for index, cell in code:
        try:
            own = tolerance(cell)
        except ValueError as error:
            own = None
            wrong.append(f"The tag `{error}` of cell {index + 1} names no number from 0 to 1, so it has no effect.")
        found[cell.id] = usual if own is None else own
    return found, tuple(wrong)


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
