from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from lsp_editor import Editor, capabilities, span
from lsprotocol import types

from offbook.app.checking import check_file
from offbook.app.surroundings import rules_for
from offbook.config import find_settings

pytestmark = pytest.mark.asyncio


async def test_each_cell_gets_its_findings_with_everything_an_editor_shows(editor: Editor) -> None:
    uri = editor.open("a.ipynb", [("markdown", "# Title"), "print(total)", "total = 1", "print(missing)"])
    _, early, binder, other = editor.cells[uri]
    [finding] = await editor.codes(early, "OB101")
    assert finding.range == span(0, 6, 0, 11)
    assert finding.severity == types.DiagnosticSeverity.Error
    assert finding.source == "offbook"
    assert finding.code_description and finding.code_description.href.endswith("/OB101")
    assert "`total`" in finding.message
    [related] = finding.related_information or ()
    assert related.location == types.Location(binder, span(0, 0, 0, 5))
    await editor.codes(other, "OB102")
    assert {params.uri for params in editor.published} == {early, other}
    assert [params.version for params in editor.published] == [1, 1]


async def test_an_edit_clears_and_creates_findings(editor: Editor) -> None:
    uri = editor.open("a.ipynb", ["a = 1", "print(a)", "print(b)"])
    first, second, third = editor.cells[uri]
    await editor.codes(third, "OB102")
    editor.write(first, "b", span(0, 0, 0, 1))
    await editor.codes(third)
    await editor.codes(second, "OB102")


async def test_only_cells_whose_findings_changed_are_told(editor: Editor) -> None:
    uri = editor.open("a.ipynb", ["print(a)", "print(b)", "x = 1"])
    one, two, three = editor.cells[uri]
    await editor.codes(one, "OB102")
    await editor.codes(two, "OB102")
    editor.published.clear()
    editor.write(three, "a = 1")
    await editor.codes(one, "OB101")
    assert [params.uri for params in editor.published] == [one]


async def test_a_burst_of_typing_ends_in_the_last_state(editor: Editor) -> None:
    uri = editor.open("a.ipynb", ["x = 1", "print(y)"])
    first, second = editor.cells[uri]
    await editor.codes(second, "OB102")
    for length in range(1, 60):
        editor.write(first, "y = 1 + " + "1" * length)
    await editor.codes(second)
    versions = [params.version or 0 for params in editor.published]
    assert versions == sorted(versions)


async def test_cells_come_go_and_move(editor: Editor) -> None:
    uri = editor.open("a.ipynb", ["print(a)", "print(2)"])
    first = editor.cells[uri][0]
    await editor.codes(first, "OB102")
    editor.insert(uri, 2, "a = 1")
    await editor.codes(first, "OB101")
    editor.move_to_top(uri, 2)
    await editor.codes(first)
    editor.delete(uri, 0)
    await editor.codes(first, "OB102")
    gone = editor.delete(uri, 0)
    await editor.codes(gone)


async def test_closing_takes_all_findings_away(editor: Editor) -> None:
    uri = editor.open("a.ipynb", ["print(a)", "print(b)"])
    one, two = editor.cells[uri]
    await editor.codes(one, "OB102")
    editor.close(uri)
    await editor.codes(one)
    await editor.codes(two)


async def test_columns_count_utf16_units(editor: Editor) -> None:
    uri = editor.open("a.ipynb", ["s = '😀漢字'; print(missing)"])
    cell = editor.cells[uri][0]
    [finding] = await editor.codes(cell, "OB102")
    assert finding.range == span(0, 18, 0, 25)
    editor.write(cell, "found", span(0, 18, 0, 25))
    [finding] = await editor.codes(cell, "OB102")
    assert "`found`" in finding.message
    assert finding.range == span(0, 18, 0, 23)


@pytest.mark.parametrize(("encoding", "start"), [("utf-8", 24), ("utf-32", 17), ("utf-16", 18)])
async def test_columns_count_what_was_agreed_on(connect, encoding: str, start: int) -> None:
    editor = await connect()
    wanted = capabilities(general=types.GeneralClientCapabilities(position_encodings=[encoding]))
    result = await editor.initialize(wanted)
    assert result.capabilities.position_encoding == encoding
    uri = editor.open("a.ipynb", ["s = '😀漢字'; print(missing)"])
    cell = editor.cells[uri][0]
    [finding] = await editor.codes(cell, "OB102")
    assert finding.range == span(0, start, 0, start + 7)
    editor.write(cell, "é", span(0, start, 0, start + 7))
    [finding] = await editor.codes(cell, "OB102")
    assert "`é`" in finding.message


