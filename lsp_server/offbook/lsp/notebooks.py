"""An open notebook as the client has it, as a frozen value, and the changes that a client sends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import compress
from operator import is_not
from typing import Any, cast

from lsprotocol import types
from msgspec import Struct
from msgspec.structs import replace

from offbook.lsp.documents import Document
from offbook.lsp.positions import PositionCodec
from offbook.notebook import CellKind


class OpenCell(Struct, frozen=True, dict=True):
    """A cell of an open notebook.

    Attributes:
        document: its text.
        kind: what it is.
        metadata: as the client keeps it: the file's cell metadata, or an object that holds it.
        counted: whether the client has ever told its execution count.
        count: its execution count.
        success: whether its last run ended without an error, as far as the client tells.
    """

    document: Document
    kind: CellKind
    metadata: Mapping[str, Any]
    counted: bool = False
    count: int | None = None
    success: bool = True

    @property
    def uri(self) -> str:
        """What names the cell."""
        return self.document.uri

    @property
    def file_id(self) -> str:
        """The cell's id in the file; empty where the client does not tell it."""
        found = _lookup(self.metadata, "id")
        return found if isinstance(found, str) else ""

    @property
    def tags(self) -> tuple[str, ...]:
        """The cell's tags."""
        found = _lookup(self.metadata, "tags")
        return tuple(tag for tag in found if isinstance(tag, str)) if isinstance(found, list | tuple) else ()


class OpenNotebook(Struct, frozen=True, dict=True):
    """A notebook as the client has it.

    Attributes:
        uri: as the client wrote it.
        version: the client's version number.
        metadata: as the client keeps it.
        cells: every cell, in document order.
    """

    uri: str
    version: int
    metadata: Mapping[str, Any]
    cells: tuple[OpenCell, ...]

    @staticmethod
    def opened(params: types.DidOpenNotebookDocumentParams) -> OpenNotebook:
        """Return the notebook that a client opens."""
        item = params.notebook_document
        documents = {text.uri: Document.opened(text) for text in params.cell_text_documents}
        return OpenNotebook(item.uri, item.version, _mapping(item.metadata), _cells(item.cells, documents, {}))

    @staticmethod
    def of_module(document: Document) -> OpenNotebook:
        """Return a module as a notebook of one cell, which has the module's own URI."""
        return OpenNotebook(document.uri, document.version, {}, (OpenCell(document, "code", {}),))

    def changed(self, params: types.DidChangeNotebookDocumentParams, codec: PositionCodec) -> OpenNotebook:
        """Return the notebook after a client's changes."""
        change = params.change
        metadata = self.metadata if change.metadata is None else _mapping(change.metadata)
        version, typed = params.notebook_document.version, (change.cells and change.cells.text_content) or ()
        if is_typed(params):
            changed = OpenNotebook(self.uri, version, metadata, self.cells)._typed(typed, codec, self._positions)
            changed.__dict__.update(_positions=self._positions, language=self.language)
            return changed
        cells = self.cells
        if change.cells is not None:
            if change.cells.structure is not None:
                cells = _restructured(cells, change.cells.structure)
            cells = _with_data(cells, change.cells.data or ())
        changed = OpenNotebook(self.uri, version, metadata, cells)
        return changed._typed(typed, codec, changed._positions)

    def _typed(
        self,
        contents: Iterable[types.NotebookDocumentCellContentChanges],
        codec: PositionCodec,
        positions: Mapping[str, int],
    ) -> OpenNotebook:
        """Return the notebook with other texts of cells."""
        cells = list(self.cells)
        for content in contents:
            place = positions.get(content.document.uri)
            if place is not None:
                document = cells[place].document.changed(content.document.version, content.changes, codec)
                cells[place] = replace(cells[place], document=document)
        return replace(self, cells=tuple(cells))

    def typed_since(self, before: OpenNotebook) -> frozenset[str] | None:
        """Return the cells that have other texts than in an earlier version; ``None`` where anything else differs."""
        old, new = before.cells, self.cells
        if len(old) != len(new) or before.metadata is not self.metadata:
            return None
        places = list(compress(range(len(new)), map(is_not, old, new)))
        if any(replace(old[place], document=new[place].document) != new[place] for place in places):
            return None
        if any(old[place].uri != new[place].uri for place in places):
            return None
        return frozenset(new[place].uri for place in places)

    def counted(self, counts: Mapping[str, int | None]) -> OpenNotebook:
        """Return the notebook with the execution counts of some cells."""
        cells = (
            replace(cell, counted=True, count=counts[cell.uri]) if cell.uri in counts else cell for cell in self.cells
        )
        return replace(self, cells=tuple(cells))

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {cell.uri: index for index, cell in enumerate(self.cells)}

    def __contains__(self, uri: object) -> bool:
        return uri in self._positions

    def cell(self, uri: str) -> OpenCell:
        """Return the cell of this URI; ``KeyError`` where there is none."""
        return self.cells[self._positions[uri]]

    @property
    def kernel(self) -> str:
        """The name of the notebook's kernelspec; empty where the client does not tell it."""
        return str(_mapping(_lookup(self.metadata, "kernelspec")).get("name") or "")

    @cached_property
    def language(self) -> str:
        """The language of the notebook's code, in lower case."""
        told = _mapping(_lookup(self.metadata, "language_info")).get("name") or _mapping(
            _lookup(self.metadata, "kernelspec")
        ).get("language")
        if not told:
            used = Counter(cell.document.language for cell in self.cells if cell.kind == "code")
            told = used.most_common(1)[0][0] if used else "python"
        language = str(told).lower()
        return "python" if language in ("ipython", "python2", "python3") else language


