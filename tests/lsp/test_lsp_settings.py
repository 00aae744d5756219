from __future__ import annotations

import asyncio

import pytest
from lsp_editor import Editor, capabilities
from lsprotocol import types

pytestmark = pytest.mark.asyncio


def tell_changed(editor: Editor, name: str) -> None:
    event = types.FileEvent((editor.root / name).as_uri(), types.FileChangeType.Changed)
    editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))


async def test_settings_of_the_workspace_hold_and_changes_are_followed(editor: Editor) -> None:
    settings = editor.root / "offbook.toml"
    settings.write_text('ignore = ["OB102"]\n')
    uri = editor.open("a.ipynb", ["print(missing)", "print(late)", "late = 1"])
    one, two, _ = editor.cells[uri]
    await editor.codes(two, "OB101")
    assert not editor.client.diagnostics.get(one)
    settings.write_text('ignore = ["OB101"]\n')
    tell_changed(editor, "offbook.toml")
    await editor.codes(one, "OB102")
    await editor.codes(two)


async def test_an_excluded_notebook_has_no_findings(editor: Editor) -> None:
    (editor.root / "offbook.toml").write_text('exclude = ["skip.ipynb"]\n')
    editor.open("skip.ipynb", ["print(missing)"])
    uri = editor.open("a.ipynb", ["print(missing)"])
    [cell] = editor.cells[uri]
    await editor.codes(cell, "OB102")
    assert {params.uri for params in editor.published} == {cell}


async def test_wrong_settings_are_told_once_and_the_defaults_hold(editor: Editor) -> None:
    (editor.root / "offbook.toml").write_text('selct = ["OB1"]\n')
    uri = editor.open("a.ipynb", ["print(missing)"])
    other = editor.open("b.ipynb", ["print(missing)"])
    await editor.codes(editor.cells[uri][0], "OB102")
    await editor.codes(editor.cells[other][0], "OB102")
    [message] = editor.client.messages
    assert message.type == types.MessageType.Warning
    assert "did you mean `select`?" in message.message


async def test_files_are_watched_where_the_client_can(connect) -> None:
    editor = await connect()
    wanted = capabilities()
    watching = types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True)
    wanted.workspace.did_change_watched_files = watching
    seen: list[types.Registration] = []

    @editor.client.feature(types.CLIENT_REGISTER_CAPABILITY)
    def registered(params: types.RegistrationParams) -> None:
        seen.extend(params.registrations)
        editor.news.set()

    await editor.initialize(wanted)
    await editor.until(lambda: seen)
    patterns = [watcher["globPattern"] for watcher in seen[0].register_options["watchers"]]
    assert patterns[:4] == ["**/*.py", "**/*.ipynb", "**/pyproject.toml", "**/offbook.toml"]
    assert "**/*requirements*.txt" in patterns


async def test_a_notebook_changed_on_the_disk_has_its_outputs_read_again(editor: Editor, save_notebook) -> None:
    uri = editor.open("a.ipynb", ["x = 1"])
    long = [{"output_type": "stream", "name": "stdout", "text": ["line\n"] * 500}]
    save_notebook("a.ipynb", [("aa", "x = 1", 1, long)])
    tell_changed(editor, "a.ipynb")
    await editor.codes(editor.cells[uri][0], "OB201")


def configure(editor: Editor, settings: dict[str, object]) -> None:
    editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings))


async def test_the_editors_settings_hold_where_the_project_says_nothing(editor: Editor) -> None:
    uri = editor.open("a.ipynb", ["print(missing)", "print(late)", "late = 1"])
    one, two, _ = editor.cells[uri]
    await editor.codes(one, "OB102")
    await editor.codes(two, "OB101")
    lint = {"enabled": True}
    configure(editor, {"offbook": {"ignore": ["OB102"], "known-names": [], "lint": lint, "interpreter": ""}})
    await editor.codes(one)
    configure(
        editor, {"offbook": {"ignore": [], "known-names": ["missing"], "rules": {"long-output": {"max-lines": 9}}}}
    )
    await editor.codes(two, "OB101")
    assert not editor.client.diagnostics.get(one)
    (editor.root / "offbook.toml").write_text("known-names = []\n")
    tell_changed(editor, "offbook.toml")
    await editor.codes(one, "OB102")
    assert not editor.client.messages


async def test_a_wrong_setting_of_the_editor_is_told(editor: Editor) -> None:
    uri = editor.open("a.ipynb", ["print(missing)"])
    configure(editor, {"offbook": {"select": ["OB999"]}})
    await editor.until(lambda: editor.client.messages)
    assert "no rule is called `OB999`" in editor.client.messages[0].message
    await editor.codes(editor.cells[uri][0], "OB102")


async def test_dependencies_of_the_workspace_are_followed(editor: Editor) -> None:
    requirements = editor.root / "requirements.txt"
    requirements.write_text("pandas\n")
    uri = editor.open("a.ipynb", ["import torch\ntorch.ones(3)"])
    [cell] = editor.cells[uri]
    await editor.codes(cell, "OB601")
    requirements.write_text("pandas\ntorch\n")
    tell_changed(editor, "requirements.txt")
    await editor.codes(cell)


async def test_other_notebooks_of_the_workspace_are_followed(editor: Editor, save_notebook) -> None:
    lines = [
        f"    frame = frame.{step}('price', axis=0)\n" for step in ("drop", "sort", "clip", "shift", "rank", "mask")
    ]
    source = "def prepare(frame):\n" + "".join(lines) + "    return frame"
    save_notebook("other.ipynb", [("aa", "y = 1", 1, [])])
    uri = editor.open("a.ipynb", [source])
    [cell] = editor.cells[uri]
    await asyncio.sleep(0.5)
    save_notebook("other.ipynb", [("aa", source, 1, []), ("bb", "prepare(frame)", 2, [])])
    tell_changed(editor, "other.ipynb")
    await editor.codes(cell, "OB404")
    save_notebook("other.ipynb", [("aa", "y = 1", 1, [])])
    tell_changed(editor, "other.ipynb")
    await editor.codes(cell)
