"""Findings in modules: what holds for any Python file, and nothing that speaks of cells."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsp_editor import Editor, apply
from lsprotocol import types

pytestmark = pytest.mark.asyncio

LEAKS = """\
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

frame = pd.read_csv("trips.csv")
X = StandardScaler().fit_transform(frame[["km", "minutes"]])
X_train, X_test, y_train, y_test = train_test_split(X, frame["tip"], random_state=1)
model = LogisticRegression().fit(X_train, y_train)
print(model.score(X_test, y_test))
"""


async def test_a_script_that_leaks_is_told_the_line(editor: Editor) -> None:
    uri = editor.open_module("train.py", LEAKS)
    (leak,) = await editor.codes(uri, "OB501")
    assert leak.range.start.line == 6
    assert "judged in line 10" in leak.message


async def test_findings_follow_the_typing_and_go_with_the_file(editor: Editor) -> None:
    uri = editor.open_module("paths.py", "")
    editor.write_module(uri, 'HOME = open("/home/ann/trips.csv")\n')
    await editor.codes(uri, "OB402")
    editor.write_module(uri, 'HOME = open("trips.csv")\n')
    await editor.codes(uri)
    editor.write_module(uri, 'HOME = open("/home/ann/trips.csv")\n')
    await editor.codes(uri, "OB402")
    editor.close_module(uri)
    await editor.codes(uri)


async def test_a_fix_edits_the_module(editor: Editor) -> None:
    text = 'import requests\n\nTOKEN = "ghp_a8Zk3LmQ9xW2vB7nC5tR1yU6iO4pEsDfGhJk"\n'
    uri = editor.open_module("service.py", text)
    (finding, *_) = await editor.codes(uri, "OB602")
    [action] = await editor.fixes(uri, [finding])
    assert action.edit and action.edit.document_changes
    [change] = action.edit.document_changes
    assert isinstance(change, types.TextDocumentEdit)
    assert change.text_document.uri == uri
    assert 'os.environ["' in apply(text, change.edits)


async def test_what_is_about_cells_is_silent_in_a_module(editor: Editor) -> None:
    uri = editor.open_module("later.py", 'print(total)\nframe.head()\nopen("/home/ann/a.csv")\ntotal = 1\n')
    await editor.codes(uri, "OB402")


@pytest.mark.parametrize("folder", [".venv/lib", "venv/lib/python3/site-packages", "node_modules/tool"])
async def test_files_of_others_are_left_alone(editor: Editor, tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir(parents=True)
    other = editor.open_module(f"{folder}/other.py", 'open("/home/ann/a.csv")\n')
    own = editor.open_module("own.py", 'open("/home/ann/a.csv")\n')
    await editor.codes(own, "OB402")
    assert other not in {params.uri for params in editor.published}


async def test_a_module_gets_no_refactorings_of_cells(editor: Editor) -> None:
    uri = editor.open_module("own.py", 'open("/home/ann/a.csv")\n')
    found = await editor.codes(uri, "OB402")
    assert [action for action in await editor.actions(uri, found) if action.kind != types.CodeActionKind.QuickFix] == []
