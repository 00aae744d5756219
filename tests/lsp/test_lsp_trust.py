from __future__ import annotations

import asyncio
from pathlib import Path

import psutil
import pytest
from lsp_editor import Editor, span
from lsprotocol import types
from pygls.exceptions import JsonRpcException

pytestmark = pytest.mark.asyncio

TRAP = "import pathlib\npathlib.Path('{name}').touch()\nvalue = 1\n"


async def test_nothing_runs_until_the_user_asks_for_it(editor: Editor) -> None:
    """Opening, editing, saving and asking about code never executes it, nor the modules that it imports."""
    for name in ("trap", "sitecustomize", "usercustomize"):
        editor.root.joinpath(f"{name}.py").write_text(TRAP.format(name=editor.root / f"ran-{name}"))
    cell_trap = TRAP.format(name=editor.root / "ran-cell")
    uri = editor.open("a.ipynb", ["import trap", cell_trap, "print(trap.value, missing)"], counts=(3, 1, 2))
    first, second, third = editor.cells[uri]
    found = await editor.codes(third, "OB102")
    editor.write(second, cell_trap + "value + 1")
    client = editor.client
    for cell, line, column in ((first, 0, 8), (second, 2, 1), (third, 0, 12)):
        text, position = types.TextDocumentIdentifier(cell), types.Position(line, column)
        await client.text_document_hover_async(types.HoverParams(text, position))
        await client.text_document_definition_async(types.DefinitionParams(text, position))
        await client.text_document_document_symbol_async(types.DocumentSymbolParams(text))
        await editor.actions(cell, place=span(0, 0, line, column))
    assert await editor.fixes(third, found) is not None
    editor.close(uri)
    await asyncio.sleep(0.2)
    assert sorted(path.name for path in editor.root.iterdir() if path.name.startswith("ran-")) == []
    children = [child for child in psutil.Process().children(recursive=True) if "forking.py" in str(child.cmdline())]
    assert children == []
    uri = editor.open("b.ipynb", [cell_trap])
    assert (await editor.request("offbook/run", {"notebook": uri}))["status"] == "passed"
    assert editor.root.joinpath("ran-cell").exists()


@pytest.mark.parametrize("linked", [False, True])
async def test_a_notebook_outside_the_workspace_is_not_run(editor: Editor, tmp_path: Path, linked: bool) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.mkdir()
    source = TRAP.format(name=outside / "ran")
    (outside / "far.ipynb").write_text("{}")
    if linked:
        (editor.root / "near.ipynb").symlink_to(outside / "far.ipynb")
    path = editor.root / "near.ipynb" if linked else outside / "far.ipynb"
    uri = editor.open(str(path), [source])
    with pytest.raises(JsonRpcException, match="outside the workspace"):
        await editor.request("offbook/run", {"notebook": uri})
    assert not (outside / "ran").exists()
