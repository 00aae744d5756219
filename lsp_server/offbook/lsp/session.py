"""What one client has open and can do: the only mutable state of the language server."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from lsprotocol import types

from offbook.lsp.documents import Document
from offbook.lsp.notebooks import OpenNotebook
from offbook.lsp.open_notebook import NotebookSession
from offbook.lsp.plans import PlanStore
from offbook.lsp.positions import PositionCodec
from offbook.lsp.protocol import InvalidParamsError
from offbook.lsp.uris import name_of, path_of, uri_of
from offbook.project.files import is_own


class ClientFeatures(NamedTuple):
    """What the client can do.

    Attributes:
        applies_changes: it carries out our own commands (plans with inserted and deleted cells).
        resolves_edits: it asks for the edit of a code action when the user chooses it.
        versions_edits: its workspace edits name the version that they are for.
        creates_files: its workspace edits can create files.
        applies_edits: the server may ask it to apply an edit.
        shows_progress: the server may open progress displays.
        watches_files: the server may ask to be told of changed files.
    """

    applies_changes: bool = False
    resolves_edits: bool = False
    versions_edits: bool = False
    creates_files: bool = False
    applies_edits: bool = False
    shows_progress: bool = False
    watches_files: bool = False

    @staticmethod
    def of(params: types.InitializeParams) -> ClientFeatures:
        """Read what a client announces."""
        options = params.initialization_options
        own = options.get("offbook") if isinstance(options, Mapping) else None
        document, workspace = params.capabilities.text_document, params.capabilities.workspace
        action = document.code_action if document else None
        resolves = action.resolve_support.properties if action and action.resolve_support else ()
        edit = workspace.workspace_edit if workspace else None
        operations = (edit.resource_operations if edit and edit.document_changes else None) or ()
        watching = workspace.did_change_watched_files if workspace else None
        window = params.capabilities.window
        return ClientFeatures(
            applies_changes=isinstance(own, Mapping) and own.get("applyChanges") is True,
            resolves_edits="edit" in resolves,
            versions_edits=bool(edit and edit.document_changes),
            creates_files=types.ResourceOperationKind.Create in operations,
            applies_edits=bool(workspace and workspace.apply_edit),
            shows_progress=bool(window and window.work_done_progress),
            watches_files=bool(watching and watching.dynamic_registration),
        )


class Session:
    """The open documents of one client."""

    def __init__(self) -> None:
        self.client = ClientFeatures()
        self.codec = PositionCodec()
        self.roots: tuple[Path, ...] = ()
        self.documents: dict[str, Document] = {}
        self.notebooks: dict[str, NotebookSession] = {}
        self.modules: dict[str, NotebookSession] = {}
        self.checked: Mapping[str, NotebookSession] = ChainMap(self.notebooks, self.modules)
        self.plans = PlanStore()
        self.editor_settings: dict[str, Any] = {}

    def start(self, params: types.InitializeParams, encoding: str) -> None:
        """Take what the client says of itself when it connects."""
        self.client = ClientFeatures.of(params)
        self.codec = PositionCodec(encoding)
        folders = [folder.uri for folder in params.workspace_folders or ()]
        single = params.root_uri or (Path(params.root_path).as_uri() if params.root_path else None)
        self.set_roots(folders or ([single] if single else []))

    def set_roots(self, uris: Iterable[str]) -> None:
        """Set the folders of the workspace."""
        paths = (path_of(uri) for uri in uris)
        self.roots = tuple(dict.fromkeys(path for path in paths if path is not None))

    def root_of(self, path: Path) -> Path:
        """Return the workspace folder that a file is in: the innermost one, else the file's own folder."""
        inside = [root for root in self.roots if path.is_relative_to(root)]
        return max(inside, key=lambda root: len(root.parts), default=path.parent)

    def allow_run(self, path: Path) -> None:
        """Refuse to run what is outside of the folders that the user has opened, a link that leads out of them too.

        Raises:
            InvalidParamsError: where it is outside; the message is for the user.
        """
        real = path.resolve()
        if self.roots and not any(real.is_relative_to(root.resolve()) for root in self.roots):
            raise InvalidParamsError(
                f"`{path.name}` lies outside the workspace, so it is not run here:"
                f" open its folder, or run it by hand with `offbook run`"
            )

    def path(self, uri: str) -> Path:
        """Return where a document is saved; one that is not saved gets a place in the workspace."""
        found = path_of(uri)
        if found is not None:
            return found
        return (self.roots[0] if self.roots else Path.cwd()) / name_of(uri)

    def open_notebook(self, document: OpenNotebook) -> NotebookSession:
        """Start to look after a notebook."""
        opened = NotebookSession(document, self.path(document.uri), path_of(document.uri) is not None)
        self.notebooks[document.uri] = opened
        return opened

    def open_text(self, document: Document) -> None:
        """Take a text that the client opened; a module of the workspace is looked after like a notebook."""
        self.documents[document.uri] = document
        path = path_of(document.uri)
        if path is not None and path.suffix == ".py" and is_own(path, self.root_of(path)):
            self.modules[document.uri] = NotebookSession(OpenNotebook.of_module(document), path, saved=True)

    def change_text(self, document: Document) -> None:
        """Take a text that the client changed."""
        self.documents[document.uri] = document
        if document.uri in self.modules:
            self.modules[document.uri].take_module(document)

    def notebook(self, uri: str) -> NotebookSession:
        """Return an open notebook.

        Raises:
            InvalidParamsError: where it is not open; the message is for the user.
        """
        try:
            return self.notebooks[uri]
        except KeyError:
            raise InvalidParamsError(f"the notebook `{name_of(uri)}` is not open") from None

    def owner(self, cell: str) -> NotebookSession | None:
        """Return the open notebook that has a cell of this URI."""
        return next((notebook for notebook in self.notebooks.values() if cell in notebook.document), None)

    def document(self, uri: str) -> Document | None:
        """Return an open cell or text; ``None`` where it is not open."""
        found = self.documents.get(uri)
        if found is None and (notebook := self.owner(uri)) is not None:
            found = notebook.document.cell(uri).document
        return found

    def overlays(self) -> dict[Path, str]:
        """Return the texts of open files, which count more than what is on the disk."""
        paths = ((path_of(uri), document.text) for uri, document in self.documents.items())
        return {path: text for path, text in paths if path is not None}

    def uri(self, path: Path) -> str:
        """Return the URI of a file: the client's own spelling where it is open."""
        for uri in (*self.notebooks, *self.documents):
            if path_of(uri) == path:
                return uri
        return uri_of(path)

    def notebook_at(self, path: Path) -> NotebookSession | None:
        """Return the open notebook that is, or would be, saved at a path."""
        return next((notebook for notebook in self.notebooks.values() if notebook.path == path), None)
