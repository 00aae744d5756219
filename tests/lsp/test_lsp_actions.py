from __future__ import annotations

import pytest
from lsp_editor import Editor, apply, capabilities, span
from lsprotocol import types
from pygls.exceptions import JsonRpcException

pytestmark = pytest.mark.asyncio

PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2], label='漢字😀')\nplt.show()"
LOOK = ["import pandas as pd\ndf = pd.DataFrame({'a': [1]})", "df.head()", "df = df.dropna()\ntotal = df['a'].sum()"]


async def test_a_fix_inside_a_cell_is_an_edit_of_its_version(editor: Editor) -> None:
    uri = editor.open("a.ipynb", [PLOT])
    cell = editor.cells[uri][0]
    [finding] = await editor.codes(cell, "OB301")
    [action] = await editor.fixes(cell, [finding])
    assert (action.kind, action.is_preferred) == (types.CodeActionKind.QuickFix, True)
    assert list(action.diagnostics or ()) == [finding]
    assert action.edit and action.edit.document_changes
    [change] = action.edit.document_changes
    assert isinstance(change, types.TextDocumentEdit)
    assert (change.text_document.uri, change.text_document.version) == (cell, 1)
    editor.write(cell, apply(PLOT, change.edits))
    await editor.codes(cell, "OB302")  # once the axes are labelled, the title is what is missing


async def test_a_fix_for_an_older_text_is_not_offered(editor: Editor) -> None:
    uri = editor.open("a.ipynb", [PLOT])
    cell = editor.cells[uri][0]
    [finding] = await editor.codes(cell, "OB301")
    editor.write(cell, "#", span(0, 0, 0, 0))
    assert not [action for action in await editor.fixes(cell, [finding]) if action.diagnostics]


async def test_a_client_that_drops_the_data_of_a_finding_gets_the_fix(editor: Editor) -> None:
    uri = editor.open("a.ipynb", [PLOT])
    cell = editor.cells[uri][0]
    [finding] = await editor.codes(cell, "OB301")
    finding.data = None
    [action] = await editor.fixes(cell, [finding])
    assert action.edit


async def test_rubbish_in_the_data_of_a_finding_is_survived(editor: Editor) -> None:
    uri = editor.open("a.ipynb", [PLOT])
    cell = editor.cells[uri][0]
    [finding] = await editor.codes(cell, "OB301")
    data = finding.data
    for rubbish in (3, {"edits": 1}, {**data, "edits": [{"cell": "gone", "version": 1, "edits": []}]}):
        finding.data = rubbish
        await editor.fixes(cell, [finding])
    finding.source = "other"
    assert not await editor.fixes(cell, [finding])
    assert not await editor.fixes("vscode-notebook-cell:gone", [finding])


async def test_a_fix_that_deletes_a_cell_is_a_plan_for_our_editors(editor: Editor) -> None:
    uri = editor.open("a.ipynb", LOOK)
    cell = editor.cells[uri][1]
    [finding] = await editor.codes(cell, "OB202")
    assert finding.severity == types.DiagnosticSeverity.Hint
    assert list(finding.tags or ()) == [types.DiagnosticTag.Unnecessary]
    [action] = await editor.fixes(cell, [finding])
    assert action.edit is None and action.command and action.command.command == "offbook.applyChanges"
    [plan] = action.command.arguments or ()
    assert plan["title"] == action.title
    [change] = plan["notebooks"]
    assert (change["uri"], change["version"]) == (uri, 1)
    assert change["changes"] == [{"kind": "deleteCell", "cell": cell, "before": "df.head()"}]
    assert plan["files"] == []


async def test_a_fix_that_deletes_a_cell_empties_it_elsewhere(generic: Editor) -> None:
    uri = generic.open("a.ipynb", LOOK)
    cell = generic.cells[uri][1]
    [finding] = await generic.codes(cell, "OB202")
    [action] = await generic.fixes(cell, [finding])
    assert action.command is None and action.edit and action.edit.document_changes
    [change] = action.edit.document_changes
    assert apply("df.head()", change.edits) == ""


async def test_trimming_outputs_is_offered_where_it_can_be_done(editor: Editor, generic: Editor, save_notebook) -> None:
    long = [{"output_type": "stream", "name": "stdout", "text": ["line\n"] * 500}]
    save_notebook("a.ipynb", [("aa", "x = 1", 1, long)])
    for client, offered in ((editor, True), (generic, False)):
        uri = client.open("a.ipynb", ["x = 1"])
        cell = client.cells[uri][0]
        [finding] = await client.codes(cell, "OB201")
        actions = await client.fixes(cell, [finding])
        assert bool(actions) is offered
        if offered:
            [plan] = actions[0].command.arguments
            [change] = plan["notebooks"][0]["changes"]
            assert (change["kind"], change["cell"]) == ("trimOutputs", cell)
            assert 0 < change["lines"] < 500


