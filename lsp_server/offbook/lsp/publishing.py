"""Diagnostics in the protocol's form."""

from __future__ import annotations

from collections.abc import Iterable

from lsprotocol import types

from offbook.diagnostics import Diagnostic, Related, Severity
from offbook.lsp.documents import Document
from offbook.lsp.fixdata import encode_fix
from offbook.lsp.notebooks import OpenNotebook
from offbook.lsp.positions import PositionCodec
from offbook.lsp.proposals import encode_proposal
from offbook.rules.checker import INTERNAL_CODE

SOURCE = "offbook"
_Key = tuple[tuple[Diagnostic, ...], tuple[Document, ...]]
_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFORMATION: types.DiagnosticSeverity.Information,
    Severity.HINT: types.DiagnosticSeverity.Hint,
}


class Encoder:
    """Puts the findings of one notebook into the protocol's form; a cell whose findings are the same is kept."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[_Key, list[types.Diagnostic]]] = {}

    def encode(
        self, diagnostics: Iterable[Diagnostic], notebook: OpenNotebook, codec: PositionCodec
    ) -> dict[str, list[types.Diagnostic]]:
        """Return the findings of each cell that has any."""
        by_cell: dict[str, list[Diagnostic]] = {}
        for diagnostic in diagnostics:
            if diagnostic.cell in notebook:
                by_cell.setdefault(diagnostic.cell, []).append(diagnostic)
        known, self._known = self._known, {}
        for cell, found in by_cell.items():
            involved = {other for item in found for other in item.involved if other in notebook}
            key = (tuple(found), tuple(notebook.cell(uri).document for uri in sorted(involved)))
            before = known.get(cell)
            if before is not None and before[0] == key:
                self._known[cell] = before
            else:
                self._known[cell] = (key, [_encode(item, notebook, codec) for item in found])
        return {cell: encoded for cell, (_, encoded) in self._known.items()}


def crash_finding(notebook: OpenNotebook) -> dict[str, list[types.Diagnostic]]:
    """Return what is shown of a notebook whose analysis crashed: one finding on its first code cell."""
    cell = next((cell.uri for cell in notebook.cells if cell.kind == "code"), None)
    if cell is None:
        return {}
    start = types.Position(0, 0)
    return {
        cell: [
            types.Diagnostic(
                range=types.Range(start, start),
                severity=types.DiagnosticSeverity.Warning,
                code=INTERNAL_CODE,
                source=SOURCE,
                message="offbook could not analyse this notebook: please report this as a bug of offbook",
            )
        ]
    }


def _encode(diagnostic: Diagnostic, notebook: OpenNotebook, codec: PositionCodec) -> types.Diagnostic:
    lines = notebook.cell(diagnostic.cell).document.lines
    faded = diagnostic.severity is Severity.HINT
    related = [_related(place, notebook, codec) for place in diagnostic.related if place.cell in notebook]
    return types.Diagnostic(
        range=codec.range(lines, diagnostic.span),
        severity=_SEVERITIES[diagnostic.severity],
        code=diagnostic.code,
        code_description=types.CodeDescription(diagnostic.url),
        source=SOURCE,
        message=diagnostic.message,
        tags=[types.DiagnosticTag.Unnecessary] if faded else None,
        related_information=related or None,
        data=encode_fix(diagnostic, notebook, codec) or encode_proposal(diagnostic, notebook),
    )


def _related(place: Related, notebook: OpenNotebook, codec: PositionCodec) -> types.DiagnosticRelatedInformation:
    lines = notebook.cell(place.cell).document.lines
    location = types.Location(place.cell, codec.range(lines, place.span))
    return types.DiagnosticRelatedInformation(location, place.message)
