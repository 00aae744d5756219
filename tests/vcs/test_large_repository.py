"""What a commit in a large repository costs: what is read of it, and what is written for it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from offbook.app import hook
from offbook.receipts import staged
from offbook.running import Limits
from offbook.vcs import Index
from offbook.vcs.index import StagedFile


def states(repository) -> dict[str, bool]:
    return {
        item.path.relative_to(repository.top).as_posix(): item.verified
        for item in hook.staged_notebooks(repository.top)
    }


@pytest.fixture
def large(repository, monkeypatch: pytest.MonkeyPatch):
    """A repository whose last commit holds 3,000 files, 500 of them notebooks, and what is read of its files."""
    names = {".ipynb": 500, ".py": 500, ".csv": 2000}
    entries = []
    for suffix, count in names.items():
        text = {".ipynb": '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}', ".py": "X = 1\n"}
        blob = repository.write(f"one{suffix}", text.get(suffix, "a\n"))
        name = repository.git("hash-object", "-w", str(blob)).stdout.strip()
        blob.unlink()
        entries += [f"100644 {name}\tpart{at % 20}/file{at}{suffix}\n" for at in range(count)]
    index = subprocess.run(
        ["git", "update-index", "--index-info"], cwd=repository.top, input="".join(entries), text=True, check=True
    )
    assert index.returncode == 0
    repository.git("commit", "--no-verify", "-m", "many")
    read: list[str] = []
    real = Index.read

    def note(self: Index, files: Iterable[StagedFile]) -> dict[str, bytes]:
        wanted = list(files)
        read.extend(file.path for file in wanted)
        return real(self, wanted)

    def note_blobs(top: str, blobs: Iterable[str]) -> list[bytes]:
        wanted = list(blobs)
        read.extend(wanted)
        return contents(top, wanted)

    contents = staged._contents
    monkeypatch.setattr(Index, "read", note)
    monkeypatch.setattr(staged, "_contents", note_blobs)
    return repository, read


def test_of_a_large_repository_only_what_is_staged_is_read(large) -> None:
    repository, read = large
    repository.write("notes.txt", "text")
    repository.git("add", "notes.txt")
    assert staged.check_staged(str(repository.top)) == 0 and states(repository) == {} and read == []
    repository.notebook("new.ipynb", "1")
    repository.git("add", "new.ipynb")
    blob = repository.git("rev-parse", ":new.ipynb").stdout.strip()
    assert staged.check_staged(str(repository.top)) == staged.UNKNOWN and read == [blob]
    assert states(repository) == {"new.ipynb": False} and read[1:] == ["new.ipynb"]


def test_a_staged_module_has_a_large_repository_read_for_its_importers(large) -> None:
    repository, read = large
    repository.write("part3/file3.py", "X = 2\n")
    repository.notebook("part3/user.ipynb", "import file3")
    repository.git("add", "part3/file3.py", "part3/user.ipynb")
    assert states(repository) == {"part3/user.ipynb": False}
    assert len(read) == 501 + 500


def test_a_commit_of_verified_notebooks_writes_no_copy_of_what_is_staged(
    repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.notebook("a.ipynb", "1")
    repository.notebook("b.ipynb", "open('ran', 'w').close()")
    repository.git("add", "a.ipynb", "b.ipynb")
    assert repository.offbook("run", "a.ipynb").returncode == 0
    monkeypatch.chdir(repository.top)
    written: list[Path] = []
    real = hook.write_staged_tree

    def note(index: Index, top: Path, folder: Path, skip: Callable[[Path], bool]) -> frozenset[str]:
        written.append(folder)
        return real(index, top, folder, skip)

    monkeypatch.setattr(hook, "write_staged_tree", note)
    told: list[tuple[str, bool]] = []

    def outcomes() -> dict[str, str]:
        told.clear()
        runs = hook.check_staged(jobs=1, limits=Limits(), progress=lambda path, now: told.append((str(path), not now)))
        return {str(run.path): run.outcome for run in runs}

    assert outcomes() == {"a.ipynb": "cached", "b.ipynb": "passed"} and len(written) == 1
    assert [path for path, ended in told if ended] == ["a.ipynb", "b.ipynb"]
    assert outcomes() == {"a.ipynb": "cached", "b.ipynb": "cached"} and len(written) == 1
    assert told == [("a.ipynb", True), ("b.ipynb", True)]
