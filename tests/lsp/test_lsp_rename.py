from __future__ import annotations

import json
from pathlib import Path

import pytest
from lsp_editor import Editor, apply, span
from lsprotocol import types
from pygls.exceptions import JsonRpcException

pytestmark = pytest.mark.asyncio

MODULE = "RATE = 2\n\n\ndef scale(value):\n    return value * RATE\n"


async def rename(editor: Editor, uri: str, line: int, character: int, new: str) -> dict[str, str]:
    """Rename, apply the edit as a client does, and return the new texts by URI."""
    place = types.Position(line, character)
    edit = await editor.client.text_document_rename_async(
        types.RenameParams(types.TextDocumentIdentifier(uri), place, new)
    )
    assert edit is not None
    found: dict[str, str] = {}
    for change in edit.document_changes or ():
        assert isinstance(change, types.TextDocumentEdit)
        target = change.text_document.uri
        text = editor.sources.get(target) or Path(target.removeprefix("file://")).read_bytes().decode()
        found[target] = apply(text, change.edits)
    return found


async def test_open_cells_modules_and_closed_notebooks(editor: Editor, save_notebook) -> None:
    (editor.root / "shapes.py").write_text(MODULE)
    closed = save_notebook(
        "closed.ipynb", [("a", "x = '漢😀'", 1, []), ("b", "from shapes import scale\nscale(1)", 2, [])]
    )
    before = closed.read_text()
    uri = editor.open("open.ipynb", ["import shapes", "s = '😀'; shapes.scale(2)"])
    _, second = editor.cells[uri]
    found = await rename(editor, second, 0, 19, "enlarge")
    module = (editor.root / "shapes.py").as_uri()
    assert found.pop(second) == "s = '😀'; shapes.enlarge(2)"
    assert found.pop(module) == MODULE.replace("scale", "enlarge")
    text = found.pop(closed.as_uri())
    assert found == {}
    assert json.loads(text)["cells"][1]["source"] in (
        ["from shapes import enlarge\n", "enlarge(1)"],
        "from shapes import enlarge\nenlarge(1)",
    )
    assert text.replace("enlarge", "scale") == before


async def test_what_can_be_renamed_is_told_before(editor: Editor) -> None:
    uri = editor.open("a.ipynb", ["s = '😀'; total = 1", "def f(x):\n    return x", "class A:\n    size = 1"])
    first, second, third = editor.cells[uri]
    place = types.PrepareRenameParams(types.TextDocumentIdentifier(first), types.Position(0, 12))
    assert await editor.client.text_document_prepare_rename_async(place) == types.PrepareRenamePlaceholder(
        span(0, 10, 0, 15), "total"
    )
    inside = types.PrepareRenameParams(types.TextDocumentIdentifier(second), types.Position(1, 11))
    assert await editor.client.text_document_prepare_rename_async(inside) == types.PrepareRenamePlaceholder(
        span(1, 11, 1, 12), "x"
    )
    inside = types.PrepareRenameParams(types.TextDocumentIdentifier(third), types.Position(1, 5))
    with pytest.raises(JsonRpcException, match="can be renamed here"):
        await editor.client.text_document_prepare_rename_async(inside)


async def test_a_refusal_says_where(editor: Editor) -> None:
    uri = editor.open("a.ipynb", ["total = 1", "share = 2"])
    first, _ = editor.cells[uri]
    with pytest.raises(JsonRpcException, match=r"`share` is a name in a\.ipynb, code cell 2 already"):
        await rename(editor, first, 0, 1, "share")


async def hover(editor: Editor, uri: str, line: int, character: int) -> str:
    params = types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(line, character))
    found = await editor.client.text_document_hover_async(params)
    assert found is None or isinstance(found.contents, types.MarkupContent)
    return found.contents.value if found is not None else ""


async def test_hover_shows_signatures_values_and_libraries(editor: Editor) -> None:
    (editor.root / "shapes.py").write_text(
        'def scale(value: int, by=2) -> int:\n    """Scale it.\n\n    Twice.\n    """\n'
    )
    uri = editor.open(
        "a.ipynb", ["from shapes import scale\nimport json", "total = scale(1)", "total, scale(2), json.dumps(1)"]
    )
    third = editor.cells[uri][2]
    assert await hover(editor, third, 0, 1) == "```python\ntotal = scale(1)\n```\n\nbound in code cell 2"
    assert await hover(editor, third, 0, 8) == (
        "```python\ndef scale(value: int, by=2) -> int\n```\n\ndefined in `shapes.py`\n\nScale it.\n\nTwice."
    )
    assert "Serialize" in await hover(editor, third, 0, 25)
    assert await hover(editor, third, 0, 29) == ""


async def test_definitions_in_libraries_and_of_a_function_s_own_names(editor: Editor) -> None:
    uri = editor.open("a.ipynb", ["import json\ndef f(x):\n    return x", "json.dumps(1)"])
    first, second = editor.cells[uri]
    place = types.DefinitionParams(types.TextDocumentIdentifier(second), types.Position(0, 7))
    (found,) = await editor.client.text_document_definition_async(place) or ()
    assert found.uri.endswith("json/__init__.py") and found.range.start.line > 100
    place = types.DefinitionParams(types.TextDocumentIdentifier(first), types.Position(2, 11))
    assert await editor.client.text_document_definition_async(place) == [types.Location(first, span(1, 6, 1, 7))]


async def test_symbols_of_a_cell_and_of_the_workspace(editor: Editor, save_notebook) -> None:
    (editor.root / "shapes.py").write_text(MODULE)
    save_notebook("closed.ipynb", [("a", "class Scaler:\n    def fit(self): pass\n", 1, [])])
    uri = editor.open("a.ipynb", ["# 😀\nclass A:\n    B = 1\n    def m(self):\n        pass\nx, y = 1, 2"])
    (cell,) = editor.cells[uri]
    params = types.DocumentSymbolParams(types.TextDocumentIdentifier(cell))
    found = await editor.client.text_document_document_symbol_async(params)
    assert [(item.name, item.kind.name, [child.name for child in item.children]) for item in found] == [
        ("A", "Class", ["B", "m"]),
        ("x", "Variable", []),
        ("y", "Variable", []),
    ]
    assert found[0].selection_range == span(1, 6, 1, 7)
    everywhere = await editor.client.workspace_symbol_async(types.WorkspaceSymbolParams("scal"))
    assert sorted((item.name, item.container_name) for item in everywhere) == [
        ("Scaler", "closed.ipynb"),
        ("scale", "shapes.py"),
    ]
