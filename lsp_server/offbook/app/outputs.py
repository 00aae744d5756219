"""Holds what a run shows against what is stored, and stores it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from offbook.app.run import NotebookRun
from offbook.config import find_settings
from offbook.errors import UserError
from offbook.notebook import Notebook, NotebookError, NotebookFile, SetOutputs
from offbook.running import (
    Comparison,
    Difference,
    RunReport,
    StoredOutputs,
    compare_stored,
    set_outputs,
    stored_outputs,
)
from offbook.running.normalize import RELATIVE
from offbook.text import write_atomically

_KEEP = frozenset({"offbook:keep-output", "keep_output"})


def compare_with(notebook: Notebook, stored: StoredOutputs | None, report: RunReport, folder: Path) -> Comparison:
    """Hold what a passed run shows against what is stored, with the tolerance of the folder's settings.

    What cannot be compared counts as different, so that it does not pass unseen.

    Args:
        notebook: what ran.
        stored: what is stored for its cells; ``None`` where that has an old format.
        report: the run.
        folder: the folder that it ran in.
    """
    folder = folder.resolve()
    try:
        usual = find_settings(folder).run.tolerance
        return compare_stored(notebook, stored, report, folder, RELATIVE if usual is None else usual)
    except Exception as error:
        why = str(error) if isinstance(error, UserError) else f"this is a bug of offbook: {error!r}"
        return Comparison((Difference(f"the outputs could not be compared: {why}", "", ""),))


def compare_outputs(run: NotebookRun) -> NotebookRun:
    """Return a run with what it shows otherwise than its file does; one that did not pass is not compared."""
    if run.file is None or run.report.status != "passed":
        return run
    found = compare_with(run.file.notebook, stored_outputs(run.file), run.report, run.path.resolve().parent)
    report = replace(run.report, notes=run.report.notes + found.unstable)
    return replace(run, report=report, differences=found.differences)


def save_outputs(run: NotebookRun) -> None:
    """Store a passed run's outputs in the notebook's file; every other byte of it stays.

    Raises:
        UserError: where the file changed while it ran, or cannot be written.
    """
    if run.file is None or run.report.status != "passed":
        return
    try:
        if NotebookFile.read(run.path).text != run.file.text:
            raise UserError("it changed while it ran, so the outputs were not saved")
        write_atomically(run.path, run.file.encode(set_outputs(run.file.notebook, run.report)))
    except NotebookError as error:
        raise UserError(f"the outputs were not saved: {error}") from error


def clean_outputs(path: Path, *, write: bool) -> int:
    """Take the outputs and execution counts of a notebook's cells away; return how many cells had any.

    Cells that are tagged ``offbook:keep-output`` or ``keep_output`` keep theirs, and all other bytes of the file stay.

    Args:
        path: the file.
        write: whether the file is written.

    Raises:
        NotebookError: where it cannot be read.
    """
    file = NotebookFile.read(path)
    cells = (cell for cell in file.notebook.cells if cell.kind == "code" and _KEEP.isdisjoint(cell.tags))
    changes = [SetOutputs(cell.id) for cell in cells if cell.outputs or cell.execution_count is not None]
    if changes and write:
        write_atomically(path, file.encode(changes))
    return len(changes)
