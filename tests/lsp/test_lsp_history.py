from __future__ import annotations

import asyncio
from typing import Any

import pytest
from lsp_editor import Editor
from lsprotocol import types

pytestmark = pytest.mark.asyncio

SHOWN = {"kind": "stream", "name": "stdout", "lines": 1, "widest": 1, "size": 2}


class Kernel:
    """Runs the cells of a notebook as an editor with a kernel tells it: counts by the sync, outputs by our message."""

    def __init__(self, editor: Editor, notebook: str) -> None:
        self.editor = editor
        self.notebook = notebook
        self.count = 0

    def outputs(self, *cells: str, count: int | None = None, **more: Any) -> None:
        messages = [{"cell": cell, "executionCount": count, "outputs": [SHOWN], **more} for cell in cells]
        self.editor.client.protocol.notify("offbook/outputs", {"notebook": self.notebook, "cells": messages})

    def sync(self, cell: str, count: int | None, success: bool = True) -> None:
        summary = types.ExecutionSummary(count, success) if count else None
        data = [types.NotebookCell(types.NotebookCellKind.Code, cell, execution_summary=summary)]
        self.editor.change(self.notebook, types.NotebookDocumentCellChanges(data=data))

    def run(self, *cells: str, success: bool = True) -> None:
        for cell in cells:
            self.count += 1
            self.sync(cell, None)
            self.sync(cell, self.count, success)
            self.outputs(cell, count=self.count)

    def restart(self) -> None:
        self.count = 0


def start(editor: Editor, *sources: str) -> tuple[Kernel, list[str]]:
    uri = editor.open("a.ipynb", sources)
    kernel = Kernel(editor, uri)
    kernel.outputs(*editor.cells[uri])
    return kernel, editor.cells[uri]


async def stale(editor: Editor, *cells: str) -> list[str]:
    """Wait until exactly these cells are said to be stale; return the messages."""

    def found() -> dict[str, str]:
        diagnostics = editor.client.diagnostics.items()
        return {uri: item.message for uri, items in diagnostics for item in items if item.code == "OB105"}

    await asyncio.sleep(0.15)
    await editor.until(lambda: found().keys() == set(cells), f"OB105 for {cells}, but {found()}")
    return [found()[cell] for cell in cells]


async def test_an_edit_makes_outputs_stale_until_they_are_made_again(editor: Editor) -> None:
    kernel, (load, other, plot) = start(editor, "df = f(1)", "k = 2", "df.plot()")
    kernel.run(load, other, plot)
    await stale(editor)
    editor.write(load, "df = f(2)")
    own, message = await stale(editor, load, plot)
    assert own == "this cell was edited after its output was made"
    assert message == "cell 1, which binds `df`, was edited after this output was made"
    kernel.run(load)
    await stale(editor, plot)
    kernel.run(plot)
    await stale(editor)


async def test_taking_an_edit_back_ends_it(editor: Editor) -> None:
    kernel, (load, plot) = start(editor, "df = f(1)", "df.plot()")
    kernel.run(load, plot)
    editor.write(load, "df = f(2)")
    await stale(editor, load, plot)
    editor.write(load, "df = f(1)  # as before")
    await stale(editor)


async def test_a_cell_that_ran_again(editor: Editor) -> None:
    kernel, (load, plot) = start(editor, "df = f(1)", "df.plot()")
    kernel.run(load, plot, load)
    [message] = await stale(editor, plot)
    assert message == "cell 1, which binds `df`, ran again after this output was made"
    [finding] = [item for item in editor.client.diagnostics[plot] if item.code == "OB105"]
    [related] = finding.related_information or ()
    assert related.location.uri == load
    assert finding.severity == types.DiagnosticSeverity.Warning


async def test_values_are_followed_in_the_order_of_execution(editor: Editor) -> None:
    kernel, (first, show, second) = start(editor, "x = f(1)", "print(x)", "x = f(2)")
    kernel.run(first, second, show)
    editor.write(first, "x = f(3)")
    await stale(editor, first)
    editor.write(second, "x = f(4)")
    _, message, _ = await stale(editor, first, show, second)
    assert message == "cell 3, which binds `x`, was edited after this output was made"


