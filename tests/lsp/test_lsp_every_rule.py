"""Every rule through the protocol: its bad example is opened, its finding arrives, and its fix ends it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from lsp_editor import Editor, apply
from lsprotocol import types

from offbook.analysis import analyze
from offbook.diagnostics import Applicability
from offbook.notebook import Cell, Notebook, Output
from offbook.notebook.percent import parse_percent
from offbook.rules import all_rules
from offbook.rules.checker import check
from offbook.rules.page import rule_examples

pytestmark = pytest.mark.asyncio

BAD = {rule.code: next(item.text for item in rule_examples(rule) if item.kind == "bad") for rule in all_rules()}
BESIDE = {
    "OB408": {"prices.py": "def prepare(path):\n    return path.upper()\n", "test_other.py": "def test(): pass\n"},
    "OB601": {"requirements.txt": "pandas\nmatplotlib\n"},
}
"""Files that have to stand beside a notebook."""

NOISE = {
    "progress": "100%|██████████| 10/10\n",
    "warnings": "FutureWarning: this changes\n",
    "installer": "Collecting package\n",
    "log": "\x1b[32mINFO\x1b[0m loaded\n",
}


def stored(output: Output) -> dict[str, Any]:
    """Return an output of the notebook format that has a shape."""
    if output.kind == "error":
        return {"output_type": "error", "ename": output.name, "evalue": "x", "traceback": ["x"]}
    if output.kind == "display":
        return {"output_type": "display_data", "metadata": {}, "data": {"image/png": "A" * output.size}}
    text = NOISE[output.noise] * 10 if output.noise else "line of text\n" * output.lines
    if output.secrets:
        text = "API_KEY=9f8Yq2LmX4vTz7RkW1bN\n"
    return {"output_type": "stream", "name": output.name, "text": text}


def save(path: Path, notebook: Notebook) -> None:
    """Write a notebook of the rules' documentation to a file."""

    def cell(item: Cell) -> dict[str, Any]:
        raw = {"cell_type": item.kind, "id": item.id, "source": item.source, "metadata": {"tags": list(item.tags)}}
        outputs = [stored(output) for output in item.outputs]
        return raw | ({"execution_count": item.execution_count, "outputs": outputs} if item.kind == "code" else {})

    document = {"cells": [*map(cell, notebook.cells)], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(document), encoding="utf-8")


async def found(editor: Editor, uri: str, code: str) -> list[tuple[str, types.Diagnostic]]:
    """Wait for findings of a rule; return each with its cell."""

    def told() -> list[tuple[str, types.Diagnostic]]:
        known = editor.client.diagnostics
        return [(cell, item) for cell in editor.cells[uri] for item in known.get(cell, ()) if item.code == code]

    answer: list[tuple[str, types.Diagnostic]] = await editor.until(told, code)
    return answer


def opened(editor: Editor, code: str, notebook: Notebook) -> str:
    """Open a notebook as it was saved."""
    folder = editor.root / code
    folder.mkdir()
    name = "Untitled3.ipynb" if code == "OB605" else "work.ipynb"
    save(folder / name, notebook)
    for beside, text in BESIDE.get(code, {}).items():
        (folder / beside).write_text(text, encoding="utf-8")
    if code == "OB404":
        save(folder / "other.ipynb", notebook)
    kinds = {"code": "python", "markdown": "markdown", "raw": "raw"}
    ran = {run.cell: run.source for run in notebook.runs}
    sources = [(kinds[cell.kind], ran.get(cell.id, cell.source)) for cell in notebook.cells]
    counts = [cell.execution_count for cell in notebook.cells]
    return editor.open(
        f"{code}/{name}", sources, counts=counts, metadata=[{"tags": [*cell.tags]} for cell in notebook.cells]
    )


async def test_every_finding_reaches_the_editor_and_its_fix_ends_it(editor: Editor) -> None:
    for code, text in sorted(BAD.items()):
        notebook = parse_percent(text)
        uri = opened(editor, code, notebook)
        if code == "OB105":
            edit_what_ran(editor, uri, notebook)
        findings = await found(editor, uri, code)
        fixed = [item for item in check(analyze(notebook)) if item.code == code and item.fix]
        if any(item.fix and item.fix.applicability is not Applicability.DISPLAY for item in fixed):
            await fix(editor, uri, code, findings)


def edit_what_ran(editor: Editor, uri: str, notebook: Notebook) -> None:
    """Tell of the outputs that are there, and edit the cell that was edited since it ran."""
    shown = {"kind": "stream", "name": "stdout", "lines": 1, "widest": 1, "size": 2}
    places = list(zip(editor.cells[uri], notebook.cells, notebook.runs, strict=True))
    cells = [{"cell": uri, "executionCount": run.count, "outputs": [shown]} for uri, _, run in places]
    editor.client.protocol.notify("offbook/outputs", {"notebook": uri, "cells": cells})
    for document, cell, run in places:
        if cell.source != run.source:
            editor.write(document, cell.source)


async def fix(editor: Editor, uri: str, code: str, findings: list[tuple[str, types.Diagnostic]]) -> None:
    """Apply the first fix that is offered, where it is an edit of texts, and wait until its finding is gone."""
    offered = [action for cell, item in findings for action in await editor.fixes(cell, [item]) if action.diagnostics]
    assert offered, code
    if offered[0].edit is None:
        assert offered[0].command and offered[0].command.command.startswith("offbook."), code
        return
    for change in offered[0].edit.document_changes or ():
        assert isinstance(change, types.TextDocumentEdit), code
        target = change.text_document.uri
        editor.write(target, apply(editor.sources[target], change.edits))
    known = editor.client.diagnostics

    def gone() -> bool:
        left = sum(item.code == code for cell in editor.cells[uri] for item in known.get(cell, ()))
        return left < len(findings)

    await editor.until(gone, f"that {code} is gone")
