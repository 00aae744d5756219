"""Applies the fixes of findings to notebook files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from offbook.app.checking import check_parsed
from offbook.app.results import NotebookCheck
from offbook.diagnostics import Applicability, CellEdits, Diagnostic, Fix
from offbook.errors import UserError
from offbook.notebook import CellChange, CellId, DeleteCell, InsertCell, Notebook, NotebookFile, ReplaceSource
from offbook.notebook.modulefile import parse_code, read_code
from offbook.rules import RuleSettings
from offbook.text import Edit, apply_edits, write_atomically

_PASSES = 10
"""Fixes can make room for others; after so many rounds the rest is left."""


class FixResult(Struct, frozen=True):
    """A notebook before and after its fixes, and what is left to say of it."""

    before: NotebookFile
    after: NotebookFile
    fixed: int
    left: NotebookCheck


def fix_notebook(checked: NotebookCheck, settings: RuleSettings, *, unsafe: bool = False) -> FixResult:
    """Apply all fixes of a checked notebook, again and again until none is left. Nothing is written.

    Raises:
        UserError: for a notebook that could not be read, or that is in an old format.
    """
    if checked.file is None:
        raise UserError(f"{checked.path}: {checked.problem}")
    before, fixed = checked.file, 0
    for _ in range(_PASSES):
        assert checked.file is not None, "a rendered notebook can be read again"
        chosen = list(compatible_fixes(checked.diagnostics, unsafe=unsafe))
        if not chosen:
            break
        fixed += len(chosen)
        data = checked.file.encode(changes_of(checked.file.notebook, chosen))
        after = parse_code(data, checked.path)
        checked = check_parsed(checked.path, after, settings)
    assert checked.file is not None, "a rendered notebook can be read again"
    return FixResult(before, checked.file, fixed, checked)


def compatible_fixes(diagnostics: Iterable[Diagnostic], *, unsafe: bool) -> Iterator[Fix]:
    """Yield fixes that can be applied together: of two that touch the same place, the first."""
    edited: dict[CellId, list[Edit]] = {}
    changed: set[CellId] = set()
    for diagnostic in diagnostics:
        fix = diagnostic.fix
        if fix is None or fix.applicability is Applicability.DISPLAY:
            continue
        if fix.applicability is Applicability.UNSAFE and not unsafe:
            continue
        cells = {change.cell for change in fix.changes if not isinstance(change, InsertCell)}
        touched = {item.cell for item in fix.edits}
        if (cells | touched) & changed or cells & edited.keys() or _collides(fix, edited):
            continue
        changed |= cells
        for item in fix.edits:
            edited.setdefault(item.cell, []).extend(item.edits)
        yield fix


def joined_fix(title: str, fixes: Iterable[Fix]) -> Fix:
    """Return compatible fixes as one; a cell that one of them deletes is not edited."""
    changes: list[CellChange] = []
    edits: dict[CellId, list[Edit]] = {}
    for fix in fixes:
        changes += fix.changes
        for item in fix.edits:
            edits.setdefault(item.cell, []).extend(item.edits)
    deleted = {change.cell for change in changes if isinstance(change, DeleteCell)}
    parts = (CellEdits(cell, tuple(texts)) for cell, texts in edits.items() if cell not in deleted)
    return Fix(title, Applicability.SAFE, tuple(parts), tuple(changes))


def changes_of(notebook: Notebook, fixes: Iterable[Fix]) -> list[CellChange]:
    """Return what compatible fixes change, as changes of cells."""
    fix = joined_fix("", fixes)
    sources = (ReplaceSource(item.cell, apply_edits(notebook.cell(item.cell).source, item.edits)) for item in fix.edits)
    return [*fix.changes, *sources]


def write_fixed(path: Path, result: FixResult) -> None:
    """Write a fixed notebook, unless nothing changed or the file is no longer what was checked.

    Raises:
        UserError: where the file changed meanwhile, or cannot be written.
    """
    if result.after.text == result.before.text:
        return
    if read_code(path).text != result.before.text:
        raise UserError(f"{path} changed while it was checked: nothing was written")
    write_atomically(path, result.after.text.encode("utf-8", "surrogatepass"))


def _collides(fix: Fix, edited: dict[CellId, list[Edit]]) -> bool:
    return any(
        edit.span.overlaps(other.span)
        for item in fix.edits
        for edit in item.edits
        for other in edited.get(item.cell, ())
    )
