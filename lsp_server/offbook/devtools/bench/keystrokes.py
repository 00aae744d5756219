"""How long an editor waits for the diagnostics of what was typed."""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from offbook.devtools.bench.lspclient import Client
from offbook.devtools.bench.notebooks import Json, OpenNotebook

OFFBOOK = (sys.executable, "-m", "offbook", "lsp")

EVERY = 7
"""One cell of so many is typed into."""

_BETWEEN = 0.1
"""Seconds from an answer to the next keystroke."""


def time_keystrokes(command: Sequence[str], sources: Sequence[str], edits: int) -> list[float]:
    """Return, for each edit, the milliseconds until the client has the finding that only the new text can have.

    Every seventh cell is one of our own, with a name that nothing binds; each edit gives one of them, chosen at random
    (the same for every server), a new such name.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "typed.ipynb")
        path.write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
        client = Client(command, folder)
        try:
            client.start(folder)
            texts = [source if number % EVERY else "value = 1\n" for number, source in enumerate(sources)]
            notebook = OpenNotebook(path, texts)
            client.notify("notebookDocument/didOpen", notebook.opened())
            client.settle(6)
            chance = random.Random(1)
            took = []
            for edit in range(edits):
                number = chance.randrange(0, len(texts) // EVERY) * EVERY
                took.append(_type(client, notebook, number, f"unknown_{edit}"))
                time.sleep(_BETWEEN)
            return took
        finally:
            client.stop()


def _type(client: Client, notebook: OpenNotebook, cell: int, name: str) -> float:
    message, uri = notebook.typed(cell, f"value = {name}", 0, 0, 1000), notebook.cell(cell)

    def tells(received: Json) -> bool:
        if received.get("method") != "textDocument/publishDiagnostics" or received["params"]["uri"] != uri:
            return False
        return any(name in found["message"] for found in received["params"]["diagnostics"])

    start = time.perf_counter_ns()
    client.notify("notebookDocument/didChange", message)
    arrived, _ = client.wait(tells)
    return (arrived - start) / 1e6
