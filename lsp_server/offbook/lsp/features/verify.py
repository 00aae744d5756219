"""``offbook/verify``: runs the notebooks of a plan before and after it, in scratch copies, and compares."""

from __future__ import annotations

from offbook.lsp.progress import work_done
from offbook.lsp.server import OffbookServer
from offbook.wire import VerifyParams, VerifyResult
from offbook.wire.methods import VERIFY


def register(server: OffbookServer) -> None:
    """Register the handler."""

    @server.message(VERIFY)
    async def verify(ls: OffbookServer, params: VerifyParams) -> VerifyResult:
        from offbook.app.verify import verify_plan  # noqa: PLC0415  (running is not on the keystroke path)

        opened = {uri: notebook.document for uri, notebook in ls.session.notebooks.items()}
        stored = ls.session.plans.get(params.plan_id, opened)
        files = {change.path: stored.file_at(change.path) for change in stored.plan.notebooks}
        with work_done(ls, params.work_done_token, f"offbook: verifying `{stored.plan.title}`") as work:
            result = await verify_plan(stored.plan, stored.project.root, files, progress=work.report)
            work.summary = result.message
        return VerifyResult(
            verdict=result.verdict,
            message=result.message,
            seconds=result.seconds,
            before=result.before,
            after=result.after,
        )
