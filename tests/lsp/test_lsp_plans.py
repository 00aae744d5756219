from __future__ import annotations

import asyncio
import re

import pytest
from lsp_editor import Editor, apply
from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcRequestCancelled

pytestmark = pytest.mark.asyncio

CELLS = [
    ("markdown", "# Circles 😀"),
    "import math\n\nSCALE = 2\n\ndef area(r):\n    return math.pi * r ** 2 * SCALE",
    "print(round(area(2), 3))",
]

SHARED = [
    ("a", "import math", None, []),
    ("b", CELLS[1].partition("\n\n")[2], None, []),
    ("c", "print(area(3))", None, []),
]


def extract(notebook: str, **options: object) -> dict[str, object]:
    return {"notebook": notebook, "refactoring": "extract.module", "options": {"to": "shapes.py", **options}}


async def test_candidates_fill_the_dialog(editor: Editor, save_notebook) -> None:
    save_notebook("other.ipynb", SHARED)
    (editor.root / "lib").mkdir()
    (editor.root / "lib" / "__init__.py").write_text("")
    (editor.root / "lib" / "old.py").write_text("a = 1\n")
    uri = editor.open("My Notebook-2.ipynb", [*CELLS, "class Shape:\n    pass"])
    cells = editor.cells[uri]
    cursor = {"line": 4, "character": 6}
    found = await editor.request(
        "offbook/candidates",
        {
            "notebook": uri,
            "refactoring": "extract.module",
            "cell": cells[1],
            "range": {"start": cursor, "end": cursor},
        },
    )
    assert found["candidates"] == [
        {"name": "area", "kind": "function", "cell": cells[1], "selected": True, "others": 1},
        {"name": "Shape", "kind": "class", "cell": cells[3], "selected": False, "others": 0},
    ]
    assert found["modules"] == ["lib/old.py"]
    assert found["suggestion"] == "my_notebook_2_functions.py"


async def test_a_plan_names_cells_files_and_versions(editor: Editor) -> None:
    uri = editor.open("a.ipynb", CELLS)
    editor.write(editor.cells[uri][2], "print(area(3))")
    answer = await editor.request("offbook/plan", extract(uri, names=["area"]))
    assert answer["refusal"] is None
    plan = answer["plan"]
    assert plan["refactoring"] == "extract.module" and plan["id"] and plan["title"] and plan["summary"]
    [change] = plan["notebooks"]
    assert (change["uri"], change["version"]) == (uri, 2)
    [replaced] = [item for item in change["changes"] if item["cell"] == editor.cells[uri][1]]
    assert replaced["kind"] == "replaceSource" and replaced["before"] == CELLS[1]
    assert "from shapes import" in replaced["after"] and "def area" not in replaced["after"]
    [module] = plan["files"]
    assert module["uri"] == (editor.root / "shapes.py").as_uri()
    assert module["before"] is None
    assert re.search(r"import math\n.*SCALE = 2\n.*def area\(r\):", module["after"], re.DOTALL)
    assert not (editor.root / "shapes.py").exists()


async def test_what_is_selected_stands_for_names(editor: Editor) -> None:
    uri = editor.open("a.ipynb", CELLS)
    cursor = {"line": 5, "character": 6}
    params = {**extract(uri), "cell": editor.cells[uri][1], "range": {"start": cursor, "end": cursor}}
    answer = await editor.request("offbook/plan", params)
    assert "def area" in answer["plan"]["files"][0]["after"]


async def test_unsaved_text_of_an_open_module_counts(editor: Editor) -> None:
    (editor.root / "shapes.py").write_text('"""Old."""\n')
    module = editor.open_module("shapes.py", '"""Unsaved."""\n\n\ndef edge(a):\n    return 4 * a\n')
    uri = editor.open("a.ipynb", CELLS)
    answer = await editor.request("offbook/plan", extract(uri, names=["area"]))
    [change] = answer["plan"]["files"]
    assert change["uri"] == module
    assert change["before"].startswith('"""Unsaved."""')
    assert "def edge(a)" in change["after"] and "def area(r)" in change["after"]


async def test_a_refusal_says_why_and_where(editor: Editor) -> None:
    uri = editor.open("a.ipynb", ["rate = 1", "s = '😀'; rate = 2\ndef f(a):\n    return a * rate"])
    answer = await editor.request("offbook/plan", extract(uri, names=["f"]))
    assert answer["plan"] is None
    refusal = answer["refusal"]
    assert "`rate`" in refusal["reason"] and refusal["reason"].endswith(".")
    assert refusal["uri"] in editor.cells[uri]
    assert refusal["range"]["start"]["line"] >= 0


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"refactoring": "extract.everything"}, "there is no refactoring `extract.everything`"),
        ({"options": {"too": "a.py"}}, "`extract.module` has no option `too`"),
        ({"options": {"to": 3}}, "the options of `extract.module` are not valid"),
        ({"cell": "gone"}, "this cell is not in the notebook any more"),
    ],
)
async def test_mistakes_are_told(editor: Editor, changed: dict[str, object], message: str) -> None:
    uri = editor.open("a.ipynb", CELLS)
    with pytest.raises(JsonRpcException, match=re.escape(message)):
        await editor.request("offbook/plan", {**extract(uri), **changed})


async def test_a_module_outside_the_workspace_is_refused(editor: Editor) -> None:
    uri = editor.open("a.ipynb", CELLS)
    for to in ("../shapes.py", "/tmp/shapes.py"):
        answer = await editor.request("offbook/plan", extract(uri, names=["area"], to=to))
        assert answer["plan"] is None
        assert "outside the workspace" in answer["refusal"]["reason"]