async def test_only_the_wanted_kinds_are_answered(editor: Editor) -> None:
    source = PLOT + "\ndef f():\n    return 1"
    uri = editor.open("a.ipynb", [source])
    cell = editor.cells[uri][0]
    [finding] = await editor.codes(cell, "OB301")
    place = span(1, 0, 3, 5)
    kinds = types.CodeActionKind

    async def offered(*only: str) -> list[object]:
        found = await editor.actions(cell, [finding], place, only=list(only) or None)
        return [action.kind for action in found]

    module = "refactor.extract.module"
    assert kinds.QuickFix in await offered() and module in await offered()
    assert set(await offered(kinds.QuickFix)) == {kinds.QuickFix}
    assert module in await offered(kinds.Refactor)
    assert module in await offered(kinds.RefactorExtract)
    assert await offered(module) == [module]
    assert await offered("refactor.ext") == await offered(f"{module}.x") == []
    assert await offered(kinds.SourceOrganizeImports) == []


async def test_extraction_is_offered_on_definitions(editor: Editor) -> None:
    source = "x = 1\n\n@staticmethod\ndef f(a):\n    return a\n\nclass G:\n    pass"
    uri = editor.open("a.ipynb", [source])
    cell = editor.cells[uri][0]
    [action] = await editor.actions(cell, place=span(4, 6, 4, 6))
    assert action.title == "Extract `f` to a module…"
    assert action.command and action.command.command == "offbook.extractModule"
    assert list(action.command.arguments or ()) == [uri, {"names": ["f"]}]
    [action] = await editor.actions(cell, place=span(3, 0, 7, 0))
    assert action.command and (action.command.arguments or ())[1] == {"names": ["f", "G"]}
    assert not await editor.actions(cell, place=span(0, 0, 0, 0))


async def test_a_generic_client_extracts_with_an_edit(generic: Editor) -> None:
    source = "import math\n\ndef area(r):\n    return math.pi * r ** 2"
    uri = generic.open("a.ipynb", [source, "print(area(2))"])
    cell = generic.cells[uri][0]
    [action] = await generic.actions(cell, place=span(2, 5, 2, 5))
    assert action.edit is None and action.command is None
    resolved = await generic.client.code_action_resolve_async(action)
    assert resolved.edit and resolved.edit.document_changes
    created = [item for item in resolved.edit.document_changes if isinstance(item, types.CreateFile)]
    module = (generic.root / "a_functions.py").as_uri()
    assert [item.uri for item in created] == [module]
    edits = {
        item.text_document.uri: item
        for item in resolved.edit.document_changes
        if isinstance(item, types.TextDocumentEdit)
    }
    assert set(edits) == {module, cell}
    assert edits[cell].text_document.version == 1
    assert "def area(r):" in apply("", edits[module].edits)
    assert "from a_functions import area" in apply(source, edits[cell].edits)
    assert not (generic.root / "a_functions.py").exists()


async def test_a_client_without_lazy_edits_extracts_with_a_command(connect) -> None:
    editor = await connect()
    wanted = capabilities()
    wanted.text_document.code_action.resolve_support = None
    await editor.initialize(wanted)
    uri = editor.open("a.ipynb", ["def f(a):\n    return a + 1"])
    cell = editor.cells[uri][0]
    [action] = await editor.actions(cell, place=span(0, 5, 0, 5))
    command = action.command
    assert command and command.command == "offbook.extractModule"
    params = types.ExecuteCommandParams(command.command, list(command.arguments or ()))
    await editor.client.workspace_execute_command_async(params)
    [applied] = editor.applied
    assert applied.label == "Extract to module"
    assert applied.edit.document_changes


async def test_a_refused_extraction_says_why(generic: Editor) -> None:
    uri = generic.open("a.ipynb", ["rate = 1\nrate = rate + 1", "def f(a):\n    return a * rate"])
    cell = generic.cells[uri][1]
    [action] = await generic.actions(cell, place=span(0, 5, 0, 5))
    with pytest.raises(JsonRpcException, match="`rate`") as caught:
        await generic.client.code_action_resolve_async(action)
    assert caught.value.code == -32803


async def test_what_must_be_verified_needs_a_client_that_shows_plans(editor: Editor, generic: Editor) -> None:
    source = "def area(a, b):\n    return a * b\ndef edge(a, b):\n    return 2 * (a + b)"
    for client in (editor, generic):
        uri = client.open("a.ipynb", [source, "area(1, 2), edge(1, 2)"])
        cell = client.cells[uri][0]
        found = await client.actions(cell, place=span(2, 5, 2, 5))
        [action] = [item for item in found if item.kind == "refactor.extract.class"]
        assert action.title.startswith("Make a class of `area` and `edge`")
        if client is generic:
            with pytest.raises(JsonRpcException, match="only after a run before and after it"):
                await client.client.code_action_resolve_async(action)
        else:
            assert action.command and action.command.arguments
            _, refactoring, options = action.command.arguments
            params = {"notebook": uri, "refactoring": refactoring, "options": options}
            answer = await client.request("offbook/plan", params)
            assert answer["plan"]["unsafe"] is True


