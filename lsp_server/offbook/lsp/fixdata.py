"""What a published diagnostic carries along, so that a code action needs no second analysis."""

from __future__ import annotations

from typing import Any

import msgspec
from lsprotocol import types

from offbook.diagnostics import Applicability, Diagnostic, Fix, Run
from offbook.lsp.changes import change_messages
from offbook.lsp.notebooks import OpenNotebook
from offbook.lsp.positions import PositionCodec
from offbook.wire import CellChangeMessage, Message


class TextChange(Message, frozen=True):
    """One edit, as the client counts columns: start line and column, end line and column, and the new text."""

    place: tuple[int, int, int, int]
    text: str

    def edit(self) -> types.TextEdit:
        """Return it in the protocol's form."""
        start, end = types.Position(*self.place[:2]), types.Position(*self.place[2:])
        return types.TextEdit(types.Range(start, end), self.text)


class CellFix(Message, frozen=True):
    """Edits of one cell, made for one version of its document."""

    cell: str
    version: int
    edits: list[TextChange]


class FixData(Message, frozen=True):
    """A diagnostic's fix: edits inside cells, changes of whole cells, or what could be run."""

    notebook: str
    title: str
    safe: bool
    edits: tuple[CellFix, ...]
    changes: tuple[CellChangeMessage, ...]
    run: Run = ""


def encode_fix(diagnostic: Diagnostic, notebook: OpenNotebook, codec: PositionCodec) -> dict[str, Any] | None:
    """Return the data of a diagnostic; ``None`` where it offers nothing."""
    if diagnostic.fix is None:
        return None
    built: dict[str, Any] = msgspec.to_builtins(fix_data(diagnostic.fix, notebook, codec))
    return built


def fix_data(fix: Fix, notebook: OpenNotebook, codec: PositionCodec) -> FixData:
    """Return a fix in the client's columns."""
    return FixData(
        notebook=notebook.uri,
        title=fix.title,
        safe=fix.applicability is Applicability.SAFE,
        edits=tuple(_cell_fixes(fix, notebook, codec)),
        changes=tuple(change_messages(fix.changes, lambda cell: notebook.cell(cell).document.text)),
        run=fix.run,
    )


def decode_fix(data: object) -> FixData | None:
    """Read the data of a diagnostic that a client sends back; ``None`` where it is not ours."""
    try:
        return msgspec.convert(data, FixData)
    except msgspec.ValidationError:
        return None


def _cell_fixes(fix: Fix, notebook: OpenNotebook, codec: PositionCodec) -> list[CellFix]:
    fixes = []
    for part in fix.edits:
        document = notebook.cell(part.cell).document
        edits = []
        for edit in part.edits:
            start, end = (codec.encode(document.lines, place) for place in edit.span)
            edits.append(TextChange(place=(*start, *end), text=edit.text))
        fixes.append(CellFix(cell=part.cell, version=document.version, edits=edits))
    return fixes
