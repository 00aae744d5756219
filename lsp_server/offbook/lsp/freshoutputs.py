"""What a check has shown: held against the saved file, and given to the client that accepts it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from offbook.lsp.open_notebook import NotebookSession
from offbook.lsp.protocol import RequestFailedError, StaleRequestError
from offbook.lsp.stored import match_stored
from offbook.notebook import CellId, Notebook, NotebookError, NotebookFile, SetOutputs
from offbook.wire import FreshOutputs, OutputDifference, ShownOutput

if TYPE_CHECKING:
    from offbook.running import Comparison, Difference, RunReport, Shown


async def compare_saved(notebook: NotebookSession, ran: Notebook, report: RunReport) -> Comparison:
    """Hold what a passed run shows against the outputs in the saved file.

    Args:
        notebook: the open notebook.
        ran: it, as it ran.
        report: the run.
    """
    from offbook.app.outputs import compare_with  # noqa: PLC0415  (running is not on the keystroke path)
    from offbook.running import Comparison, stored_outputs  # noqa: PLC0415

    document = notebook.document

    def compare() -> Comparison:
        try:
            if not notebook.saved:
                return Comparison(unstable=("It is not saved, so nothing was compared.",))
            file = NotebookFile.read(notebook.path)
        except NotebookError as error:
            return Comparison(unstable=(f"Nothing was compared: {error}.",))
        stored = stored_outputs(file)
        if stored is not None:
            saved = match_stored(document, file.notebook)
            stored = {CellId(uri): stored[cell.id] for uri, cell in saved.items() if cell.kind == "code"}
        return compare_with(ran, stored, report, notebook.path.parent)

    return await asyncio.to_thread(compare)


def difference_message(found: Difference, notebook: Notebook) -> OutputDifference:
    """Return a difference as a message."""
    return OutputDifference(
        cell=notebook.cells[found.index].id if found.index >= 0 else None,
        index=found.index,
        what=found.what,
        before=[_shown(item) for item in found.old],
        after=[_shown(item) for item in found.new],
    )


def _shown(item: Shown) -> ShownOutput:
    rows = [list(row) for row in item.rows]
    return ShownOutput(kind=item.kind, mime_type=item.mime, text=item.text, rows=rows, picture=item.picture)


def fresh_outputs(notebook: NotebookSession) -> list[FreshOutputs]:
    """Return what the cells of an open notebook are to show, after its last check.

    Raises:
        RequestFailedError: where there was none that passed; the message is for the user.
        StaleRequestError: where the code has changed since.
    """
    from offbook.running import set_outputs  # noqa: PLC0415  (see above)

    ran, report = _last_run(notebook)
    shown = {run.cell: list(run.outputs) for run in report.cells}
    changes = [change for change in set_outputs(ran, report) if isinstance(change, SetOutputs)]
    return [
        FreshOutputs(cell=change.cell, execution_count=change.execution_count, outputs=shown.get(change.cell, []))
        for change in changes
    ]


async def save_fresh_outputs(notebook: NotebookSession) -> Path:
    """Store in the file what the last check has shown, for a client that cannot; return the file.

    Raises:
        UserError: where there was no check that passed, or the code has changed since, in the editor or in the file.
    """
    from offbook.app.outputs import save_outputs  # noqa: PLC0415  (see above)
    from offbook.app.run import NotebookRun  # noqa: PLC0415

    ran, report = _last_run(notebook)

    def save() -> None:
        file = NotebookFile.read(notebook.path)
        code = [cell for cell in file.notebook.cells if cell.kind == "code"]
        if [cell[1:] for cell in _code(ran)] != [(cell.source, cell.tags) for cell in code]:
            raise StaleRequestError("the file holds other code than what ran: save it, and run it again")
        names = {mine[0]: cell.id for mine, cell in zip(_code(ran), code, strict=True)}
        cells = tuple(replace(run, cell=names[run.cell]) for run in report.cells)
        save_outputs(NotebookRun(notebook.path, file, replace(report, cells=cells)))

    await asyncio.to_thread(save)
    return notebook.path


def _last_run(notebook: NotebookSession) -> tuple[Notebook, RunReport]:
    if notebook.passed is None:
        raise RequestFailedError("there are no fresh outputs: restart and run all first, and to the end")
    if _code(notebook.passed[0]) != _code(notebook.snapshot()):
        raise StaleRequestError("the code has changed since it ran, so its outputs may have too: run it again")
    return notebook.passed


def _code(notebook: Notebook) -> list[tuple[CellId, str, tuple[str, ...]]]:
    return [(cell.id, cell.source, cell.tags) for cell in notebook.cells if cell.kind == "code"]
