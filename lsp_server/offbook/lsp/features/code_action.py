"""``textDocument/codeAction`` and ``codeAction/resolve``: quick fixes, and the way into refactorings."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from offbook.lsp.extraction import EXTRACT_MODULE, definitions_at, extraction_edit
from offbook.lsp.fixdata import FixData, decode_fix
from offbook.lsp.open_notebook import NotebookSession
from offbook.lsp.publishing import SOURCE
from offbook.lsp.quickfix import APPLY_CHANGES, plan_of_fix
from offbook.lsp.server import OffbookServer
from offbook.lsp.workspace_edit import edit_of_fix

QUICK_FIX = types.CodeActionKind.QuickFix
EXTRACT = types.CodeActionKind.RefactorExtract
OPTIONS = types.CodeActionOptions(code_action_kinds=[QUICK_FIX, EXTRACT], resolve_provider=True)


def register(server: OffbookServer) -> None:
    """Register the handlers."""

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, OPTIONS)
    def code_action(ls: OffbookServer, params: types.CodeActionParams) -> list[types.CodeAction]:
        notebook = ls.session.owner(params.text_document.uri)
        if notebook is None:
            return []
        actions: list[types.CodeAction] = []
        if _wanted(QUICK_FIX, params):
            actions += _quick_fixes(ls, params)
        if _wanted(EXTRACT, params):
            actions += _extractions(ls, notebook, params)
        return actions

    @server.feature(types.CODE_ACTION_RESOLVE)
    async def resolve(ls: OffbookServer, action: types.CodeAction) -> types.CodeAction:
        data = action.data if isinstance(action.data, dict) else {}
        names = data.get("extract")
        notebook = data.get("notebook")
        if action.edit is None and isinstance(notebook, str) and isinstance(names, list):
            action.edit = await extraction_edit(ls, notebook, [str(name) for name in names])
        return action


def _wanted(kind: str, params: types.CodeActionParams) -> bool:
    only = params.context.only
    return only is None or any(kind == wanted or kind.startswith(f"{wanted}.") for wanted in map(_text, only))


def _text(kind: str) -> str:
    return str(getattr(kind, "value", kind))


def _quick_fixes(ls: OffbookServer, params: types.CodeActionParams) -> Iterator[types.CodeAction]:
    """Make actions of what the diagnostics carry along."""
    for diagnostic in params.context.diagnostics:
        if diagnostic.source != SOURCE:
            continue
        fix = decode_fix(diagnostic.data) or _published_fix(ls, params.text_document.uri, diagnostic)
        if fix is None:
            continue
        action = types.CodeAction(
            title=fix.title, kind=QUICK_FIX, diagnostics=[diagnostic], is_preferred=fix.safe or None
        )
        if fix.changes and ls.session.client.applies_changes:
            plan = plan_of_fix(fix, ls.session)
            if plan is not None:
                action.command = types.Command(title=fix.title, command=APPLY_CHANGES, arguments=[plan])
                yield action
        else:
            action.edit = edit_of_fix(fix, ls.session)
            if action.edit is not None:
                yield action


def _published_fix(ls: OffbookServer, cell: str, diagnostic: types.Diagnostic) -> FixData | None:
    """Find the fix of a diagnostic that a client sends back without its data."""
    owner = ls.session.owner(cell)
    _, published = owner.published.get(cell, (0, [])) if owner else (0, [])
    for known in published:
        if (known.code, known.range, known.message) == (diagnostic.code, diagnostic.range, diagnostic.message):
            return decode_fix(known.data)
    return None


def _extractions(
    ls: OffbookServer, notebook: NotebookSession, params: types.CodeActionParams
) -> Iterator[types.CodeAction]:
    """Offer to move the definitions under the selection to a module."""
    cell = params.text_document.uri
    span = ls.session.codec.span(notebook.document.cell(cell).document.lines, params.range)
    names = definitions_at(notebook, cell, span)
    if not names:
        return
    what = f"`{names[0]}`" if len(names) == 1 else f"{len(names)} definitions"
    action = types.CodeAction(title=f"Extract {what} to a module", kind=EXTRACT)
    arguments: list[object] = [notebook.uri, {"names": names}]
    if not ls.session.client.applies_changes and ls.session.client.resolves_edits:
        action.data = {"notebook": notebook.uri, "extract": names}
    elif ls.session.client.applies_changes or ls.session.client.applies_edits:
        action.command = types.Command(
            title=f"Extract {what} to a module…", command=EXTRACT_MODULE, arguments=arguments
        )
    else:
        return
    if action.command is not None:
        action.title = action.command.title
    yield action
