"""Fixes that no single finding carries: of all findings of a rule, of all that is safe, and ignoring a rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from offbook.app.fix import compatible_fixes, joined_fix
from offbook.diagnostics import Applicability, CellEdits, Diagnostic, Fix
from offbook.lsp.fixdata import FixData, fix_data
from offbook.lsp.open_notebook import NotebookSession
from offbook.lsp.positions import PositionCodec
from offbook.notebook import CellId
from offbook.rules.ignoring import ignoring_edit
from offbook.rules.suppression import UNUSED_CODE


def fixes_of_many(notebook: NotebookSession, codec: PositionCodec, codes: Iterable[str]) -> Iterator[FixData]:
    """Yield the fix of all findings of each rule, and the one of all findings; only where they mend several.

    Args:
        notebook: whose findings.
        codec: the client's columns.
        codes: the rules; where none has a safe fix, nothing is offered.
    """
    safe = [item for item in notebook.current_findings() if _is_safe(item)]
    offered = [code for code in codes if any(item.code == code for item in safe)]
    for code in offered:
        fixes = list(compatible_fixes((item for item in safe if item.code == code), unsafe=False))
        if len(fixes) > 1:
            yield fix_data(joined_fix(f"Fix all {len(fixes)} of {code}", fixes), notebook.document, codec)
    if offered and any(item.code != offered[0] for item in safe):
        fixes = list(compatible_fixes(safe, unsafe=False))
        title = f"Fix all {len(fixes)} findings of the notebook that are safe to fix"
        yield fix_data(joined_fix(title, fixes), notebook.document, codec)


def fix_on_save(notebook: NotebookSession, codec: PositionCodec, cell: str | None) -> FixData | None:
    """Return the safe fixes that only edit texts, as one; with ``cell``: those that edit this cell alone."""
    found = (item for item in notebook.current_findings() if _is_safe(item) and _edits_only(item, cell))
    fixes = list(compatible_fixes(found, unsafe=False))
    return fix_data(joined_fix("Fix all that is safe to fix", fixes), notebook.document, codec) if fixes else None


def fix_by_ignoring(notebook: NotebookSession, codec: PositionCodec, cell: str, line: int, code: str) -> FixData | None:
    """Return the edit that has a rule ignored on a line of a cell; ``None`` where no comment can stand there."""
    analysis = notebook.current_analysis()
    facts = analysis.facts.get(CellId(cell))
    if facts is None or code == UNUSED_CODE:
        return None
    edit = ignoring_edit(analysis.notebook.cell(CellId(cell)), facts, line, code)
    if edit is None:
        return None
    fix = Fix(f"Ignore {code} on this line", Applicability.UNSAFE, (CellEdits(CellId(cell), (edit,)),))
    return fix_data(fix, notebook.document, codec)


def _is_safe(diagnostic: Diagnostic) -> bool:
    return diagnostic.fix is not None and diagnostic.fix.applicability is Applicability.SAFE


def _edits_only(diagnostic: Diagnostic, cell: str | None) -> bool:
    fix = diagnostic.fix
    return fix is not None and not fix.changes and (cell is None or {item.cell for item in fix.edits} == {cell})
