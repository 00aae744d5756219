"""A check that compares, and the outputs that a client accepts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lsp_editor import Editor
from lsprotocol import types
from pygls.exceptions import JsonRpcException

pytestmark = pytest.mark.asyncio

TABLE = "class T:\n  def _repr_html_(self): return '<table><tr><th>n</th></tr><tr><td>2</td></tr></table>'\nT()"
STORED = {
    "output_type": "execute_result",
    "execution_count": 1,
    "metadata": {},
    "data": {
        "text/plain": ["<T at 0x7f0000000000>"],
        "text/html": ["<table><tr><th>n</th></tr>\n", "<tr><td>1</td></tr></table>"],
    },
}

Save = Callable[..., Path]


def stdout(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": [text]}


async def test_differences_from_the_saved_file_are_told(editor: Editor, save_notebook: Save) -> None:
    cells = [
        ("a", "print('same')", 1, [stdout("same\n")]),
        ("b", "print('new')", 2, [stdout("old\n")]),
        ("c", TABLE, 3, [STORED]),
        ("d", "1", 4, []),
    ]
    save_notebook("a.ipynb", cells)
    uri = editor.open("a.ipynb", [source for _, source, _, _ in cells])
    result = await editor.request("offbook/run", {"notebook": uri, "compare": True})
    assert (result["status"], result["failure"]) == ("differs", None)
    assert result["message"].startswith("3 cells show something else than the file does")
    text, table, more = result["differences"]
    assert (text["cell"], text["index"], text["what"]) == (editor.cells[uri][1], 1, "cell 2 shows another text")
    assert [(side["kind"], side["mimeType"], side["text"]) for side in (*text["before"], *text["after"])] == [
        ("text", "stdout", "old\n"),
        ("text", "stdout", "new\n"),
    ]
    assert [side["rows"] for side in table["before"]] == [[["n"], ["1"]]]
    assert [side["rows"] for side in table["after"]] == [[["n"], ["2"]]]
    assert (more["before"], [side["text"] for side in more["after"]]) == ([], ["1"])


async def test_without_comparing_nothing_differs(editor: Editor, save_notebook: Save) -> None:
    save_notebook("a.ipynb", [("a", "print('new')", 1, [stdout("old\n")])])
    uri = editor.open("a.ipynb", ["print('new')"])
    result = await editor.request("offbook/run", {"notebook": uri})
    assert (result["status"], result["differences"]) == ("passed", [])


async def test_a_notebook_without_a_file_is_not_compared(editor: Editor) -> None:
    uri = editor.open("a.ipynb", ["print(1)"])
    result = await editor.request("offbook/run", {"notebook": uri, "compare": True})
    assert result["status"] == "passed"
    assert result["notes"][0].startswith("Nothing was compared: ")
    uri = editor.open("new", ["print(1)"], uri="untitled:new.ipynb")
    result = await editor.request("offbook/run", {"notebook": uri, "compare": True})
    assert result["notes"] == ["It is not saved, so nothing was compared."]


async def test_a_client_gets_what_the_cells_showed_until_the_code_changes(editor: Editor, save_notebook: Save) -> None:
    save_notebook("a.ipynb", [("a", "print('new')", 1, [stdout("old\n")]), ("b", "", 7, [stdout("left\n")])])
    uri = editor.open("a.ipynb", ["print('new')", "", ("markdown", "# A")])
    with pytest.raises(JsonRpcException, match="there are no fresh outputs"):
        await editor.request("offbook/freshOutputs", {"notebook": uri})
    await editor.request("offbook/run", {"notebook": uri})
    first, empty, text = editor.cells[uri]
    editor.write(text, "# B")
    found = await editor.request("offbook/freshOutputs", {"notebook": uri})
    shown = {"output_type": "stream", "name": "stdout", "text": "new\n"}
    assert found["cells"] == [
        {"cell": first, "executionCount": 1, "outputs": [shown]},
        {"cell": empty, "executionCount": None, "outputs": []},
    ]
    editor.write(first, "print('newer')")
    with pytest.raises(JsonRpcException, match="the code has changed since it ran"):
        await editor.request("offbook/freshOutputs", {"notebook": uri})


async def test_a_generic_client_accepts_into_the_file(generic: Editor, save_notebook: Save) -> None:
    path = save_notebook("a.ipynb", [("a", "print('new')", 1, [stdout("old\n")])])
    uri = generic.open("a.ipynb", ["print('new')"])
    result = await command(generic, "offbook.run", uri, {"compare": True})
    assert result["status"] == "differs"
    await command(generic, "offbook.acceptOutputs", uri)
    assert json.loads(path.read_text())["cells"][0]["outputs"][0]["text"] == ["new\n"]
    assert "a.ipynb now stores" in generic.client.messages[-1].message
    assert (await command(generic, "offbook.run", uri, {"compare": True}))["status"] == "passed"


async def test_outputs_of_other_code_are_not_stored(generic: Editor, save_notebook: Save) -> None:
    path = save_notebook("a.ipynb", [("a", "print('saved')", 1, [stdout("old\n")])])
    before = path.read_bytes()
    uri = generic.open("a.ipynb", ["print('unsaved')"])
    await command(generic, "offbook.run", uri)
    with pytest.raises(JsonRpcException, match="the file holds other code than what ran"):
        await command(generic, "offbook.acceptOutputs", uri)
    assert path.read_bytes() == before


async def command(editor: Editor, name: str, *arguments: Any) -> Any:
    params = types.ExecuteCommandParams(name, list(arguments))
    return await editor.client.workspace_execute_command_async(params)
