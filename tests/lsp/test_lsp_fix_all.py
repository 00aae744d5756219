"""Fixes of many findings at once: on save, of a rule, of the notebook; and ignoring a rule on a line."""

from __future__ import annotations

import ast

import pytest
from lsp_editor import Editor, apply, span
from lsprotocol import types

pytestmark = pytest.mark.asyncio

PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2], label='漢字😀')\nplt.show()"
BARS = "plt.bar(['a', 'b'], [1, 2])\nplt.show()"
SAVED = ["source.fixAll.offbook"]


def texts(action: types.CodeAction) -> dict[str, list[types.TextEdit]]:
    """Return the edits of an action by document."""
    assert action.edit and action.edit.document_changes
    changes = [change for change in action.edit.document_changes if isinstance(change, types.TextDocumentEdit)]
    return {change.text_document.uri: list(change.edits) for change in changes}  # type: ignore[arg-type]


async def titles(editor: Editor, cell: str, finding: types.Diagnostic) -> dict[str, types.CodeAction]:
    found = await editor.actions(cell, [finding], only=[types.CodeActionKind.QuickFix])
    return {action.title: action for action in found}


async def test_what_is_saved_is_mended_cell_by_cell(editor: Editor) -> None:
    uri = editor.open("a.ipynb", [PLOT, BARS])
    for cell, source in zip(editor.cells[uri], (PLOT, BARS), strict=True):
        await editor.codes(cell, "OB301")
        [action] = await editor.actions(cell, only=SAVED)
        assert (action.kind, action.command) == (SAVED[0], None)
        assert list(texts(action)) == [cell]
        assert "plt.xlabel(" in apply(source, texts(action)[cell])


async def test_the_notebook_is_mended_through_any_of_its_cells(editor: Editor) -> None:
    uri = editor.open("a.ipynb", [PLOT, BARS])
    first, second = editor.cells[uri]
    await editor.codes(second, "OB301")
    [action] = await editor.actions(first, only=["notebook.source.fixAll"])
    assert action.kind == "notebook.source.fixAll.offbook"
    assert set(texts(action)) == {first, second}


async def test_saving_waits_for_what_was_typed_last(editor: Editor) -> None:
    uri = editor.open("a.ipynb", ["import matplotlib.pyplot as plt"])
    [cell] = editor.cells[uri]
    editor.write(cell, PLOT)
    [action] = await editor.actions(cell, only=SAVED)
    assert "plt.xlabel(" in apply(PLOT, texts(action)[cell])


async def test_nothing_is_mended_on_save_where_nothing_is_safe(editor: Editor) -> None:
    uri = editor.open("a.ipynb", ["x = 1\nprint(y)"])
    [cell] = editor.cells[uri]
    await editor.codes(cell, "OB102")
    assert await editor.actions(cell, only=SAVED) == []


async def test_saving_leaves_outputs_and_cells_alone(editor: Editor, save_notebook) -> None:
    long = [{"output_type": "stream", "name": "stdout", "text": ["line\n"] * 500}]
    save_notebook("a.ipynb", [("aa", "x = 1", 1, long)])
    uri = editor.open("a.ipynb", ["x = 1"])
    [cell] = editor.cells[uri]
    [finding] = await editor.codes(cell, "OB201")
    assert await editor.fixes(cell, [finding])
    for kind in ("source.fixAll", "notebook.source.fixAll"):
        assert await editor.actions(cell, only=[kind]) == []


async def test_only_those_who_ask_get_source_actions(editor: Editor) -> None:
    uri = editor.open("a.ipynb", [PLOT])
    [cell] = editor.cells[uri]
    [finding] = await editor.codes(cell, "OB301")
    assert not [action for action in await editor.actions(cell, [finding]) if str(action.kind).startswith("source")]
    assert await editor.actions(cell, only=["source.organizeImports"]) == []


async def test_all_findings_of_a_rule_are_mended_at_once(editor: Editor) -> None:
    uri = editor.open("a.ipynb", [PLOT, BARS])
    first, second = editor.cells[uri]
    await editor.codes(second, "OB301")
    [finding] = await editor.codes(first, "OB301")
    action = (await titles(editor, first, finding))["Fix all 2 of OB301"]
    assert action.is_preferred is None
    assert set(texts(action)) == {first, second}


async def test_one_finding_alone_is_not_all(editor: Editor) -> None:
    uri = editor.open("a.ipynb", [PLOT])
    [cell] = editor.cells[uri]
    [finding] = await editor.codes(cell, "OB301")
    assert not [title for title in await titles(editor, cell, finding) if title.startswith("Fix all")]


async def test_a_rule_is_ignored_on_the_line_of_a_finding(editor: Editor) -> None:
    uri = editor.open("a.ipynb", ["x = 1\nprint(y)"])
    [cell] = editor.cells[uri]
    [finding] = await editor.codes(cell, "OB102")
    action = (await titles(editor, cell, finding))["Ignore OB102 on this line"]
    after = apply("x = 1\nprint(y)", texts(action)[cell])
    assert after == "x = 1\nprint(y)  # offbook: ignore[OB102]"
    editor.write(cell, after)
    await editor.until(lambda: not editor.client.diagnostics[cell])


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("text = '''\n{y}\n''' + y", 0),
        ("total = 1 + \\\n    y", 0),
        ("!echo y\nprint(y)", 0),
        ("%time print(y)", 0),
    ],
)
async def test_no_comment_goes_where_it_would_be_none(editor: Editor, source: str, line: int) -> None:
    uri = editor.open("a.ipynb", [source])
    [cell] = editor.cells[uri]
    finding = types.Diagnostic(span(line, 0, line, 1), "something", code="OB102", source="offbook")
    assert "Ignore OB102 on this line" not in await titles(editor, cell, finding)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("print(y)  # why", "print(y)  # why  # offbook: ignore[OB102]"),
        ("print(y)  # offbook: ignore[OB101]", "print(y)  # offbook: ignore[OB101, OB102]"),
        ("print(y)  # offbook: ignore[]", "print(y)  # offbook: ignore[OB102]"),
        ("print(y);", "print(y);  # offbook: ignore[OB102]"),
    ],
)
async def test_the_comment_joins_what_stands_there(editor: Editor, before: str, after: str) -> None:
    uri = editor.open("a.ipynb", [before])
    [cell] = editor.cells[uri]
    finding = types.Diagnostic(span(0, 6, 0, 7), "something", code="OB102", source="offbook")
    action = (await titles(editor, cell, finding))["Ignore OB102 on this line"]
    assert apply(before, texts(action)[cell]) == after
    assert ast.dump(ast.parse(before)) == ast.dump(ast.parse(after))