async def test_a_plan_is_verified(editor: Editor) -> None:
    uri = editor.open("a.ipynb", CELLS)
    plan = (await editor.request("offbook/plan", extract(uri, names=["area"])))["plan"]
    editor.client.progress_reports["v"] = []
    verdict = await editor.request("offbook/verify", {"planId": plan["id"], "workDoneToken": "v"})
    assert verdict["verdict"] == "verified", verdict
    assert editor.client.progress_reports["v"][-1].message == verdict["message"]
    assert [path.name for path in editor.root.iterdir()] == []


async def test_unsaved_modules_are_named_in_the_verdict(editor: Editor) -> None:
    (editor.root / "other.py").write_text("a = 1\n")
    editor.open_module("other.py", "a = 2\n")
    uri = editor.open("a.ipynb", CELLS)
    plan = (await editor.request("offbook/plan", extract(uri, names=["area"])))["plan"]
    verdict = await editor.request("offbook/verify", {"planId": plan["id"]})
    assert verdict["verdict"] == "verified"
    assert verdict["message"].endswith("Unsaved changes of `other.py` were left out.")


async def test_a_stale_plan_is_not_verified(editor: Editor) -> None:
    uri = editor.open("a.ipynb", CELLS)
    plan = (await editor.request("offbook/plan", extract(uri, names=["area"])))["plan"]
    editor.write(editor.cells[uri][2], "print(area(3))")
    with pytest.raises(JsonRpcException, match=r"`a\.ipynb` has changed since this plan was made") as caught:
        await editor.request("offbook/verify", {"planId": plan["id"]})
    assert caught.value.code == -32801


async def test_an_unknown_plan_is_told(editor: Editor) -> None:
    with pytest.raises(JsonRpcException, match="this plan is not known any more"):
        await editor.request("offbook/verify", {"planId": "plan-99"})


async def test_a_plan_applied_while_it_is_verified_is_still_verified(editor: Editor) -> None:
    uri = editor.open("a.ipynb", CELLS)
    plan = (await editor.request("offbook/plan", extract(uri, names=["area"])))["plan"]
    task = asyncio.ensure_future(editor.request("offbook/verify", {"planId": plan["id"]}))
    await asyncio.sleep(0.3)
    editor.write(editor.cells[uri][1], plan["notebooks"][0]["changes"][0]["after"])
    assert (await task)["verdict"] == "verified"


async def test_a_verification_is_cancelled(editor: Editor) -> None:
    slow = "import pathlib, time\npathlib.Path('begun').touch()\ntime.sleep(60)"
    uri = editor.open("a.ipynb", [*CELLS, slow])
    plan = (await editor.request("offbook/plan", extract(uri, names=["area"])))["plan"]
    request = editor.client.protocol.send_request_async("offbook/verify", {"planId": plan["id"]}, msg_id="verify")
    task = asyncio.ensure_future(request)
    await asyncio.sleep(2)
    editor.client.cancel_request(types.CancelParams("verify"))
    with pytest.raises(JsonRpcRequestCancelled):
        await asyncio.wait_for(task, 20)


async def test_a_refusal_offers_the_options_that_help(editor: Editor) -> None:
    uri = editor.open("a.ipynb", ["rate = 1\nrate = 2", "def gross(net):\n    return net * rate", "gross(3)"])
    params = extract(uri, names=["gross"])
    refusal = (await editor.request("offbook/plan", params))["refusal"]
    assert refusal["remedy"] == {"title": "Make it a parameter", "options": {"parameters": True}}
    again = extract(uri, names=["gross"], **refusal["remedy"]["options"])
    plan = (await editor.request("offbook/plan", again))["plan"]
    assert "`gross` takes `rate`; 1 call passes it." in plan["summary"]


async def test_a_notebook_that_is_not_open_is_changed_as_a_file(editor: Editor, generic: Editor, save_notebook) -> None:
    path = save_notebook("other.ipynb", SHARED)
    text = path.read_text()
    for client in (editor, generic):
        assert client.root == path.parent
    uri = editor.open("a.ipynb", CELLS)
    options = {"across": True, "to": "shapes.py"}
    answer = await editor.request("offbook/plan", {"notebook": uri, "refactoring": "dedupe", "options": options})
    plan = answer["plan"]
    assert [change["uri"] for change in plan["notebooks"]] == [uri]
    module, other = plan["files"]
    assert (module["uri"], module["before"]) == ((editor.root / "shapes.py").as_uri(), None)
    assert (other["uri"], other["before"]) == (path.as_uri(), text)
    assert "from shapes import SCALE, area" in other["after"]
    verdict = await editor.request("offbook/verify", {"planId": plan["id"]})
    assert verdict["verdict"] == "verified", verdict
    uri = generic.open("a.ipynb", CELLS)
    data = {"notebook": uri, "refactoring": "dedupe", "options": options}
    action = types.CodeAction(title="", kind="refactor.rewrite.dedupe", data=data)
    resolved = await generic.client.code_action_resolve_async(action)
    assert resolved.edit and resolved.edit.document_changes
    [edit] = [item for item in resolved.edit.document_changes if edited(item) == path.as_uri()]
    assert apply(text, edit.edits) == other["after"]
    assert path.read_text() == text


def edited(change: object) -> str | None:
    return change.text_document.uri if isinstance(change, types.TextDocumentEdit) else None
