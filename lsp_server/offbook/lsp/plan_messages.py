"""Plans and refusals as messages for the client."""

from __future__ import annotations

from offbook.lsp.changes import change_messages
from offbook.lsp.places import document_of
from offbook.lsp.plans import StoredPlan
from offbook.lsp.positions import wire_range
from offbook.lsp.session import Session
from offbook.notebook import CellId
from offbook.project.project import Project
from offbook.refactor import NotebookChange, Refusal
from offbook.wire import FileChangeMessage, NotebookChangeMessage, PlanMessage, RefusalMessage, RemedyMessage


def plan_message(stored: StoredPlan, identity: str, session: Session) -> PlanMessage:
    """Return a plan as a message."""
    plan = stored.plan
    return PlanMessage(
        id=identity,
        refactoring=plan.refactoring,
        title=plan.title,
        notebooks=[_notebook(change, stored, session) for change in plan.notebooks if change.path not in stored.files],
        files=[
            FileChangeMessage(uri=session.uri(file.path), before=file.before, after=file.after)
            for file in stored.written
        ],
        summary=list(plan.summary),
        warnings=list(plan.warnings),
        unsafe=plan.unsafe,
    )


def refusal_message(refusal: Refusal, project: Project, session: Session) -> RefusalMessage:
    """Return a refusal as a message; its reason is made a sentence."""
    uri, place = None, None
    if refusal.where is not None:
        uri, lines = document_of(session, project, refusal.where)
        place = wire_range(lines, refusal.where.span) if lines is not None else None
    known = refusal.remedy
    remedy = RemedyMessage(title=known.title, options=dict(known.options)) if known is not None else None
    return RefusalMessage(
        reason=as_sentence(refusal.reason), advice=refusal.advice, uri=uri, range=place, remedy=remedy
    )


def as_sentence(text: str) -> str:
    """Return words with a capital letter in front and a full stop behind; a name in backticks stays as it is."""
    ended = text if text.endswith((".", "!", "?")) else f"{text}."
    return ended[:1].upper() + ended[1:]


def _notebook(change: NotebookChange, stored: StoredPlan, session: Session) -> NotebookChangeMessage:
    notebook = stored.notebook_at(change.path)
    uri = stored.uri_of(change.path) or session.uri(change.path)
    return NotebookChangeMessage(
        uri=uri,
        version=stored.versions.get(uri),
        changes=change_messages(change.changes, lambda cell: notebook.cell(CellId(cell)).source),
    )