SHARED = "def clean(frame):\n" + "    frame = frame.dropna()\n" * 10 + "    return frame"


async def test_a_finding_offers_the_refactoring_that_mends_it(editor: Editor, generic: Editor) -> None:
    for client in (editor, generic):
        uri = client.open("a.ipynb", [SHARED, "a = clean(1)", "b = clean(2)"])
        cell = client.cells[uri][0]
        [finding] = await client.codes(cell, "OB407")
        for data in (finding.data, None):
            finding.data = data
            actions = await client.fixes(cell, [finding])
            [action] = actions
            assert action.kind == types.CodeActionKind.QuickFix
            if client is editor:
                assert action.command and action.command.command == "offbook.extractModule"
                assert list(action.command.arguments or ()) == [uri, {"names": ["clean"]}]
            else:
                resolved = await client.client.code_action_resolve_async(action)
                assert resolved.edit and resolved.edit.document_changes


async def test_a_refactoring_that_the_server_does_not_know_is_not_offered(editor: Editor) -> None:
    uri = editor.open("a.ipynb", [SHARED, "a = clean(1)", "b = clean(2)"])
    cell = editor.cells[uri][0]
    [finding] = await editor.codes(cell, "OB407")
    for change in (
        {"refactoring": "extract.nothing"},
        {"notebook": "file:///gone.ipynb"},
        {"options": 3},
    ):
        rubbish = types.Diagnostic(finding.range, "other", data={**finding.data, **change}, source="offbook")
        assert not [action for action in await editor.actions(cell, [rubbish]) if action.diagnostics]


async def test_selected_lines_are_offered_as_a_function(editor: Editor, generic: Editor) -> None:
    source = "rate = 2\nwords = ['a']\nmany = words * rate\nprint(many)"
    uri = editor.open("a.ipynb", [source, "print(many, rate)"])
    only = ["refactor.extract.function"]
    [action] = await editor.actions(editor.cells[uri][0], place=span(1, 0, 3, 0), only=only)
    assert (action.title, action.kind) == ("Extract the lines to a function…", "refactor.extract.function")
    lines = {"lines": {"cell": editor.cells[uri][0], "first": 1, "last": 2}}
    assert action.command and action.command.command == "offbook.refactor"
    assert list(action.command.arguments or ()) == [uri, "extract.function", lines]
    answer = await editor.request(
        "offbook/plan", {"notebook": uri, "refactoring": "extract.function", "options": {"name": "repeat", **lines}}
    )
    [change] = answer["plan"]["notebooks"][0]["changes"]
    assert "def repeat(rate):" in change["after"] and "many = repeat(rate)" in change["after"]
    uri = generic.open("a.ipynb", [source, "print(many, rate)"])
    cell = generic.cells[uri][0]
    [action] = await generic.actions(cell, place=span(1, 0, 3, 0), only=only)
    resolved = await generic.client.code_action_resolve_async(action)
    assert resolved.edit and resolved.edit.document_changes
    [edit] = resolved.edit.document_changes
    assert isinstance(edit, types.TextDocumentEdit)
    assert "def step_1(rate):" in apply(source, edit.edits)


async def test_what_a_run_mends_is_a_command_of_the_client(editor: Editor) -> None:
    uri = editor.open("a.ipynb", ["x = 1", "y = 2"], counts=[2, 1])
    found = [item for cell in editor.cells[uri] for item in await _any_codes(editor, cell)]
    [finding] = [item for item in found if item.code == "OB103"]
    cell = next(cell for cell in editor.cells[uri] if finding in editor.client.diagnostics.get(cell, []))
    [action] = await editor.fixes(cell, [finding])
    assert (action.title, action.edit) == ("Restart and run all", None)
    assert action.command and action.command.command == "offbook.runCells"
    assert list(action.command.arguments or ()) == [cell, "all"]


async def test_a_plain_client_is_not_offered_to_run_cells(connect) -> None:
    editor = await connect()
    await editor.initialize(capabilities())
    uri = editor.open("a.ipynb", ["x = 1", "y = 2"], counts=[2, 1])
    for cell in editor.cells[uri]:
        for finding in await _any_codes(editor, cell):
            assert not [action for action in await editor.fixes(cell, [finding]) if action.command]


async def _any_codes(editor: Editor, cell: str) -> list[types.Diagnostic]:
    await editor.until(lambda: any(editor.client.diagnostics.values()))
    return list(editor.client.diagnostics.get(cell, []))
