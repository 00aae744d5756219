from __future__ import annotations

import os
from pathlib import Path

import pytest

from offbook.errors import UserError
from offbook.vcs import Git, install_hook, uninstall_hook

COMMAND = Path("/opt/my tools/offbook")
OLD = b"#!/bin/sh\necho old \xff\n"


def state(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {path.name: (path.read_bytes(), path.stat().st_mode) for path in folder.iterdir()}


@pytest.mark.parametrize("had", [(), ("pre-commit",), ("pre-merge-commit",), ("pre-commit", "pre-merge-commit")])
def test_uninstall_restores_every_byte(repository, had: tuple[str, ...]) -> None:
    hooks = repository.top / ".git" / "hooks"
    for name in had:
        (hooks / name).write_bytes(OLD + name.encode())
        (hooks / name).chmod(0o744)
    before = state(hooks)
    installed = install_hook(repository.top, COMMAND, 600)
    assert installed.path == hooks / "pre-commit" and os.access(installed.path, os.X_OK)
    assert (b"offbook='/opt/my tools/offbook'\n") in installed.path.read_bytes()
    once = state(hooks)
    install_hook(repository.top, COMMAND, 600)
    assert state(hooks) == once
    assert uninstall_hook(repository.top) is not None
    assert state(hooks) == before
    assert uninstall_hook(repository.top) is None


def test_a_folder_that_was_made_goes_again(repository) -> None:
    repository.git("config", "core.hooksPath", "tools/hooks")
    (repository.top / "deep").mkdir()
    state = install_hook(repository.top / "deep", COMMAND, 600)
    assert state.path == repository.top / "tools" / "hooks" / "pre-commit"
    assert "core.hooksPath is set" in state.notes[0]
    uninstall_hook(repository.top)
    assert not (repository.top / "tools" / "hooks").exists()


def test_a_hook_that_is_a_link_stays_one(repository, tmp_path: Path) -> None:
    (tmp_path / "shared").write_bytes(OLD)
    path = repository.top / ".git" / "hooks" / "pre-commit"
    path.symlink_to(tmp_path / "shared")
    install_hook(repository.top, COMMAND, 600)
    assert (tmp_path / "shared").read_bytes() == OLD
    uninstall_hook(repository.top)
    assert path.readlink() == tmp_path / "shared"


def test_hooks_of_all_repositories_are_said_to_be(repository, clean_git: Path, tmp_path: Path) -> None:
    clean_git.write_text(f"[core]\n\thooksPath = {tmp_path}/shared\n")
    state = install_hook(repository.top, COMMAND, 600)
    assert state.path == tmp_path / "shared" / "pre-commit"
    assert "all your repositories" in state.notes[0]


def test_a_linked_work_tree_has_the_hooks_of_its_repository(repository, tmp_path: Path) -> None:
    repository.git("commit", "--allow-empty", "-m", "first")
    repository.git("worktree", "add", "-q", str(tmp_path / "linked"))
    state = install_hook(tmp_path / "linked", COMMAND, 600)
    assert state.path.resolve() == repository.top / ".git" / "hooks" / "pre-commit"


def test_a_submodule_has_hooks_of_its_own(repository, make_repository) -> None:
    other = make_repository("other")
    other.git("commit", "--allow-empty", "-m", "first")
    repository.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other.top), "part")
    state = install_hook(repository.top / "part", COMMAND, 600)
    assert state.path.resolve() == repository.top / ".git" / "modules" / "part" / "hooks" / "pre-commit"


def test_a_hook_of_another_tool_put_over_ours_is_not_touched(repository) -> None:
    path = repository.top / ".git" / "hooks" / "pre-commit"
    path.write_bytes(OLD)
    install_hook(repository.top, COMMAND, 600)
    path.write_bytes(b"#!/bin/sh\necho other\n")
    before = state(path.parent)
    with pytest.raises(UserError, match="another tool"):
        uninstall_hook(repository.top)
    with pytest.raises(UserError, match="in the way"):
        install_hook(repository.top, COMMAND, 600)
    assert state(path.parent) == before


def test_husky_is_left_to_husky(repository) -> None:
    repository.git("config", "core.hooksPath", ".husky/_")
    with pytest.raises(UserError, match="husky"):
        install_hook(repository.top, COMMAND, 600)


def test_outside_git_is_refused_politely(tmp_path: Path, clean_git: Path) -> None:
    with pytest.raises(UserError, match="not in a git work tree"):
        install_hook(tmp_path, COMMAND, 600)


def test_git_of_a_folder_is_not_led_astray(repository, make_repository, monkeypatch: pytest.MonkeyPatch) -> None:
    other = make_repository("other")
    monkeypatch.setenv("GIT_DIR", str(other.top / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.top))
    assert Git.at(repository.top).top_level() == repository.top
    path = repository.write("a b.txt", "x")
    assert not Git.at(repository.top).tracks(path)