def is_typed(params: types.DidChangeNotebookDocumentParams) -> bool:
    """Tell whether a client's change is of nothing but the texts of cells."""
    cells = params.change.cells
    return params.change.metadata is None and cells is not None and cells.structure is None and not cells.data


def _restructured(
    cells: tuple[OpenCell, ...], change: types.NotebookDocumentCellChangeStructure
) -> tuple[OpenCell, ...]:
    """Insert, delete and move cells; a moved one, which the client does not open again, keeps its text."""
    known = {cell.uri: cell for cell in cells}
    documents = {text.uri: Document.opened(text) for text in change.did_open or ()}
    array = change.array
    new = _cells(array.cells or (), documents, known)
    return (*cells[: array.start], *new, *cells[array.start + array.delete_count :])


def _with_data(cells: tuple[OpenCell, ...], data: Iterable[types.NotebookCell]) -> tuple[OpenCell, ...]:
    """Set kinds, metadata and execution counts."""
    changed = {item.document: item for item in data}
    if not changed:
        return cells
    return tuple(_cell(changed[cell.uri], cell.document, cell) if cell.uri in changed else cell for cell in cells)


def _cells(
    items: Iterable[types.NotebookCell], documents: Mapping[str, Document], known: Mapping[str, OpenCell]
) -> tuple[OpenCell, ...]:
    """Return cells with their texts: newly opened, or known from before."""
    cells = []
    for item in items:
        before = known.get(item.document)
        document = documents.get(item.document) or (before.document if before else None)
        cells.append(_cell(item, document or Document(item.document, 0, "", ""), before))
    return tuple(cells)


def _cell(item: types.NotebookCell, document: Document, before: OpenCell | None) -> OpenCell:
    summary = item.execution_summary
    count = summary.execution_order if summary else None
    return OpenCell(
        document=document,
        kind=_kind(item.kind, document.language),
        metadata=_mapping(item.metadata),
        counted=summary is not None or bool(before and before.counted),
        count=count,
        success=summary is None or summary.success is not False,
    )


def _kind(kind: types.NotebookCellKind, language: str) -> CellKind:
    if kind != types.NotebookCellKind.Code:
        return "markdown" if language != "raw" else "raw"
    return cast(CellKind, language) if language in ("raw", "markdown") else "code"


def _lookup(metadata: Mapping[str, Any], key: str) -> object:
    """Find a key of the notebook format; editors keep that format's metadata at different depths."""
    custom = _mapping(metadata.get("custom"))
    for place in (metadata, _mapping(metadata.get("metadata")), custom, _mapping(custom.get("metadata"))):
        if key in place:
            return place[key]
    return None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
