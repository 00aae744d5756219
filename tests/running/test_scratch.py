from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from offbook.errors import UserError
from offbook.kernels.environment import kernel_environment
from offbook.running import copy_workspace, import_path, snapshot, written
from offbook.running import scratch as scratch_module


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    root = tmp_path / "work"
    for name in ("a.csv", "sub dir/ü.txt", ".git/HEAD", "node_modules/x.js", "__pycache__/a.pyc", "my/pyvenv.cfg"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    return root


def test_a_copy_holds_the_users_files_alone(workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "big.csv").write_text("big")
    (workspace / "data").symlink_to(tmp_path / "outside")
    (workspace / "loop").symlink_to(workspace)
    (workspace / "broken").symlink_to("nowhere")
    copy = tmp_path / "copy"
    copy_workspace(workspace, copy)
    files = {path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.is_file()}
    assert files == {"a.csv", "sub dir/ü.txt", "data/big.csv"}
    (copy / "data" / "big.csv").write_text("changed")
    assert (tmp_path / "outside" / "big.csv").read_text() == "big"


def test_a_workspace_that_is_too_large_is_said_to_be(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratch_module, "FILES", 1)
    with pytest.raises(UserError, match="too large to be copied"):
        copy_workspace(workspace, tmp_path / "copy")


def test_written_files_are_new_changed_or_gone(workspace: Path) -> None:
    (workspace / "old.txt").touch()
    before = snapshot(workspace)
    assert "__pycache__/a.pyc" not in before and ".git/HEAD" not in before
    (workspace / "new.txt").touch()
    (workspace / "old.txt").unlink()
    time.sleep(0.01)
    (workspace / "a.csv").write_text("A.CSV")
    (workspace / "__pycache__" / "b.pyc").touch()
    assert written(workspace, before) == {"new.txt": True, "old.txt": False, "a.csv": True}


def test_imports_that_reach_the_workspace_reach_the_copy(tmp_path: Path) -> None:
    root, copy = tmp_path / "work", tmp_path / "copy"
    (root / "src").mkdir(parents=True)
    (root / "lib").mkdir()
    base = {**kernel_environment(os.environ), "PYTHONPATH": os.pathsep.join([str(root / "lib"), "/opt/other"])}
    found = import_path(sys.executable, root, copy, base)
    assert found == {"PYTHONPATH": os.pathsep.join([str(copy / "lib"), "/opt/other"])}
    assert import_path(sys.executable, root, copy, {"PYTHONPATH": "/opt/other"}) == {}


def test_an_editable_install_of_the_workspace_reaches_the_copy(root: Path, tmp_path: Path) -> None:
    found = import_path(sys.executable, root / "lsp_server", tmp_path / "copy", {})
    assert found == {"PYTHONPATH": str(tmp_path / "copy")}
