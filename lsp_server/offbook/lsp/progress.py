"""Work-done progress of one long request, and its cancellation from the progress display."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from offbook.lsp.server import OffbookServer

Token = str | int


class WorkDone:
    """Reports to one progress display; without a token, to none."""

    def __init__(self, ls: OffbookServer, token: Token | None) -> None:
        self._ls = ls
        self._token = token
        self.summary = ""

    def report(self, message: str, done: int, total: int) -> None:
        """Tell how far the work is."""
        if self._token is not None:
            percentage = 100 * done // total if total else 0
            value = types.WorkDoneProgressReport(message=message, percentage=percentage, cancellable=True)
            self._ls.work_done_progress.report(self._token, value)


@contextmanager
def work_done(ls: OffbookServer, token: Token | None, title: str) -> Iterator[WorkDone]:
    """Show a progress display while the block runs; its cancel button cancels the current task."""
    work = WorkDone(ls, token)
    if token is None:
        yield work
        return
    task = asyncio.current_task()
    progress = ls.work_done_progress
    begin = types.WorkDoneProgressBegin(title=title, percentage=0, cancellable=True)
    progress.begin(token, begin)
    progress.tokens[token].add_done_callback(lambda future: task.cancel() if task and future.cancelled() else None)
    try:
        yield work
    except asyncio.CancelledError:
        work.summary = "cancelled"
        raise
    finally:
        progress.tokens.pop(token, None)
        progress.end(token, types.WorkDoneProgressEnd(message=work.summary or None))


async def own_token(ls: OffbookServer) -> Token | None:
    """Open a progress display at the client; ``None`` where it has none to show."""
    if not ls.session.client.shows_progress:
        return None
    token = f"offbook-{uuid.uuid4()}"
    await ls.work_done_progress.create_async(token)
    return token
