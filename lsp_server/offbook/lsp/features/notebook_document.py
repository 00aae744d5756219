"""``notebookDocument/didOpen``, ``didChange``, ``didSave`` and ``didClose``."""

from __future__ import annotations

import logging

from lsprotocol import types

from offbook.lsp.notebooks import OpenNotebook
from offbook.lsp.server import OffbookServer

log = logging.getLogger(__name__)


def register(server: OffbookServer) -> None:
    """Register the handlers."""

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    def did_open(ls: OffbookServer, params: types.DidOpenNotebookDocumentParams) -> None:
        close(ls, params.notebook_document.uri)
        notebook = ls.session.open_notebook(OpenNotebook.opened(params))
        ls.diagnoser.touch(notebook.uri, file_changed=True)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def did_change(ls: OffbookServer, params: types.DidChangeNotebookDocumentParams) -> None:
        uri = params.notebook_document.uri
        notebook = ls.session.notebooks.get(uri)
        if notebook is None:
            log.warning("changes of %s are ignored: it is not open", uri)
            return
        notebook.change(params, ls.session.codec)
        ls.diagnoser.touch(uri)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_SAVE)
    def did_save(ls: OffbookServer, params: types.DidSaveNotebookDocumentParams) -> None:
        notebook = ls.session.notebooks.get(params.notebook_document.uri)
        if notebook is not None:
            notebook.note_saved()
            ls.diagnoser.touch(notebook.uri, file_changed=True)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def did_close(ls: OffbookServer, params: types.DidCloseNotebookDocumentParams) -> None:
        close(ls, params.notebook_document.uri)


def close(ls: OffbookServer, uri: str) -> None:
    """Forget a notebook, if it is open."""
    notebook = ls.session.notebooks.pop(uri, None)
    if notebook is not None:
        ls.diagnoser.forget(notebook)
