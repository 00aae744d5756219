"""Edits in the protocol's form, for clients that know no plans."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lsprotocol import types

from offbook.lsp.documents import Document
from offbook.lsp.fixdata import FixData
from offbook.lsp.protocol import RequestFailedError
from offbook.lsp.session import Session
from offbook.notebook import ReplaceSource
from offbook.refactor import FileChange, Plan
from offbook.text import replacement
from offbook.wire import CellChangeMessage, DeleteCellMessage, ReplaceSourceMessage

Change = types.TextDocumentEdit | types.CreateFile


def edit_of_fix(fix: FixData, session: Session) -> types.WorkspaceEdit | None:
    """Return a fix as an edit; ``None`` where it no longer fits, or cannot be said as one.

    A cell that the fix deletes is emptied.
    """
    changes: list[Change] = []
    for part in fix.edits:
        document = session.document(part.cell)
        if document is None or document.version != part.version:
            return None
        changes.append(_text_edit(document.uri, document.version, [edit.edit() for edit in part.edits]))
    for change in fix.changes:
        rewritten = _rewritten(change, session)
        if rewritten is None:
            return None
        changes.append(rewritten)
    return _joined(changes, session) if changes else None


def edit_of_plan(plan: Plan, session: Session) -> types.WorkspaceEdit:
    """Return a plan as an edit.

    Raises:
        RequestFailedError: where the plan needs more than edits of texts and new files, or the client lacks those.
    """
    changes: list[Change] = []
    for notebook in plan.notebooks:
        for change in notebook.changes:
            document = session.document(change.cell) if isinstance(change, ReplaceSource) else None
            if document is None or not isinstance(change, ReplaceSource):
                raise RequestFailedError(
                    f"{plan.title}: this changes more than the text of open cells, which this editor cannot do for "
                    f"offbook. Use `{_in_terminal(plan)}` in a terminal."
                )
            changes += _rewrite(document, change.source, session)
    for file in plan.files:
        changes += _file_edits(plan, file, session)
    return _joined(changes, session)


def _rewritten(change: CellChangeMessage, session: Session) -> types.TextDocumentEdit | None:
    if not isinstance(change, ReplaceSourceMessage | DeleteCellMessage):
        return None
    document = session.document(change.cell)
    if document is None or document.text != change.before:
        return None
    after = change.after if isinstance(change, ReplaceSourceMessage) else ""
    return next(iter(_rewrite(document, after, session)), None)


def _rewrite(document: Document, after: str, session: Session) -> list[types.TextDocumentEdit]:
    """Return the smallest edit of a document that leaves the text ``after``; none where it is there already."""
    edit = replacement(document.text, after)
    if edit is None:
        return []
    place = session.codec.range(document.lines, edit.span)
    return [_text_edit(document.uri, document.version, [types.TextEdit(place, edit.text)])]


def _in_terminal(plan: Plan) -> str:
    return f"offbook {plan.refactoring.replace('.', ' ')}"


def _file_edits(plan: Plan, file: FileChange, session: Session) -> list[Change]:
    uri = session.uri(file.path)
    if file.before is not None:
        known = session.documents.get(uri)
        edits = _rewrite(known or Document(uri, 0, "python", file.before), file.after, session)
        if known is None:
            for edit in edits:
                edit.text_document.version = None
        return list(edits)
    if not session.client.creates_files:
        raise RequestFailedError(f"this editor cannot create files for offbook: use `{_in_terminal(plan)}`")
    start = types.Position(0, 0)
    text = types.TextEdit(types.Range(start, start), file.after)
    return [types.CreateFile(uri), _text_edit(uri, None, [text])]


def _text_edit(uri: str, version: int | None, edits: Sequence[types.TextEdit]) -> types.TextDocumentEdit:
    return types.TextDocumentEdit(types.OptionalVersionedTextDocumentIdentifier(uri, version), list(edits))


def _joined(changes: Iterable[Change], session: Session) -> types.WorkspaceEdit:
    """Return one edit, in the older form without versions for clients that know no other."""
    changes = list(changes)
    if session.client.versions_edits:
        return types.WorkspaceEdit(document_changes=changes)
    plain: dict[str, list[types.TextEdit]] = {}
    for change in changes:
        if isinstance(change, types.TextDocumentEdit):
            texts = (edit for edit in change.edits if isinstance(edit, types.TextEdit))
            plain.setdefault(change.text_document.uri, []).extend(texts)
    return types.WorkspaceEdit(changes=dict(plain))
