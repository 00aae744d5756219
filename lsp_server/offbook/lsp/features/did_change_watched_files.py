"""``workspace/didChangeWatchedFiles`` and ``didChangeConfiguration``: what changes outside the documents."""

from __future__ import annotations

from lsprotocol import types

from offbook.lsp.editor_settings import editor_settings
from offbook.lsp.server import OffbookServer
from offbook.lsp.uris import path_of
from offbook.project import forget_workspaces

_SETTINGS = ("pyproject.toml", "offbook.toml")


def register(server: OffbookServer) -> None:
    """Register the handlers."""

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def changed(ls: OffbookServer, params: types.DidChangeWatchedFilesParams) -> None:
        paths = [path for path in (path_of(change.uri) for change in params.changes) if path is not None]
        forget_workspaces()
        if any(path.name in _SETTINGS for path in paths):
            ls.diagnoser.check_again()
        ls.diagnoser.look_around()
        for notebook in ls.session.checked.values():
            ls.diagnoser.touch(notebook.uri, file_changed=notebook.path in paths)

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def configured(ls: OffbookServer, params: types.DidChangeConfigurationParams) -> None:
        """Take the editor's settings: they hold where the project's own say nothing."""
        given = editor_settings(params.settings)
        if given != ls.session.editor_settings:
            ls.session.editor_settings = given
            ls.diagnoser.check_again()
