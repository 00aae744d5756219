"""A real client at the other end of a real server process."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from lsp_client import SERVER, start_editor, stop_editor
from lsp_editor import Editor, capabilities


@pytest_asyncio.fixture
async def connect(tmp_path: Path) -> AsyncIterator[Callable[[], Any]]:
    """Start editors, each with a server of its own; all are shut down at the end, and must leave cleanly."""
    editors: list[Editor] = []

    async def start(command: Sequence[str] = SERVER) -> Editor:
        editors.append(await start_editor(tmp_path, command))
        return editors[-1]

    yield start
    for editor in editors:
        await stop_editor(editor)


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