async def test_a_fresh_open_says_nothing_and_an_edit_of_it_is_seen(editor: Editor) -> None:
    uri = editor.open("a.ipynb", ["df = f(1)", "df.plot()"])
    load, plot = editor.cells[uri]
    kernel = Kernel(editor, uri)
    messages = [{"cell": cell, "executionCount": n, "outputs": [SHOWN]} for n, cell in ((7, load), (8, plot))]
    editor.client.protocol.notify("offbook/outputs", {"notebook": uri, "cells": messages})
    await stale(editor)
    editor.write(load, "df = f(2)")
    await stale(editor, load, plot)
    kernel.run(load)
    await stale(editor, plot)
    kernel.run(plot)
    await stale(editor)


async def test_a_restarted_kernel_runs_everything_again_without_a_word(editor: Editor) -> None:
    kernel, (load, other, plot) = start(editor, "df = f(1)", "k = g()", "df.plot(k)")
    kernel.run(other, load, plot)
    kernel.restart()
    editor.published.clear()
    kernel.run(load, other, plot)
    await stale(editor)
    assert not any(item.code == "OB105" for params in editor.published for item in params.diagnostics)
    kernel.run(other)
    await stale(editor, plot)


async def test_cleared_outputs_are_not_stale(editor: Editor) -> None:
    kernel, (load, plot) = start(editor, "df = f(1)", "df.plot()")
    kernel.run(load, plot)
    editor.write(load, "df = f(2)")
    await stale(editor, load, plot)
    for cell in (load, plot):
        kernel.sync(cell, None)
    await stale(editor)


async def test_a_failed_run_changes_no_value(editor: Editor) -> None:
    kernel, (load, plot) = start(editor, "df = f(1)", "df.plot()")
    kernel.run(load, plot)
    kernel.run(load, success=False)
    await stale(editor)


async def test_what_is_edited_while_a_cell_runs_did_not_run(editor: Editor) -> None:
    kernel, (slow,) = start(editor, "f(1)")
    kernel.outputs(slow, running=True)
    editor.write(slow, "f(2)")
    kernel.sync(slow, 1)
    kernel.outputs(slow, count=1)
    await stale(editor, slow)
    editor.write(slow, "f(1)")
    await stale(editor)


async def test_a_notebook_that_is_loaded_again_starts_anew(editor: Editor) -> None:
    kernel, (load, plot) = start(editor, "df = f(1)", "df.plot()")
    kernel.run(load, plot)
    editor.write(load, "df = f(2)")
    await stale(editor, load, plot)
    summaries = [(load, types.ExecutionSummary(5)), (plot, types.ExecutionSummary(9))]
    data = [types.NotebookCell(types.NotebookCellKind.Code, cell, execution_summary=ran) for cell, ran in summaries]
    editor.change(kernel.notebook, types.NotebookDocumentCellChanges(data=data))
    await stale(editor)


async def test_runs_that_are_told_at_once_are_runs(editor: Editor) -> None:
    kernel, (load, plot) = start(editor, "df = f(1)", "df.plot()")
    summaries = [(load, types.ExecutionSummary(1)), (plot, types.ExecutionSummary(2))]
    data = [types.NotebookCell(types.NotebookCellKind.Code, cell, execution_summary=ran) for cell, ran in summaries]
    editor.change(kernel.notebook, types.NotebookDocumentCellChanges(data=data))
    kernel.count = 2
    kernel.run(load)
    await stale(editor, plot)


async def test_counts_are_judged_as_they_are_saved(editor: Editor) -> None:
    uri = editor.open("a.ipynb", ["a = 1", "b = 2", "c = 3"], counts=[1, 2, 3])
    kernel = Kernel(editor, uri)
    kernel.count = 3
    _, second, third = editor.cells[uri]
    kernel.run(second)
    editor.delete(uri, 0)
    editor.insert(uri, 1, "print(missing)")
    await editor.codes(editor.cells[uri][1], "OB102")
    codes = {str(item.code) for items in editor.client.diagnostics.values() for item in items}
    assert codes == {"OB102"}
    editor.client.notebook_document_did_save(types.DidSaveNotebookDocumentParams(types.NotebookDocumentIdentifier(uri)))
    await editor.codes(third, "OB103")
