"""``textDocument/codeAction`` and ``codeAction/resolve``: quick fixes, and the way into refactorings."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from offbook.lsp.fixall import fix_by_ignoring, fix_on_save, fixes_of_many
from offbook.lsp.fixdata import FixData, decode_fix
from offbook.lsp.open_notebook import NotebookSession
from offbook.lsp.proposals import decode_proposal
from offbook.lsp.publishing import SOURCE
from offbook.lsp.quickfix import APPLY_CHANGES, plan_of_fix
from offbook.lsp.refactoring import offered, proposed, refactoring_edit
from offbook.lsp.server import OffbookServer
from offbook.lsp.workspace_edit import edit_of_fix
from offbook.notebook import CellId
from offbook.refactor import Selection

RUN_CELLS = "offbook.runCells"
"""The client's command that runs a cell, it and all below, or all cells anew, in the user's own kernel."""

QUICK_FIX = types.CodeActionKind.QuickFix
REFACTOR = types.CodeActionKind.Refactor
FIX_CELL = "source.fixAll.offbook"
"""What editors ask of each cell when it is saved."""

FIX_NOTEBOOK = "notebook.source.fixAll.offbook"
"""What VS Code asks of a whole notebook, through one of its cells."""

OPTIONS = types.CodeActionOptions(
    code_action_kinds=[QUICK_FIX, REFACTOR, FIX_CELL, FIX_NOTEBOOK], resolve_provider=True
)


def register(server: OffbookServer) -> None:
    """Register the handlers."""

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, OPTIONS)
    async def code_action(ls: OffbookServer, params: types.CodeActionParams) -> list[types.CodeAction]:
        notebook = ls.session.owner(params.text_document.uri)
        actions: list[types.CodeAction] = []
        if notebook is not None and params.context.only is not None:
            actions += await _source_actions(ls, notebook, params)
        if _wanted(QUICK_FIX, params):
            actions += _quick_fixes(ls, params)
            actions += _beyond_one(ls, notebook, params) if notebook is not None else ()
        if notebook is not None and _wanted(REFACTOR, params, within=True):
            cell = params.text_document.uri
            span = ls.session.codec.span(notebook.document.cell(cell).document.lines, params.range)
            found = offered(ls, notebook, Selection(CellId(cell), span))
            actions += (action for action in found if _wanted(action.kind, params))
        return actions

    @server.feature(types.CODE_ACTION_RESOLVE)
    async def resolve(ls: OffbookServer, action: types.CodeAction) -> types.CodeAction:
        data = action.data if isinstance(action.data, dict) else {}
        match data:
            case {"notebook": str(notebook), "refactoring": str(refactoring), "options": dict(options)}:
                action.edit = action.edit or await refactoring_edit(ls, notebook, refactoring, options)
        return action


def _wanted(kind: object, params: types.CodeActionParams, *, within: bool = False) -> bool:
    """Tell whether the client wants actions of a kind; ``within``: or of kinds below it."""
    if params.context.only is None:
        return True
    asked, wanted = f"{_text(kind)}.", [f"{_text(one)}." for one in params.context.only]
    return any(asked.startswith(one) or (within and one.startswith(asked)) for one in wanted)


def _text(kind: object) -> str:
    return str(getattr(kind, "value", kind))


async def _source_actions(
    ls: OffbookServer, notebook: NotebookSession, params: types.CodeActionParams
) -> list[types.CodeAction]:
    """Return what mends a cell or the notebook as it is saved; a client that asks for both gets the notebook's."""
    asked = next((kind for kind in (FIX_NOTEBOOK, FIX_CELL) if _wanted(kind, params)), None)
    if asked is None:
        return []
    await ls.diagnoser.settle(notebook)
    cell = params.text_document.uri
    fix = fix_on_save(notebook, ls.session.codec, None if asked == FIX_NOTEBOOK else cell)
    edit = edit_of_fix(fix, ls.session) if fix is not None else None
    return [types.CodeAction(title=fix.title, kind=asked, edit=edit)] if fix is not None and edit is not None else []


def _quick_fixes(ls: OffbookServer, params: types.CodeActionParams) -> Iterator[types.CodeAction]:
    """Make actions of what the diagnostics carry along."""
    for diagnostic in params.context.diagnostics:
        if diagnostic.source != SOURCE:
            continue
        found = (diagnostic.data, _published_data(ls, params.text_document.uri, diagnostic))
        known = next((item for data in found if (item := decode_fix(data) or decode_proposal(data))), None)
        if known is None:
            continue
        if isinstance(known, FixData):
            action = _fixing(ls, known) if not known.run else _running(ls, known, params.text_document.uri)
        else:
            action = proposed(ls, known)
        if action is not None:
            action.kind = QUICK_FIX
            action.diagnostics = [diagnostic]
            yield action


def _beyond_one(
    ls: OffbookServer, notebook: NotebookSession, params: types.CodeActionParams
) -> Iterator[types.CodeAction]:
    """Make actions that no finding carries: fix all of a rule, fix all, and ignore a rule on the line."""
    ours = [item for item in params.context.diagnostics if item.source == SOURCE]
    cell, codec = params.text_document.uri, ls.session.codec
    places = dict.fromkeys((str(item.code), item.range.start.line) for item in ours)
    fixes = list(fixes_of_many(notebook, codec, dict.fromkeys(code for code, _ in places)))
    ignoring = (fix_by_ignoring(notebook, codec, cell, line, code) for code, line in places)
    for fix in (*fixes, *ignoring):
        action = _fixing(ls, fix) if fix is not None else None
        if action is not None:
            action.kind, action.is_preferred = QUICK_FIX, None
            yield action


def _fixing(ls: OffbookServer, fix: FixData) -> types.CodeAction | None:
    """Return the action that carries out a fix; ``None`` where it no longer fits."""
    action = types.CodeAction(title=fix.title, is_preferred=fix.safe or None)
    if fix.changes and ls.session.client.applies_changes and fix.notebook in ls.session.notebooks:
        plan = plan_of_fix(fix, ls.session)
        if plan is None:
            return None
        action.command = types.Command(title=fix.title, command=APPLY_CHANGES, arguments=[plan])
        return action
    action.edit = edit_of_fix(fix, ls.session)
    return action if action.edit is not None else None


def _running(ls: OffbookServer, fix: FixData, cell: str) -> types.CodeAction | None:
    """Return the action that has the client run cells in the user's own kernel, where it knows how."""
    if not ls.session.client.applies_changes:
        return None
    command = types.Command(title=fix.title, command=RUN_CELLS, arguments=[cell, fix.run])
    return types.CodeAction(title=fix.title, command=command)


def _published_data(ls: OffbookServer, cell: str, diagnostic: types.Diagnostic) -> object:
    """Find the data of a diagnostic that a client sends back without them."""
    owner = ls.session.owner(cell) or ls.session.modules.get(cell)
    _, published = owner.published.get(cell, (0, [])) if owner else (0, [])
    for known in published:
        if (known.code, known.range, known.message) == (diagnostic.code, diagnostic.range, diagnostic.message):
            return known.data
    return None
