"""``offbook/verify``: runs the notebooks of a plan before and after it, in scratch copies, and compares."""

from __future__ import annotations

from offbook.lsp.plans import StoredPlan
from offbook.lsp.progress import work_done
from offbook.lsp.server import OffbookServer
from offbook.lsp.session import Session
from offbook.project.unit import read_text
from offbook.wire import VerifyParams, VerifyResult
from offbook.wire.methods import VERIFY


def register(server: OffbookServer) -> None:
    """Register the handler."""

    @server.message(VERIFY)
    async def verify(ls: OffbookServer, params: VerifyParams) -> VerifyResult:
        from offbook.app.verify import verify_plan  # noqa: PLC0415  (running is not on the keystroke path)

        opened = {uri: notebook.document for uri, notebook in ls.session.notebooks.items()}
        stored = ls.session.plans.get(params.plan_id, opened)
        for change in stored.plan.notebooks:
            ls.session.allow_run(change.path)
        files = {change.path: stored.file_at(change.path) for change in stored.plan.notebooks}
        with work_done(ls, params.work_done_token, f"offbook: verifying `{stored.plan.title}`") as work:
            result = await verify_plan(stored.plan, stored.project.root, files, progress=work.report)
            message = " ".join([result.message, *unsaved_modules(ls.session, stored)])
            work.summary = message
        return VerifyResult(
            verdict=result.verdict,
            message=message,
            seconds=result.seconds,
            before=result.before,
            after=result.after,
        )


def unsaved_modules(session: Session, stored: StoredPlan) -> list[str]:
    """Say which modules of the workspace the runs took from the disk, although the editor holds other text."""
    changed = {file.path for file in stored.plan.files}
    names = sorted(
        f"`{path.name}`"
        for path, text in session.overlays().items()
        if path.suffix == ".py"
        and path.is_relative_to(stored.project.root)
        and path not in changed
        and read_text(path) != text
    )
    return [f"Unsaved changes of {', '.join(names)} were left out."] if names else []
