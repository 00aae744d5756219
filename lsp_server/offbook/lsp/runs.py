"""Restart and run all, for the request and for the command alike."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from offbook.lsp.freshoutputs import compare_saved, difference_message
from offbook.lsp.progress import Token, work_done
from offbook.lsp.uris import name_of
from offbook.wire import RunFailure, RunParams, RunProgress, RunResult
from offbook.wire.methods import RUN_PROGRESS

if TYPE_CHECKING:
    from offbook.lsp.server import OffbookServer
    from offbook.running import CellProgress
    from offbook.running import RunFailure as Failure


async def run_notebook(ls: OffbookServer, params: RunParams, token: Token | None) -> RunResult:
    """Run an open notebook, as it is in the editor, in a fresh kernel; tell the client of every cell.

    What a run that passed has shown is kept, so that it can be accepted.

    Args:
        ls: the server.
        params: the notebook, and how it runs.
        token: the progress display.

    Raises:
        InvalidParamsError: the notebook is not open, or lies outside the workspace.
    """
    from offbook.app.ledger import Ledger  # noqa: PLC0415  (running is not on the keystroke path)
    from offbook.app.run import NotebookRun, check_run  # noqa: PLC0415
    from offbook.running import Limits  # noqa: PLC0415

    uri = params.notebook
    notebook = ls.session.notebook(uri)
    ls.session.allow_run(notebook.path)
    snapshot = notebook.snapshot()
    cells = len(snapshot.cells)
    with work_done(ls, token, f"offbook: running {name_of(uri)}") as work:

        def tell(now: CellProgress) -> None:
            message = RunProgress(
                notebook=uri, cell=now.cell, index=now.index, total=cells, state=now.state, seconds=now.seconds
            )
            ls.protocol.notify(RUN_PROGRESS.name, msgspec.to_builtins(message))
            work.report(f"cell {now.index + 1} of {cells}", now.done, now.total)

        root, limits = ls.session.root_of(notebook.path), Limits(total=params.timeout)
        # Asked for, it always runs; its receipt is for the commit.
        report = await check_run(snapshot, root=root, limits=limits, progress=tell, ledger=Ledger(), force=True)
        notes: tuple[str, ...] = ()
        run = NotebookRun(notebook.path, None, report)
        if report.status == "passed":
            notebook.passed = snapshot, report
            if params.compare:
                found = await compare_saved(notebook, snapshot, report)
                run, notes = replace(run, differences=found.differences), found.unstable
        work.summary = run.message
    return RunResult(
        status=run.outcome,
        message=run.message,
        seconds=report.seconds,
        total=report.total,
        executed=report.executed,
        failure=None if report.failure is None else _failure(report.failure),
        differences=[difference_message(difference, snapshot) for difference in run.differences],
        notes=[*report.notes, *notes],
    )


def _failure(failure: Failure) -> RunFailure:
    return RunFailure(
        cell=failure.cell,
        index=failure.index,
        ename=failure.ename,
        evalue=failure.evalue,
        traceback=failure.traceback,
        explanation=failure.explanation,
    )
