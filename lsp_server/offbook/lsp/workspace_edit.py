"""Edits in the protocol's form, for clients that know no plans."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from lsprotocol import types

from offbook.errors import UserError
from offbook.lsp.documents import Document
from offbook.lsp.fixdata import FixData
from offbook.lsp.plans import StoredPlan
from offbook.lsp.protocol import RequestFailedError
from offbook.lsp.session import Session
from offbook.notebook import NotebookError, NotebookFile, ReplaceSource
from offbook.project.renaming import SourceEdits
from offbook.refactor import FileChange, Plan
from offbook.text import Lines, replacement
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


def edit_of_plan(stored: StoredPlan, session: Session) -> types.WorkspaceEdit:
    """Return a plan as an edit.

    Raises:
        RequestFailedError: where the plan needs more than edits of texts and new files, or the client lacks those.
    """
    plan = stored.plan
    changes: list[Change] = []
    for notebook in plan.notebooks:
        for change in notebook.changes if notebook.path not in stored.files else ():
            document = session.document(change.cell) if isinstance(change, ReplaceSource) else None
            if document is None or not isinstance(change, ReplaceSource):
                raise RequestFailedError(
                    f"{plan.title}: this changes more than the text of open cells, which this editor cannot do for "
                    f"offbook. Use `{_in_terminal(plan)}` in a terminal."
                )
            changes += _rewrite(document, change.source, session)
    for file in stored.written:
        changes += _file_edits(plan, file, session)
    return _joined(changes, session)


def edit_of_sources(changes: Iterable[SourceEdits], session: Session) -> types.WorkspaceEdit:
    """Return edits of cells and modules, open or not.

    A cell of a notebook that is not open is changed in the JSON of its file, where every other byte stays.

    Raises:
        UserError: where a notebook's file cannot be written as it is.
    """
    joined: list[Change] = []
    closed: dict[Path, list[ReplaceSource]] = {}
    for change in changes:
        uri = change.cell if change.cell is not None else session.uri(change.path)
        document = session.document(uri)
        if change.cell is not None and document is None:
            closed.setdefault(change.path, []).append(ReplaceSource(change.cell, change.after))
            continue
        lines = document.lines if document is not None else Lines(change.source)
        edits = [types.TextEdit(session.codec.range(lines, edit.span), edit.text) for edit in change.edits]
        joined.append(_text_edit(uri, document.version if document is not None else None, edits))
    joined += (_json_edit(path, cells, session) for path, cells in closed.items())
    return _joined(joined, session)


def _json_edit(path: Path, cells: list[ReplaceSource], session: Session) -> types.TextDocumentEdit:
    """Return changed cells as an edit of a notebook file's text."""
    try:
        file = NotebookFile.read(path)
        edits = [edit for cell in cells if (edit := replacement(file.text, file.render([cell]))) is not None]
    except NotebookError as error:
        raise UserError(f"{path.name} cannot be changed: {error}") from None
    lines = Lines(file.text)
    texts = [types.TextEdit(session.codec.range(lines, edit.span), edit.text) for edit in edits]
    return _text_edit(session.uri(path), None, texts)


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
