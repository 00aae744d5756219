"""``initialize`` and ``initialized``."""

from __future__ import annotations

import logging

from lsprotocol import types

from offbook.lsp.features.execute_command import register as register_commands
from offbook.lsp.server import OffbookServer

log = logging.getLogger(__name__)

_DEPENDENCIES = ("**/*requirements*.txt", "**/environment*.yml", "**/setup.cfg", "**/Pipfile", "**/pixi.toml")
WATCHED = ("**/*.py", "**/*.ipynb", "**/pyproject.toml", "**/offbook.toml", *_DEPENDENCIES)


def register(server: OffbookServer) -> None:
    """Register the handlers."""

    @server.feature(types.INITIALIZE)
    def initialize(ls: OffbookServer, params: types.InitializeParams) -> None:
        ls.session.start(params, ls.workspace.position_encoding or types.PositionEncodingKind.Utf16)
        if not ls.session.client.applies_changes:
            register_commands(ls)

    @server.feature(types.INITIALIZED)
    async def initialized(ls: OffbookServer, params: types.InitializedParams) -> None:
        if not ls.session.client.watches_files:
            return
        watchers = [types.FileSystemWatcher(pattern) for pattern in WATCHED]
        options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
        registration = types.Registration("offbook-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        await ls.client_register_capability_async(types.RegistrationParams([registration]))

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def folders_changed(ls: OffbookServer, params: types.DidChangeWorkspaceFoldersParams) -> None:
        ls.session.set_roots(folder.uri for folder in ls.workspace.folders.values())
        for uri in ls.session.checked:
            ls.diagnoser.touch(uri)
