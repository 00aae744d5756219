from __future__ import annotations

import asyncio

import pytest
from lsp_editor import Editor, span
from lsprotocol import types

pytestmark = pytest.mark.asyncio

MODULE = "RATE = 2\n\n\ndef scale(value):\n    return value * RATE\n"


async def define(editor: Editor, uri: str, line: int, character: int) -> list[types.Location]:
    params = types.DefinitionParams(types.TextDocumentIdentifier(uri), types.Position(line, character))
    return list(await editor.client.text_document_definition_async(params) or ())


async def refer(editor: Editor, uri: str, line: int, character: int, declared: bool = True) -> list[types.Location]:
    context = types.ReferenceContext(include_declaration=declared)
    params = types.ReferenceParams(
        context=context, text_document=types.TextDocumentIdentifier(uri), position=types.Position(line, character)
    )
    return list(await editor.client.text_document_references_async(params) or ())


async def test_from_a_cell_to_an_earlier_cell(editor: Editor) -> None:
    uri = editor.open("a.ipynb", ["s = '😀'; total = 1", "print('漢😀', total)"])
    first, second = editor.cells[uri]
    assert await define(editor, second, 0, 14) == [types.Location(first, span(0, 10, 0, 15))]


async def test_from_a_cell_to_a_module_and_back(editor: Editor) -> None:
    (editor.root / "shapes.py").write_text(MODULE)
    module = (editor.root / "shapes.py").as_uri()
    uri = editor.open("a.ipynb", ["from shapes import scale", "print(scale(3))"])
    first, second = editor.cells[uri]
    definition = types.Location(module, span(3, 4, 3, 9))
    assert await define(editor, second, 0, 8) == [definition]
    editor.open_module("shapes.py", MODULE)
    places = [
        definition,
        types.Location(first, span(0, 19, 0, 24)),
        types.Location(second, span(0, 6, 0, 11)),
    ]
    found = await refer(editor, module, 3, 6)
    assert sorted(found, key=repr) == sorted(places, key=repr)
    without = await refer(editor, module, 3, 6, declared=False)
    assert definition not in without and len(without) == 2


async def test_unsaved_modules_and_cells_count(editor: Editor) -> None:
    (editor.root / "shapes.py").write_text(MODULE)
    module = editor.open_module("shapes.py", "# 😀\n" + MODULE)
    uri = editor.open("a.ipynb", ["from shapes import scale", "print(scale(3))"])
    first, second = editor.cells[uri]
    assert await define(editor, second, 0, 8) == [types.Location(module, span(4, 4, 4, 9))]
    editor.write(first, "def scale(x): return x")
    assert await define(editor, second, 0, 8) == [types.Location(first, span(0, 4, 0, 9))]
    editor.write(first, "from shapes import scale")
    change = types.TextDocumentContentChangePartial(span(0, 0, 1, 0), "")
    identifier = types.VersionedTextDocumentIdentifier(2, module)
    editor.client.text_document_did_change(types.DidChangeTextDocumentParams(identifier, [change]))
    assert await define(editor, second, 0, 8) == [types.Location(module, span(3, 4, 3, 9))]


async def test_a_module_that_was_just_written_is_found(editor: Editor) -> None:
    uri = editor.open("a.ipynb", ["from late import made", "made()"])
    second = editor.cells[uri][1]
    await define(editor, second, 0, 1)
    (editor.root / "late.py").write_text("def made(): pass\n")
    await asyncio.sleep(0)
    assert await define(editor, second, 0, 1) == [types.Location((editor.root / "late.py").as_uri(), span(0, 4, 0, 8))]


async def test_references_in_a_closed_notebook_name_the_notebook(editor: Editor, save_notebook) -> None:
    (editor.root / "shapes.py").write_text(MODULE)
    path = save_notebook("closed.ipynb", [("aa", "x = 1\nfrom shapes import scale", None, [])])
    module = editor.open_module("shapes.py", MODULE)
    found = await refer(editor, module, 3, 6)
    assert types.Location(path.as_uri(), span(0, 0, 0, 0)) in found


async def test_nothing_is_found_where_nothing_is(editor: Editor) -> None:
    uri = editor.open("a.ipynb", ["print(1)", ("markdown", "text")])
    for cell in editor.cells[uri]:
        assert await define(editor, cell, 9, 9) == []
    assert await define(editor, "vscode-notebook-cell:gone", 0, 0) == []
    assert await refer(editor, "file:///gone.py", 0, 0) == []
    assert await define(editor, "nonsense", 0, 0) == []
