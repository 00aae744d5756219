"""Starts language servers, each with a client that records what it is told."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Union

from cattrs import Converter
from lsp_editor import PATIENCE, Editor
from lsprotocol import types
from pytest_lsp import LanguageClient
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES, register_lsp_features

from offbook.lsp.protocol import make_converter

SERVER = [sys.executable, "-m", "offbook", "lsp"]


def client_converter() -> Converter:
    """Return a converter that takes a code action with a command for a code action; lsprotocol's does not."""
    converter = make_converter()

    def structure(data: Any, _: Any) -> types.Command | types.CodeAction:
        return converter.structure(data, types.Command if isinstance(data.get("command"), str) else types.CodeAction)

    converter.register_structure_hook(Union[types.Command, types.CodeAction], structure)  # noqa: UP007
    return converter


async def start_editor(root: Path, command: Sequence[str] = SERVER) -> Editor:
    """Start an editor with a server of its own."""
    client = LanguageClient(converter_factory=client_converter)
    editor = Editor(client, root)

    def publish(client: LanguageClient, params: types.PublishDiagnosticsParams) -> None:
        client.diagnostics[params.uri] = params.diagnostics
        editor.published.append(params)
        editor.told[params.uri] = params.version
        editor.news.set()

    def run_progress(params: dict[str, Any]) -> None:
        editor.runs.append(params)
        editor.news.set()

    def apply_edit(params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        editor.applied.append(params)
        return types.ApplyWorkspaceEditResult(applied=True)

    def show_message(client: LanguageClient, params: types.ShowMessageParams) -> None:
        client.messages.append(params)
        editor.news.set()

    features = {
        **DEFAULT_CLIENT_FEATURES,
        types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS: publish,
        types.WINDOW_SHOW_MESSAGE: show_message,
    }
    register_lsp_features(client, features)
    client.feature("offbook/runProgress")(run_progress)
    client.feature(types.WORKSPACE_APPLY_EDIT)(apply_edit)
    await client.start_io(*command)
    return editor


async def stop_editor(editor: Editor) -> None:
    """Shut an editor's server down; it must leave cleanly."""
    if editor.client.capabilities is not None and not editor.client.stopped:
        await asyncio.wait_for(editor.client.shutdown_session(), PATIENCE)
    await editor.client.stop()
