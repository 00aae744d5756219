from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from offbook.app.verify import Verification, verify_plan, verify_plan_sync
from offbook.notebook import CellId, DeleteCell, NotebookFile, ReplaceSource
from offbook.refactor import FileChange, NotebookChange, Plan

DEFINE = "def double(x):\n    return 2 * x"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    root = tmp_path / "my work"
    (root / "notebooks").mkdir(parents=True)
    return root


def write(root: Path, *sources: str) -> NotebookFile:
    cells = [
        {"cell_type": "code", "execution_count": None, "id": f"c{n}", "metadata": {}, "outputs": [], "source": source}
        for n, source in enumerate(sources)
    ]
    path = root / "notebooks" / "n.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return NotebookFile.read(path)


def verify(root: Path, file: NotebookFile, *changes: ReplaceSource | DeleteCell, module: str = "") -> Verification:
    path = file.notebook.path
    files = (FileChange(path.parent / "helpers.py", None, module),) if module else ()
    plan = Plan("extract.module", "test", (NotebookChange(path, changes),), files)
    result = verify_plan_sync(plan, root, {path: file})
    assert list((root.parent / "tmp").iterdir()) == []
    assert sorted(path.name for path in root.rglob("*") if path.is_file()) == ["n.ipynb"]
    assert path.read_text() == file.text
    return result


def test_a_faithful_extraction_is_verified(workspace: Path) -> None:
    file = write(workspace, DEFINE, "print(double(21))", "open('out.txt', 'w').write('x')")
    result = verify(workspace, file, ReplaceSource(CellId("c0"), "from helpers import double"), module=DEFINE + "\n")
    assert (result.verdict, result.message) == (
        "verified", "Same results before and after, in fresh kernels (3 cells).",
    )  # fmt: skip


def test_another_result_differs(workspace: Path) -> None:
    file = write(workspace, DEFINE, "print('a')\nprint(double(21))")
    module = DEFINE.replace("2", "3") + "\n"
    result = verify(workspace, file, ReplaceSource(CellId("c0"), "from helpers import double"), module=module)
    assert result.verdict == "differs"
    assert "notebooks/n.ipynb gives something else: cell 2 shows another text." in result.message
    assert (result.before, result.after) == ("42\n", "63\n")


def test_what_a_removed_cell_showed_is_not_compared(workspace: Path) -> None:
    file = write(workspace, "x = [1]", "print(len(x))", "print(x)")
    path = file.notebook.path
    change = NotebookChange(path, (DeleteCell(CellId("c1")),))
    removed = verify_plan_sync(Plan("clean", "test", (change,), removed=(CellId("c1"),)), workspace, {path: file})
    assert removed.verdict == "verified"
    assert verify_plan_sync(Plan("clean", "test", (change,)), workspace, {path: file}).verdict == "differs"


def test_a_result_that_does_not_run_differs(workspace: Path) -> None:
    file = write(workspace, DEFINE, "double(21)")
    result = verify(workspace, file, DeleteCell(CellId("c0")))
    assert result.verdict == "differs"
    assert "does not run: cell 1 failed: NameError" in result.message
    assert "no cell binds `double`" in result.message


def test_another_written_file_differs(workspace: Path) -> None:
    file = write(workspace, "open('out.txt', 'w').write('one')")
    result = verify(workspace, file, ReplaceSource(CellId("c0"), "open('out.txt', 'w').write('two')"))
    assert result.verdict == "differs" and "`notebooks/out.txt` has other content" in result.message


def test_an_original_that_does_not_run_is_said(workspace: Path) -> None:
    file = write(workspace, "later", "later = 1")
    result = verify(workspace, file, DeleteCell(CellId("c1")))
    assert result.verdict == "could-not-run"
    assert "cell 1 failed: NameError" in result.message and "only cell 2 binds" in result.message


def test_what_is_random_is_said_and_the_rest_compared(workspace: Path) -> None:
    file = write(workspace, "import random\nrandom.random()", "print('fixed')")
    result = verify(workspace, file, ReplaceSource(CellId("c1"), "print('fi' + 'xed')"))
    assert result.verdict == "verified"
    assert result.notes == ("Cell 1 gives something else in every run, so that is not compared.",)
    result = verify(workspace, file, ReplaceSource(CellId("c1"), "print('moved')"))
    assert result.verdict == "differs"


def test_sets_of_strings_have_one_order_in_both_runs(workspace: Path) -> None:
    file = write(workspace, "print(set('abcdefghij'))")
    assert verify(workspace, file, ReplaceSource(CellId("c0"), "print(set(list('abcdefghij')))")).notes == ()


def test_a_notebook_outside_the_workspace_is_refused(workspace: Path, tmp_path: Path) -> None:
    file = write(workspace, "1")
    (workspace / "other").mkdir()
    result = verify_plan_sync(Plan("x", "x"), workspace / "other", {file.notebook.path: file})
    assert result.verdict == "could-not-run" and "outside the workspace" in result.message


@pytest.mark.parametrize("after", [0.0, 0.3, 1.5])
def test_cancelling_leaves_nothing_behind(workspace: Path, after: float) -> None:
    file = write(workspace, "import time\ntime.sleep(60)")

    async def cancelled() -> None:
        plan = Plan("x", "x")
        task = asyncio.ensure_future(verify_plan(plan, workspace, {file.notebook.path: file}))
        await asyncio.sleep(after)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    assert list((workspace.parent / "tmp").iterdir()) == []
