"""Drives a language server as an editor does: opens notebooks, edits cells, waits for what the server says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from lsprotocol import types
from pytest_lsp import LanguageClient

PATIENCE = 20.0


class Editor:
    """An editor with one workspace: opens notebooks, edits cells and waits for what the server says."""

    def __init__(self, client: LanguageClient, root: Path) -> None:
        self.client = client
        self.root = root
        self.published: list[types.PublishDiagnosticsParams] = []
        self.runs: list[dict[str, Any]] = []
        self.applied: list[types.ApplyWorkspaceEditParams] = []
        self.versions: dict[str, int] = {}
        self.told: dict[str, int | None] = {}
        self.cells: dict[str, list[str]] = {}
        self.sources: dict[str, str] = {}
        self.languages: dict[str, str] = {}
        self.news = asyncio.Event()
        self._serial = 0

    async def initialize(
        self, capabilities: types.ClientCapabilities, options: dict[str, Any] | None = None
    ) -> types.InitializeResult:
        return await self.client.initialize_session(
            types.InitializeParams(
                capabilities=capabilities,
                workspace_folders=[types.WorkspaceFolder(self.root.as_uri(), self.root.name)],
                root_uri=self.root.as_uri(),
                initialization_options=options,
            )
        )

    def open(self, name: str, sources: Sequence[str | tuple[str, str]], **extra: Any) -> str:
        """Open a notebook that holds these sources; pairs of kind and source are other cells than Python's."""
        uri = extra.get("uri") or (self.root / name).as_uri()
        made = [self._new(uri, source) for source in sources]
        cells = [cell for cell, _ in made]
        for cell, count in zip(cells, extra.get("counts", ()), strict=False):
            cell.execution_summary = types.ExecutionSummary(execution_order=count) if count else None
        for cell, metadata in zip(cells, extra.get("metadata", ()), strict=False):
            cell.metadata = metadata
        self.versions[uri] = 1
        self.cells[uri] = [cell.document for cell in cells]
        self.client.notebook_document_did_open(
            types.DidOpenNotebookDocumentParams(
                types.NotebookDocument(uri, "jupyter-notebook", 1, cells), [text for _, text in made]
            )
        )
        return uri

    def _new(self, notebook: str, source: str | tuple[str, str]) -> tuple[types.NotebookCell, types.TextDocumentItem]:
        language, text = source if isinstance(source, tuple) else ("python", source)
        self._serial += 1
        name = notebook.rpartition("/")[2]
        uri = f"vscode-notebook-cell://127.0.0.1:8411/ws/{name}#W{self._serial}sdnNjb2Rl%3D%3D"
        self.versions[uri] = 1
        self.sources[uri], self.languages[uri] = text, language
        kind = types.NotebookCellKind.Markup if language == "markdown" else types.NotebookCellKind.Code
        return types.NotebookCell(kind=kind, document=uri), types.TextDocumentItem(uri, language, 1, text)

    def change(self, notebook: str, cells: types.NotebookDocumentCellChanges) -> None:
        self.versions[notebook] += 1
        self.client.notebook_document_did_change(
            types.DidChangeNotebookDocumentParams(
                types.VersionedNotebookDocumentIdentifier(self.versions[notebook], notebook),
                types.NotebookDocumentChangeEvent(cells=cells),
            )
        )

    def write(self, cell: str, text: str, place: types.Range | None = None) -> None:
        """Replace a cell's text, or a part of it."""
        notebook = next(uri for uri, cells in self.cells.items() if cell in cells)
        self.versions[cell] += 1
        change: Any = types.TextDocumentContentChangeWholeDocument(text)
        if place is not None:
            change = types.TextDocumentContentChangePartial(place, text)
        else:
            self.sources[cell] = text
        content = types.NotebookDocumentCellContentChanges(
            types.VersionedTextDocumentIdentifier(self.versions[cell], cell), [change]
        )
        self.change(notebook, types.NotebookDocumentCellChanges(text_content=[content]))

    def insert(self, notebook: str, index: int, source: str | tuple[str, str]) -> str:
        cell, text = self._new(notebook, source)
        self.cells[notebook].insert(index, cell.document)
        array = types.NotebookCellArrayChange(index, 0, [cell])
        self._restructure(notebook, types.NotebookDocumentCellChangeStructure(array, did_open=[text]))
        return cell.document

    def delete(self, notebook: str, index: int) -> str:
        uri = self.cells[notebook].pop(index)
        array = types.NotebookCellArrayChange(index, 1)
        closed = [types.TextDocumentIdentifier(uri)]
        self._restructure(notebook, types.NotebookDocumentCellChangeStructure(array, did_close=closed))
        return uri

    def move_to_top(self, notebook: str, index: int) -> None:
        """Move a cell as VS Code tells it: cells up to it are given anew, and no text is opened or closed."""
        cells = self.cells[notebook]
        cells.insert(0, cells.pop(index))
        moved = [types.NotebookCell(types.NotebookCellKind.Code, uri) for uri in cells[: index + 1]]
        array = types.NotebookCellArrayChange(0, index + 1, moved)
        self._restructure(notebook, types.NotebookDocumentCellChangeStructure(array))

    def _restructure(self, notebook: str, structure: types.NotebookDocumentCellChangeStructure) -> None:
        self.change(notebook, types.NotebookDocumentCellChanges(structure=structure))

    def close(self, notebook: str) -> None:
        cells = [types.TextDocumentIdentifier(uri) for uri in self.cells.pop(notebook)]
        self.client.notebook_document_did_close(
            types.DidCloseNotebookDocumentParams(types.NotebookDocumentIdentifier(notebook), cells)
        )

    def open_module(self, name: str, text: str) -> str:
        uri = (self.root / name).as_uri()
        self.versions[uri] = 1
        self.client.text_document_did_open(
            types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "python", 1, text))
        )
        return uri

    def write_module(self, uri: str, text: str) -> None:
        self.versions[uri] += 1
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(self.versions[uri], uri),
                [types.TextDocumentContentChangeWholeDocument(text)],
            )
        )

    def close_module(self, uri: str) -> None:
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))

    async def until(self, holds: Callable[[], Any], what: str = "", patience: float = PATIENCE) -> Any:
        """Wait for news from the server until a condition holds; return what it gave."""
        deadline = asyncio.get_running_loop().time() + patience
        while not (found := holds()):
            self.news.clear()
            left = deadline - asyncio.get_running_loop().time()
            try:
                await asyncio.wait_for(self.news.wait(), max(left, 0.01))
            except asyncio.TimeoutError:
                raise AssertionError(f"the server never said {what or holds}; {self.published}") from None
        return found

    async def codes(self, cell: str, *wanted: str) -> list[types.Diagnostic]:
        """Wait until a cell, as it is now, has exactly these findings; return them."""
        expected = sorted(wanted)

        def told() -> bool:
            found = sorted(str(item.code) for item in self.client.diagnostics.get(cell, []))
            known = cell in self.client.diagnostics
            return known and found == expected and (not wanted or self.told[cell] == self.versions[cell])

        await self.until(told, f"{wanted} for {cell}")
        return list(self.client.diagnostics[cell])

    async def request(self, method: str, params: Any) -> Any:
        return await asyncio.wait_for(self.client.protocol.send_request_async(method, params), PATIENCE * 3)

    async def actions(
        self, cell: str, diagnostics: Sequence[types.Diagnostic] = (), place: types.Range | None = None, **context: Any
    ) -> list[types.CodeAction]:
        where = place or (diagnostics[0].range if diagnostics else span(0, 0, 0, 0))
        found = await self.client.text_document_code_action_async(
            types.CodeActionParams(
                types.TextDocumentIdentifier(cell), where, types.CodeActionContext(list(diagnostics), **context)
            )
        )
        return [action for action in found or () if isinstance(action, types.CodeAction)]

    async def fixes(self, cell: str, diagnostics: Sequence[types.Diagnostic]) -> list[types.CodeAction]:
        """Ask for the fixes that findings carry: refactorings, and fixes of many, are offered beside them."""
        found = await self.actions(cell, diagnostics, only=[types.CodeActionKind.QuickFix])
        return [action for action in found if action.diagnostics]


