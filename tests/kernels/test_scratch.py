from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from offbook.kernels import scratch
from offbook.kernels.scratch import Scratch, remove_left

pytestmark = pytest.mark.skipif(os.name != "posix", reason="nothing is locked on Windows")

KILLED = """
import os, sys
from offbook.kernels.scratch import Scratch
made = Scratch()
(made.path / "tree").mkdir()
(made.path / "tree" / "data").write_text("x")
print(made.path, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    yield tmp_path


def other(temporary: Path) -> tuple[subprocess.Popen[str], Path]:
    """Start a process with a scratch folder."""
    process = subprocess.Popen([sys.executable, "-c", KILLED], stdin=-1, stdout=-1, text=True)
    assert process.stdout is not None
    path = Path(process.stdout.readline().strip())
    assert path.parent == temporary and path.is_dir()
    return process, path


def end(process: subprocess.Popen[str]) -> None:
    with process:
        process.kill()


def test_what_a_killed_process_left_is_removed_and_nothing_else(temporary: Path) -> None:
    here = scratch._PREFIX
    others = "offbook-run-00000000-"
    kept = [temporary / name for name in (f"{here}notes", f"{others}abcdefgh", "offbook-run-abcdefgh", "offbook")]
    for folder in kept:
        folder.mkdir()
    (temporary / f"{here}abcdefgh").write_text("a file")
    (temporary / f"{here}aaaaaaaa").symlink_to(kept[0])
    own = Scratch()
    living, used = other(temporary)
    killed, left = other(temporary)
    remove_left()
    assert left.is_dir() and used.is_dir()
    end(killed)
    remove_left()
    assert not left.exists()
    assert used.is_dir() and own.path.is_dir() and all(folder.is_dir() for folder in kept)
    assert (temporary / f"{here}abcdefgh").is_file() and (temporary / f"{here}aaaaaaaa").is_symlink()
    own.remove()
    assert not own.path.exists()
    end(living)


def test_the_first_folder_of_a_process_removes_what_was_left(temporary: Path) -> None:
    killed, left = other(temporary)
    end(killed)
    assert left.is_dir()
    process, _ = other(temporary)
    deadline = time.monotonic() + 20
    while left.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    end(process)
    assert not left.exists()


def test_a_folder_that_somebody_took_for_an_abandoned_one_is_made_anew(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, removed = scratch.fcntl.flock, []

    def take(number: int, how: int) -> None:
        if not removed:
            removed.extend(temporary.iterdir())
            removed[0].rmdir()
        lock(number, how)

    monkeypatch.setattr(scratch.fcntl, "flock", take)
    with Scratch() as path:
        assert path.is_dir() and [path] != removed
    assert not list(temporary.iterdir())


def test_a_file_system_without_locks_keeps_everything(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    killed, left = other(temporary)
    end(killed)

    def refuse(_number: int, _how: int) -> None:
        raise OSError("no locks here")

    monkeypatch.setattr(scratch.fcntl, "flock", refuse)
    with Scratch() as path:
        remove_left()
        assert path.is_dir() and left.is_dir()