async def test_a_markdown_cell_that_becomes_code_is_checked(editor: Editor) -> None:
    uri = editor.open("a.ipynb", [("markdown", "print(a)"), "print(b)"])
    await editor.codes(editor.cells[uri][1], "OB102")
    editor.delete(uri, 0)
    cell = editor.insert(uri, 0, "print(a)")
    await editor.codes(cell, "OB102")


async def test_an_untitled_notebook_is_checked(editor: Editor) -> None:
    uri = editor.open("", ["print(a)"], uri="untitled:Untitled-1.ipynb?jupyter-notebook")
    await editor.codes(editor.cells[uri][0], "OB102")


async def test_execution_counts_come_with_the_cells(editor: Editor) -> None:
    uri = editor.open("a.ipynb", ["a = 1", "b = 2"], counts=[5, 2])
    one, two = editor.cells[uri]
    await editor.until(lambda: any(str(d.code) == "OB103" for d in editor.client.diagnostics.get(two, [])))
    data = [types.NotebookCell(types.NotebookCellKind.Code, one, execution_summary=types.ExecutionSummary(1))]
    editor.change(uri, types.NotebookDocumentCellChanges(data=data))
    await asyncio.sleep(0.2)
    assert any(str(d.code) == "OB103" for d in editor.client.diagnostics[two])
    editor.client.notebook_document_did_save(types.DidSaveNotebookDocumentParams(types.NotebookDocumentIdentifier(uri)))
    await editor.until(lambda: all(str(d.code) != "OB103" for d in editor.client.diagnostics.get(two, [])))


async def test_saved_outputs_are_known_and_fresh_ones_replace_them(editor: Editor, save_notebook) -> None:
    long = [{"output_type": "stream", "name": "stdout", "text": ["line\n"] * 500}]
    save_notebook("a.ipynb", [("aa", "for i in range(500): print(i)", 1, long)])
    uri = editor.open("a.ipynb", ["for i in range(500): print(i)"])
    cell = editor.cells[uri][0]
    await editor.codes(cell, "OB201")
    short = {"kind": "stream", "name": "stdout", "lines": 3, "widest": 4, "size": 15}
    message = {"cell": cell, "executionCount": 1, "outputs": [short]}
    editor.client.protocol.notify("offbook/outputs", {"notebook": uri, "cells": [message]})
    await editor.codes(cell)


async def test_saving_reads_the_outputs_again(editor: Editor, save_notebook) -> None:
    source = "for i in range(500): print(i)"
    uri = editor.open("a.ipynb", [source])
    cell = editor.cells[uri][0]
    long = [{"output_type": "stream", "name": "stdout", "text": ["line\n"] * 500}]
    save_notebook("a.ipynb", [("aa", source, 1, long)])
    editor.client.notebook_document_did_save(types.DidSaveNotebookDocumentParams(types.NotebookDocumentIdentifier(uri)))
    await editor.codes(cell, "OB201")


async def test_saved_outputs_of_an_older_run_do_not_count(editor: Editor, save_notebook) -> None:
    source = "for i in range(500): print(i)"
    long = [{"output_type": "stream", "name": "stdout", "text": ["line\n"] * 500}]
    save_notebook("a.ipynb", [("aa", source, 1, long), ("bb", "print(b)", 2, [])])
    uri = editor.open("a.ipynb", [source, "print(b)"], counts=[7, 8])
    one, two = editor.cells[uri]
    await editor.codes(two, "OB102")
    await asyncio.sleep(0.2)
    assert all(str(d.code) != "OB201" for d in editor.client.diagnostics.get(one, []))


@pytest.mark.parametrize("name", ["coffee_sales.ipynb", "hidden_state.ipynb"])
async def test_the_editor_and_the_command_line_say_the_same(editor: Editor, root: Path, name: str) -> None:
    path = root / "examples" / name
    checked = check_file(path, rules_for(find_settings(path), path))
    assert checked.file is not None and checked.diagnostics
    notebook = checked.file.notebook
    expected = sorted((notebook.index(item.cell), item.code, item.message) for item in checked.diagnostics)
    languages = {"code": "python", "markdown": "markdown", "raw": "raw"}
    uri = editor.open(
        name,
        [(languages[cell.kind], cell.source) for cell in notebook.cells],
        uri=path.as_uri(),
        counts=[cell.execution_count for cell in notebook.cells],
    )

    def told() -> list[tuple[int, str, str]]:
        return sorted(
            (index, str(item.code), item.message)
            for index, cell in enumerate(editor.cells[uri])
            for item in editor.client.diagnostics.get(cell, ())
        )

    await editor.until(lambda: told() == expected, str(expected))
