"""``workspace/didChangeWatchedFiles`` and ``didChangeConfiguration``: what changes outside the documents."""

from __future__ import annotations

from lsprotocol import types

from offbook.lsp.server import OffbookServer
from offbook.lsp.uris import path_of

_SETTINGS = ("pyproject.toml", "offbook.toml")


def register(server: OffbookServer) -> None:
    """Register the handlers."""

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def changed(ls: OffbookServer, params: types.DidChangeWatchedFilesParams) -> None:
        paths = [path for path in (path_of(change.uri) for change in params.changes) if path is not None]
        if any(path.name in _SETTINGS for path in paths):
            for notebook in ls.session.notebooks.values():
                notebook.checker = None
                notebook.revision += 1
                ls.diagnoser.touch(notebook.uri)
        for path in paths:
            changed_here = ls.session.notebook_at(path)
            if changed_here is not None:
                ls.diagnoser.touch(changed_here.uri, file_changed=True)

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def configured(ls: OffbookServer, params: types.DidChangeConfigurationParams) -> None:
        """Do nothing: an editor's settings are the client's own, and offbook's stand in files."""