def span(line: int, start: int, end_line: int, end: int) -> types.Range:
    return types.Range(types.Position(line, start), types.Position(end_line, end))


def apply(text: str, edits: Sequence[Any]) -> str:
    """Apply edits whose columns count UTF-16 units, as a client does."""
    for edit in sorted(edits, key=lambda edit: (edit.range.start.line, edit.range.start.character), reverse=True):
        lines = text.split("\n")
        start, end = (_offset(lines, place) for place in (edit.range.start, edit.range.end))
        data = _units(text)
        text = (data[: start * 2] + _units(edit.new_text) + data[end * 2 :]).decode("utf-16-le", "surrogatepass")
    return text


def _units(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


def _offset(lines: list[str], place: types.Position) -> int:
    before = sum(len(_units(line)) // 2 + 1 for line in lines[: place.line])
    return before + place.character


def capabilities(**window: Any) -> types.ClientCapabilities:
    """What both editors of ours announce."""
    return types.ClientCapabilities(
        window=types.WindowClientCapabilities(work_done_progress=True),
        workspace=types.WorkspaceClientCapabilities(
            apply_edit=True,
            workspace_edit=types.WorkspaceEditClientCapabilities(
                document_changes=True, resource_operations=[types.ResourceOperationKind.Create]
            ),
        ),
        text_document=types.TextDocumentClientCapabilities(
            publish_diagnostics=types.PublishDiagnosticsClientCapabilities(
                related_information=True,
                version_support=True,
                code_description_support=True,
                data_support=True,
                tag_support=types.ClientDiagnosticsTagOptions([types.DiagnosticTag.Unnecessary]),
            ),
            code_action=types.CodeActionClientCapabilities(
                code_action_literal_support=types.ClientCodeActionLiteralOptions(
                    types.ClientCodeActionKindOptions([types.CodeActionKind.QuickFix, types.CodeActionKind.Refactor])
                ),
                is_preferred_support=True,
                data_support=True,
                resolve_support=types.ClientCodeActionResolveOptions(["edit"]),
            ),
        ),
        notebook_document=types.NotebookDocumentClientCapabilities(
            types.NotebookDocumentSyncClientCapabilities(execution_summary_support=True)
        ),
        **window,
    )
