"""Restart and run all, for the request and for the command alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from offbook.lsp.progress import Token, work_done
from offbook.lsp.uris import name_of
from offbook.wire import RunFailure, RunProgress, RunResult
from offbook.wire.methods import RUN_PROGRESS

if TYPE_CHECKING:
    from offbook.lsp.server import OffbookServer
    from offbook.notebook import CellId
    from offbook.running import CellState, RunReport
    from offbook.running import RunFailure as Failure


async def run_notebook(ls: OffbookServer, uri: str, timeout: float | None, token: Token | None) -> RunResult:
    """Run an open notebook, as it is in the editor, in a fresh kernel; tell the client of every cell.

    Args:
        ls: the server.
        uri: the notebook.
        timeout: seconds for the whole run; no limit where ``None``.
        token: the progress display.
    """
    from offbook.app.run import check_run  # noqa: PLC0415  (running is not on the keystroke path)
    from offbook.running import Limits  # noqa: PLC0415

    notebook = ls.session.notebook(uri)
    snapshot = notebook.snapshot()
    with work_done(ls, token, f"offbook: running {name_of(uri)}") as work:

        def tell(number: int, total: int, cell: CellId, state: CellState, seconds: float) -> None:
            message = RunProgress(notebook=uri, cell=cell, index=number, total=total, state=state, seconds=seconds)
            ls.protocol.notify(RUN_PROGRESS.name, msgspec.to_builtins(message))
            work.report(f"cell {number + 1} of {total}", number + (state != "running"), total)

        report = await check_run(
            snapshot, root=ls.session.root_of(notebook.path), limits=Limits(total=timeout), progress=tell
        )
        work.summary = report.message
    return _result(report)


def _result(report: RunReport) -> RunResult:
    failure = report.failure
    return RunResult(
        status=report.status,
        message=report.message,
        seconds=report.seconds,
        total=report.total,
        executed=report.executed,
        failure=None if failure is None else _failure(failure),
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
