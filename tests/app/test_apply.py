from __future__ import annotations

import json
from pathlib import Path

import pytest

from offbook.app import apply as apply_module
from offbook.app.apply import apply_plan
from offbook.app.plan import FilePlan, plan_file
from offbook.app.preview import plan_diff
from offbook.errors import UserError
from offbook.refactor import FileChange, Plan, Refusal

CELLS = ["import math", "def area(r):\n    return math.pi * r * r", "print(area(2))"]


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("")
    path = tmp_path / "notebook.ipynb"
    cells = [
        {"cell_type": "code", "id": f"c{number}", "metadata": {}, "execution_count": 7, "outputs": [], "source": source}
        for number, source in enumerate(CELLS)
    ]
    path.write_text(json.dumps({"cells": cells, "metadata": {"kept": [1]}, "nbformat": 4, "nbformat_minor": 5}))
    return path


def planned(notebook: Path, to: str = "pkg/helpers.py") -> tuple[Plan, FilePlan]:
    found = plan_file("extract.module", notebook, {"to": to, "names": ["area"]})
    assert isinstance(found.result, Plan), found.result
    return found.result, found


def snapshot(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_everything_is_written_and_untouched_cells_keep_their_bytes(notebook: Path) -> None:
    before = notebook.read_text()
    plan, found = planned(notebook)
    written = apply_plan(plan, found.root, found.files)
    assert [path.relative_to(notebook.parent).as_posix() for path in written] == [
        "pkg/__init__.py",
        "pkg/helpers.py",
        "notebook.ipynb",
    ]
    old = json.dumps(CELLS[1])
    assert notebook.read_text() == before.replace(old, json.dumps("from pkg.helpers import area"))
    assert (notebook.parent / "pkg/helpers.py").read_text() == plan.files[1].after


def test_the_diff_shows_modules_and_cells(notebook: Path) -> None:
    plan, found = planned(notebook)
    text = plan_diff(plan, {notebook: found.notebooks[notebook]}, found.root)
    assert "--- /dev/null\n+++ pkg/helpers.py\n" in text
    assert "--- notebook.ipynb cell 2\n+++ notebook.ipynb cell 2\n" in text
    assert "\n-def area(r):\n" in text and "\n+from pkg.helpers import area\n" in text
    assert "cell 1" not in text and "cell 3" not in text


@pytest.mark.parametrize("stale", ["notebook", "module", "gone"])
def test_a_stale_plan_changes_nothing(notebook: Path, stale: str) -> None:
    plan, found = planned(notebook)
    if stale == "notebook":
        notebook.write_text(notebook.read_text().replace("print", "display"))
    elif stale == "module":
        (notebook.parent / "pkg").mkdir()
        (notebook.parent / "pkg/helpers.py").write_text("x = 1\n")
    else:
        notebook.unlink()
    before = snapshot(notebook.parent)
    with pytest.raises(UserError, match="has changed since this plan was made: make it again"):
        apply_plan(plan, found.root, found.files)
    assert snapshot(notebook.parent) == before


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_failing_write_is_rolled_back(notebook: Path, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, found = planned(notebook)
    before = snapshot(notebook.parent)
    count = 0
    real = apply_module.write_atomically

    def failing(path: Path, data: bytes) -> None:
        nonlocal count
        count += 1
        if count == number + 1:
            raise UserError(f"{path} cannot be written: the disk is full")
        real(path, data)

    monkeypatch.setattr(apply_module, "write_atomically", failing)
    with pytest.raises(UserError, match="the disk is full"):
        apply_plan(plan, found.root, found.files)
    assert snapshot(notebook.parent) == before
    assert not (notebook.parent / "pkg").exists()


def test_no_write_leaves_the_workspace_through_a_link(notebook: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    plan, found = planned(notebook)
    (notebook.parent / "pkg").symlink_to(elsewhere, target_is_directory=True)
    with pytest.raises(UserError, match="leads outside the workspace"):
        apply_plan(plan, found.root, found.files)
    assert not any(elsewhere.iterdir())


def test_no_write_leaves_the_workspace_by_its_name(notebook: Path) -> None:
    plan = Plan("extract.module", "", files=(FileChange(notebook.parent.parent / "x.py", None, ""),))
    with pytest.raises(UserError, match="leads outside the workspace"):
        apply_plan(plan, notebook.parent, {})
    assert not (notebook.parent.parent / "x.py").exists()


def test_a_missing_notebook_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no\.ipynb: there is no such file"):
        plan_file("extract.module", tmp_path / "no.ipynb", {"to": "a.py"})


def test_a_refusal_is_an_answer(notebook: Path) -> None:
    found = plan_file("extract.module", notebook, {"to": "helpers.py", "names": ["nothing"]})
    assert isinstance(found.result, Refusal)
