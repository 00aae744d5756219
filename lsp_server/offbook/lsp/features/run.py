"""``offbook/run``: restart and run all, with progress and cancellation."""

from __future__ import annotations

from offbook.lsp.runs import run_notebook
from offbook.lsp.server import OffbookServer
from offbook.wire import RunParams, RunResult
from offbook.wire.methods import RUN


def register(server: OffbookServer) -> None:
    """Register the handler."""

    @server.message(RUN)
    async def run(ls: OffbookServer, params: RunParams) -> RunResult:
        return await run_notebook(ls, params, params.work_done_token)
