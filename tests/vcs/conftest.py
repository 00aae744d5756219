from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

IDENTITY = {
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
    "GIT_CONFIG_NOSYSTEM": "1",
}


class Repository:
    """A repository for one test, driven through the git executable."""

    def __init__(self, top: Path) -> None:
        self.top = top

    def git(self, *arguments: str, cwd: Path | None = None, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            ["git", *arguments], cwd=cwd or self.top, capture_output=True, text=True, timeout=120, check=False
        )
        if check and done.returncode:
            raise AssertionError(f"git {arguments}: {done.stdout}{done.stderr}")
        return done

    def offbook(self, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from offbook.cli import main; main()", *arguments]
        return subprocess.run(command, cwd=cwd or self.top, capture_output=True, text=True, timeout=120, check=False)

    def write(self, name: str, text: str) -> Path:
        path = self.top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def notebook(self, name: str, *sources: str) -> Path:
        cells = [
            {"cell_type": "code", "execution_count": None, "id": f"c{n}", "metadata": {}, "outputs": [], "source": text}
            for n, text in enumerate(sources)
        ]
        return self.write(name, json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))

    def commits(self) -> int:
        return len(self.git("log", "--format=%h", "--all").stdout.split())


@pytest.fixture
def clean_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    configuration = tmp_path / "gitconfig"
    configuration.write_text("[init]\n\tdefaultBranch = main\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(configuration))
    return configuration


@pytest.fixture
def make_repository(tmp_path: Path, clean_git: Path) -> Callable[[str], Repository]:
    def make(name: str) -> Repository:
        top = tmp_path / name
        top.mkdir()
        repository = Repository(top)
        repository.git("init", "--quiet")
        return repository

    return make


@pytest.fixture
def repository(make_repository: Callable[[str], Repository]) -> Repository:
    """A repository with spaces and umlauts in its path, and no commit yet."""
    return make_repository("mein Größtes")
