"""What the editors show of the next commit: which notebooks it concerns, and which are known to run."""

from __future__ import annotations

from pathlib import Path

from offbook.app.hook import staged_notebooks
from offbook.vcs import is_installed


def states(repository) -> dict[str, bool]:
    return {item.path.name: item.verified for item in staged_notebooks(repository.top)}


def test_what_is_staged_is_told_without_running_it(repository) -> None:
    repository.notebook("a.ipynb", "open('ran', 'w')")
    repository.notebook("kept/b.ipynb", "y = 2")
    repository.notebook("skipped.ipynb", "z = 3")
    repository.write("broken.ipynb", "{")
    repository.write("pyproject.toml", '[tool.offbook.run]\nskip = ["skipped.ipynb"]\n')
    assert states(repository) == {}
    repository.git("add", "--all")
    assert states(repository) == {"a.ipynb": False, "broken.ipynb": False, "b.ipynb": False}
    assert [item.path.name for item in staged_notebooks(repository.top) if item.problem] == ["broken.ipynb"]
    assert not (repository.top / "ran").exists()


def test_a_notebook_is_verified_as_it_is_staged(repository) -> None:
    repository.notebook("a.ipynb", "x = 1")
    repository.git("add", "--all")
    assert repository.offbook("run", "a.ipynb").returncode == 0
    assert states(repository) == {"a.ipynb": True}
    repository.notebook("a.ipynb", "x = 2")
    assert states(repository) == {"a.ipynb": True}, "an edit that is not staged changes nothing"
    repository.git("add", "--all")
    assert states(repository) == {"a.ipynb": False}


def test_a_staged_module_concerns_the_notebooks_that_import_it(repository) -> None:
    repository.notebook("a.ipynb", "import helper")
    repository.notebook("b.ipynb", "import math")
    repository.write("helper.py", "x = 1\n")
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "-m", "first")
    assert states(repository) == {}
    repository.write("helper.py", "x = 2\n")
    repository.git("add", "--all")
    assert states(repository) == {"a.ipynb": False}


def test_modules_of_one_name_concern_the_notebooks_of_their_own_folder(repository, monkeypatch) -> None:
    for name in ("one", "two"):
        repository.notebook(f"{name}/{name}.ipynb", "import utils")
        repository.write(f"{name}/utils.py", "x = 1\n")
    repository.notebook("three/three.ipynb", "import utils")
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "-m", "first")
    repository.write("two/utils.py", "x = 2\n")
    repository.git("add", "--all")
    assert states(repository) == {"two.ipynb": False}
    monkeypatch.setenv("PYTHONPATH", str(repository.top / "two"))
    assert states(repository) == {"two.ipynb": False, "three.ipynb": False}


def test_a_folder_of_the_repository_is_asked_as_its_top_is(repository) -> None:
    repository.notebook("sub/a.ipynb", "1")
    repository.notebook("b.ipynb", "1")
    repository.git("add", "--all")
    assert {item.path.name for item in staged_notebooks(repository.top / "sub")} == {"a.ipynb", "b.ipynb"}


def test_whether_the_hook_is_there(repository) -> None:
    assert not is_installed(repository.top)
    repository.offbook("hook", "install")
    assert is_installed(repository.top)
    repository.offbook("hook", "uninstall")
    assert not is_installed(repository.top)


def test_nothing_is_staged_outside_git(tmp_path: Path, clean_git: Path) -> None:
    assert staged_notebooks(tmp_path) == []
    assert not is_installed(tmp_path)
