"""``textDocument/didOpen``, ``didChange`` and ``didClose``: modules that are open in the editor."""

from __future__ import annotations

import logging

from lsprotocol import types

from offbook.lsp.documents import Document
from offbook.lsp.server import OffbookServer

log = logging.getLogger(__name__)


def register(server: OffbookServer) -> None:
    """Register the handlers."""

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def did_open(ls: OffbookServer, params: types.DidOpenTextDocumentParams) -> None:
        ls.session.open_text(Document.opened(params.text_document))
        ls.diagnoser.touch(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(ls: OffbookServer, params: types.DidChangeTextDocumentParams) -> None:
        item = params.text_document
        document = ls.session.documents.get(item.uri)
        if document is None:
            log.warning("changes of %s are ignored: it is not open", item.uri)
            return
        ls.session.change_text(document.changed(item.version, params.content_changes, ls.session.codec))
        ls.diagnoser.touch(item.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(ls: OffbookServer, params: types.DidCloseTextDocumentParams) -> None:
        ls.session.documents.pop(params.text_document.uri, None)
        module = ls.session.modules.pop(params.text_document.uri, None)
        if module is not None:
            ls.diagnoser.forget(module)
