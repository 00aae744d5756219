"""A real client at the other end of a real server process."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any, Union

import pytest
import pytest_asyncio
from cattrs import Converter
from lsp_editor import PATIENCE, Editor, capabilities
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


@pytest_asyncio.fixture
async def connect(tmp_path: Path) -> AsyncIterator[Callable[[], Any]]:
    """Start editors, each with a server of its own; all are shut down at the end, and must leave cleanly."""
    editors: list[Editor] = []

    async def start(command: Sequence[str] = SERVER) -> Editor:
        client = LanguageClient(converter_factory=client_converter)
        editor = Editor(client, tmp_path)
        editors.append(editor)

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

    yield start
    for editor in editors:
        if editor.client.capabilities is not None and not editor.client.stopped:
            await asyncio.wait_for(editor.client.shutdown_session(), PATIENCE)
        await editor.client.stop()


@pytest_asyncio.fixture
async def editor(connect: Callable[[], Any]) -> Editor:
    """An editor that knows our extensions of the protocol."""
    started: Editor = await connect()
    await started.initialize(capabilities(), {"offbook": {"applyChanges": True}})
    return started


@pytest_asyncio.fixture
async def generic(connect: Callable[[], Any]) -> Editor:
    """An editor that knows the standard protocol alone."""
    started: Editor = await connect()
    await started.initialize(capabilities())
    return started


@pytest.fixture
def save_notebook(tmp_path: Path) -> Callable[..., Path]:
    """Write a notebook file: cells as (id, source, execution count, outputs)."""

    def save(name: str, cells: Sequence[tuple[str, str, int | None, list[dict[str, Any]]]]) -> Path:
        document = {
            "cells": [
                {
                    "cell_type": "code",
                    "id": identity,
                    "source": source,
                    "metadata": {},
                    "execution_count": count,
                    "outputs": outputs,
                }
                for identity, source, count, outputs in cells
            ],
            "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        path = tmp_path / name
        path.write_text(json.dumps(document), encoding="utf-8")
        return path

    return save
