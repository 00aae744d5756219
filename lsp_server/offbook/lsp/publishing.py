"""Diagnostics in the protocol's form."""

from __future__ import annotations

from collections.abc import Iterable
from operator import is_
from typing import NamedTuple

from lsprotocol import types

from offbook.diagnostics import Diagnostic, Related, Severity
from offbook.lsp.documents import Document
from offbook.lsp.fixdata import encode_fix
from offbook.lsp.notebooks import OpenNotebook
from offbook.lsp.positions import PositionCodec
from offbook.lsp.proposals import encode_proposal
from offbook.rules.checker import INTERNAL_CODE

SOURCE = "offbook"
_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFORMATION: types.DiagnosticSeverity.Information,
    Severity.HINT: types.DiagnosticSeverity.Hint,
}


class Encoder:
    """Puts the findings of one notebook into the protocol's form; a cell whose findings are the same is kept."""

    def __init__(self) -> None:
        self._known: dict[str, _Encoded] = {}
        self._notebook: OpenNotebook | None = None

    def encode(
        self, diagnostics: Iterable[Diagnostic], notebook: OpenNotebook, codec: PositionCodec
    ) -> dict[str, list[types.Diagnostic]]:
        """Return the findings of each cell that has any."""
        by_cell: dict[str, list[Diagnostic]] = {}
        for diagnostic in diagnostics:
            if diagnostic.cell in notebook:
                by_cell.setdefault(diagnostic.cell, []).append(diagnostic)
        typed = notebook.typed_since(self._notebook) if self._notebook is not None else None
        known, self._known, self._notebook = self._known, {}, notebook
        for cell, found in by_cell.items():
            before = known.get(cell)
            if before is None or typed is None or not before.stands(found, typed):
                before = _encoded(found, notebook, codec, before)
            self._known[cell] = before
        return {cell: encoded.items for cell, encoded in self._known.items()}


class _Encoded(NamedTuple):
    """The findings of one cell, the cells and texts in which they name places, and the protocol's form of them."""

    found: list[Diagnostic]
    involved: frozenset[str]
    documents: list[Document]
    items: list[types.Diagnostic]

    def stands(self, found: list[Diagnostic], typed: frozenset[str]) -> bool:
        """Tell whether these findings are the same objects, and no text that they name is among those typed into."""
        return len(found) == len(self.found) and all(map(is_, found, self.found)) and typed.isdisjoint(self.involved)


def _encoded(
    found: list[Diagnostic], notebook: OpenNotebook, codec: PositionCodec, before: _Encoded | None
) -> _Encoded:
    """Encode the findings of one cell; the list of before is kept where it says the same."""
    involved = frozenset(other for item in found for other in item.involved if other in notebook)
    documents = [notebook.cell(uri).document for uri in sorted(involved)]
    if before is not None and before.found == found and before.documents == documents:
        return _Encoded(found, involved, documents, before.items)
    return _Encoded(found, involved, documents, [_encode(item, notebook, codec) for item in found])


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
