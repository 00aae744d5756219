from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import offbook


@pytest.fixture
def hooked(repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A repository with the hook, and nothing staged or committed yet; no temporary file may stay behind."""
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    done = repository.offbook("hook", "install")
    assert done.returncode == 0, done.stderr
    assert "To commit without it for once: git commit --no-verify" in done.stdout
    yield repository
    assert [path.name for path in scratch.iterdir()] == []


def commit(repository, *arguments: str, cwd: Path | None = None) -> str:
    """Commit; return what the hook says where it refuses, else an empty text."""
    before = repository.commits()
    done = repository.git("commit", "-m", "test", *arguments, cwd=cwd, check=False)
    assert (repository.commits() == before + 1) == (done.returncode == 0), done.stderr
    return "" if done.returncode == 0 else done.stderr


def settle(repository) -> None:
    """Stage and commit everything, unjudged: where a test starts from."""
    stage(repository)
    repository.git("commit", "--no-verify", "-m", "start")


def stage(repository, *names: str) -> None:
    repository.git("add", "--", *(names or (".",)))


def test_the_first_commit_is_judged(hooked) -> None:
    hooked.notebook("a b/ä.ipynb", "total = price * 2", "price = 3")
    stage(hooked)
    said = commit(hooked)
    assert "1 staged notebook does not run from top to bottom, so nothing is committed." in said
    assert "a b/ä.ipynb: cell 1 failed: NameError: name 'price' is not defined" in said
    assert "-->   1 | total = price * 2" in said
    assert "Cell 1 reads `price`, which only cell 2 binds, further down: move that cell up." in said
    assert "git commit --no-verify" in said and "Traceback" not in said
    assert len(said.splitlines()) < 24
    assert commit(hooked, "--no-verify") == ""
    hooked.notebook("a b/ä.ipynb", "price = 3", "total = price * 2")
    stage(hooked)
    assert commit(hooked) == ""


ODD_NAMES = (
    "-n.ipynb",
    "a\"b'c $HOME `x` %d.ipynb",
    "日本 語/😀.ipynb",
    "two\nlines\tand \\.ipynb",
    ":(top)*[a].ipynb",
)


def test_names_that_need_quotes(hooked) -> None:
    for name in ODD_NAMES:
        hooked.notebook(name, "value = 1")
    stage(hooked)
    assert commit(hooked) == ""
    for name in ODD_NAMES:
        hooked.notebook(name, "value = 1", "value")
    stage(hooked)
    assert hooked.offbook("hook", "run").returncode == 0
    done = hooked.git("commit", "-m", "verified")
    assert "offbook: 5 notebooks verified" in done.stderr
    for name in ODD_NAMES:
        hooked.notebook(name, "1 / 0")
        stage(hooked, f"./{name}" if name.startswith("-") else f":(literal){name}")
        said = commit(hooked)
        assert "1 staged notebook does not run" in said and "ZeroDivisionError" in said
        assert name.split("\n")[0] in said
        hooked.git("reset", "--quiet", "--hard")


def test_unstaged_edits_neither_help_nor_hurt(hooked) -> None:
    hooked.notebook("n.ipynb", "1 / 0")
    hooked.write("helpers.py", "VALUE = 1\n")
    stage(hooked)
    hooked.notebook("n.ipynb", "print('mended, but not staged')")
    assert "ZeroDivisionError" in commit(hooked)
    hooked.notebook("n.ipynb", "from helpers import VALUE\nassert VALUE == 1")
    stage(hooked)
    hooked.write("helpers.py", "VALUE = 2\n")
    broken = hooked.notebook("n.ipynb", "1 / 0").read_bytes()
    assert commit(hooked) == ""
    assert (hooked.top / "n.ipynb").read_bytes() == broken
    assert (hooked.top / "helpers.py").read_text() == "VALUE = 2\n"
    assert hooked.git("status", "--porcelain").stdout == " M helpers.py\n M n.ipynb\n"


def test_commit_all_and_commit_of_one_file_are_judged_by_their_own_index(hooked) -> None:
    hooked.notebook("n.ipynb", "1")
    hooked.notebook("other.ipynb", "1")
    settle(hooked)
    hooked.notebook("n.ipynb", "1 / 0")
    hooked.notebook("other.ipynb", "2")
    assert "n.ipynb" in commit(hooked, "--all")
    assert "n.ipynb" in commit(hooked, "n.ipynb")
    stage(hooked, "n.ipynb")
    assert commit(hooked, "other.ipynb") == ""
    assert hooked.git("diff", "--cached", "--name-only").stdout == "n.ipynb\n"


def test_an_untracked_module_is_missing_and_untracked_data_is_there(hooked) -> None:
    hooked.write("data/träin.csv", "a\n1\n")
    hooked.write(".gitignore", "data/\n")
    hooked.write("notebooks/helpers.py", "X = 1\n")
    hooked.notebook(
        "notebooks/n.ipynb", "open('../data/träin.csv').read()\nopen('../data/träin.csv', 'w')", "import helpers"
    )
    stage(hooked, ".gitignore", "notebooks/n.ipynb")
    said = commit(hooked)
    assert "cell 2 failed: ModuleNotFoundError" in said
    assert "`git add notebooks/helpers.py`" in said
    stage(hooked, "notebooks/helpers.py")
    assert commit(hooked) == ""
    assert (hooked.top / "data" / "träin.csv").read_text() == "a\n1\n"


def test_what_is_only_intended_to_be_added_is_missing(hooked) -> None:
    hooked.write("helpers.py", "X = 1\n")
    hooked.write("pkg/__init__.py", "")
    hooked.notebook("n.ipynb", "import pkg, helpers")
    stage(hooked, "n.ipynb", "pkg")
    hooked.git("add", "--intent-to-add", "helpers.py")
    said = commit(hooked)
    assert "No module named 'helpers'" in said and "`git add helpers.py`" in said
    stage(hooked, "helpers.py")
    assert commit(hooked) == ""


def test_a_sparse_checkout_has_all_that_is_staged(hooked) -> None:
    use = "import sys; sys.path.insert(0, '../lib')\nimport helpers\nassert helpers.X == 1"
    hooked.write("lib/helpers.py", "X = 1\n")
    hooked.notebook("notebooks/n.ipynb", "1")
    settle(hooked)
    hooked.git("sparse-checkout", "set", "notebooks")
    assert not (hooked.top / "lib").exists()
    hooked.notebook("notebooks/n.ipynb", use)
    stage(hooked, "notebooks/n.ipynb")
    assert commit(hooked) == ""
    assert not (hooked.top / "lib").exists()
    hooked.notebook("notebooks/n.ipynb", use, "1 / 0")
    stage(hooked, "notebooks/n.ipynb")
    assert "ZeroDivisionError" in commit(hooked)


def test_only_what_the_commit_concerns_is_run(hooked) -> None:
    log = hooked.top.parent / "ran"
    note = f"import sys; print(sys.argv, file=open({str(log)!r}, 'a'))\nopen({str(log)!r}, 'a').write("
    hooked.notebook("direct.ipynb", f"{note}'direct ')", "import pkg.mod")
    hooked.notebook("through.ipynb", f"{note}'through ')", "from pkg import user")
    hooked.notebook("other.ipynb", f"{note}'other ')")
    hooked.write("pkg/__init__.py", "")
    hooked.write("pkg/mod.py", "X = 1\n")
    hooked.write("pkg/user.py", "from .mod import X\n")
    settle(hooked)
    hooked.write("README.md", "text")
    stage(hooked)
    assert commit(hooked) == "" and not log.exists()
    hooked.write("pkg/mod.py", "X = 2\n")
    stage(hooked)
    assert commit(hooked) == ""
    ran = {word for word in log.read_text().split() if word in ("direct", "through", "other")}
    assert ran == {"direct", "through"}


def test_a_deleted_module_breaks_the_notebooks_that_import_it(hooked) -> None:
    hooked.notebook("n.ipynb", "import gone_soon")
    hooked.write("gone_soon.py", "")
    settle(hooked)
    hooked.git("rm", "-q", "gone_soon.py")
    assert "No module named 'gone_soon'" in commit(hooked)
    hooked.git("rm", "-q", "n.ipynb")
    assert commit(hooked) == ""


def test_a_renamed_notebook_runs_in_its_new_folder(hooked) -> None:
    hooked.notebook("n.ipynb", "open('here.txt').read()")
    hooked.write("here.txt", "x")
    settle(hooked)
    (hooked.top / "sub").mkdir()
    hooked.git("mv", "n.ipynb", "sub/n.ipynb")
    said = commit(hooked)
    assert "sub/n.ipynb: cell 1 failed: FileNotFoundError" in said and "read `../here.txt`" in said


def test_a_torn_notebook_is_refused_with_a_sentence(hooked) -> None:
    hooked.write("n.ipynb", '<<<<<<< HEAD\n{"cells": []}\n')
    stage(hooked)
    assert "n.ipynb: it holds a merge conflict" in commit(hooked)


def test_the_hook_that_was_there_runs_first_and_may_refuse(repository) -> None:
    old = repository.write(".git/hooks/pre-commit", "#!/bin/sh\necho old hook: $#\ntest ! -f no\n")
    old.chmod(0o755)
    repository.offbook("hook", "install")
    repository.notebook("n.ipynb", "1 / 0")
    repository.write("no", "")
    stage(repository)
    said = commit(repository)
    assert "old hook: 0" in said and "ZeroDivisionError" not in said
    repository.git("rm", "-qf", "no")
    said = commit(repository)
    assert "old hook: 0" in said and "ZeroDivisionError" in said
    assert "back" in repository.offbook("hook", "uninstall").stdout
    assert commit(repository) == ""
    assert old.read_text().startswith("#!/bin/sh\necho old")


def test_a_linked_work_tree_is_judged_by_its_own_index(hooked) -> None:
    hooked.notebook("n.ipynb", "1")
    settle(hooked)
    linked = hooked.top.parent / "linked tree"
    hooked.git("worktree", "add", "-q", "-b", "side", str(linked))
    (linked / "n.ipynb").write_text((hooked.top / "n.ipynb").read_text().replace('"1"', '"1 / 0"'))
    hooked.git("add", ".", cwd=linked)
    assert "ZeroDivisionError" in commit(hooked, cwd=linked)


def test_a_package_that_is_installed_editable_is_the_staged_one(hooked, monkeypatch: pytest.MonkeyPatch) -> None:
    hooked.write("src/own_package.py", "VALUE = 1\n")
    hooked.notebook("n.ipynb", "import own_package\nassert own_package.VALUE == 1, own_package.__file__")
    stage(hooked)
    hooked.write("src/own_package.py", "VALUE = 2\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(hooked.top / "src"), *_inherited()]))
    assert commit(hooked) == ""


def _inherited() -> list[str]:
    return [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]


def test_the_notebooks_git_does_not_reach_the_commit_under_way(hooked) -> None:
    hooked.notebook("n.ipynb", "import os\nassert not [name for name in os.environ if name.startswith('GIT_INDEX')]")
    stage(hooked)
    assert commit(hooked) == ""


def test_large_staged_data_is_there_without_a_copy(hooked, monkeypatch: pytest.MonkeyPatch) -> None:
    with (hooked.top / "large.bin").open("wb") as file:
        file.truncate(40 * 2**20)
    hooked.notebook(
        "n.ipynb", "import os\nassert os.path.getsize('large.bin') == 40 * 2**20\nassert os.path.islink('large.bin')"
    )
    stage(hooked)
    assert commit(hooked) == ""


def test_run_by_hand_and_outside_git(hooked, tmp_path: Path) -> None:
    hooked.notebook("sub/n.ipynb", "1")
    stage(hooked)
    done = hooked.offbook("hook", "run", cwd=hooked.top / "sub")
    assert done.returncode == 0 and "1 passed" in done.stdout
    done = hooked.offbook("hook", "run", cwd=tmp_path)
    assert done.returncode == 2 and "not in a git work tree" in done.stderr


def test_the_command_that_the_hook_names_is_this_one(hooked) -> None:
    script = (hooked.top / ".git" / "hooks" / "pre-commit").read_text()
    assert f"offbook={Path(sys.executable).parent.as_posix()}/offbook\n" in script


def counted(repository, name: str, *sources: str) -> Path:
    """Write a notebook that notes each of its runs in a file outside the repository."""
    log = repository.top.parent / "ran"
    log.touch()
    repository.notebook(name, f"open({str(log)!r}, 'a').write('x')", *sources)
    return log


def test_a_verified_notebook_is_committed_without_another_run(hooked) -> None:
    hooked.write("helpers.py", "VALUE = 1\n")
    hooked.write("data.csv", "a\n1\n")
    log = counted(hooked, "sub/n.ipynb", "import sys; sys.path.insert(0, '..')\nimport helpers", "open('../data.csv')")
    stage(hooked, "helpers.py", "sub/n.ipynb")
    hooked.git("commit", "--no-verify", "-m", "start")
    assert hooked.offbook("run", "sub/n.ipynb").returncode == 0
    hooked.write("helpers.py", "VALUE = 2\n")
    stage(hooked, "helpers.py")
    assert commit(hooked) == "" and len(log.read_text()) == 2
    assert "cached" in hooked.offbook("run", "sub/n.ipynb").stdout, "the hook's receipt is everybody's"
    hooked.write("sub/n.ipynb", (hooked.top / "sub/n.ipynb").read_text().replace('"outputs": []', '"outputs":  []'))
    hooked.write("helpers.py", "VALUE = 3\n")
    stage(hooked, "sub/n.ipynb")
    said = hooked.git("commit", "-m", "outputs alone", check=True).stderr
    assert "offbook: 1 notebook verified: nothing changed since the last run" in said
    assert len(log.read_text()) == 2
    hooked.write("data.csv", "a\n2\n")
    hooked.write("sub/n.ipynb", (hooked.top / "sub/n.ipynb").read_text() + "\n")
    stage(hooked, "sub/n.ipynb")
    assert commit(hooked) == "" and len(log.read_text()) == 3
    stage(hooked, "helpers.py")
    assert commit(hooked) == "" and len(log.read_text()) == 4


def test_a_receipt_that_leans_on_an_untracked_module_does_not_pass_a_commit(hooked) -> None:
    hooked.write("helpers.py", "VALUE = 1\n")
    hooked.notebook("n.ipynb", "import helpers")
    hooked.notebook("other.ipynb", "1")
    stage(hooked, "other.ipynb")
    hooked.git("commit", "--no-verify", "-m", "start")
    assert hooked.offbook("run", "n.ipynb").returncode == 0
    stage(hooked, "n.ipynb")
    assert "No module named 'helpers'" in commit(hooked)


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_a_receipt_that_leans_on_an_edit_that_git_overlooks_does_not_pass_a_commit(hooked, flag: str) -> None:
    hooked.write("settings.py", "VALUE = 1\n")
    hooked.notebook("n.ipynb", "import settings\nassert settings.VALUE == 1")
    stage(hooked)
    assert commit(hooked) == ""
    hooked.git("update-index", flag, "settings.py")
    hooked.write("settings.py", "VALUE = 2\n")
    hooked.notebook("n.ipynb", "import settings\nassert settings.VALUE == 2")
    assert hooked.offbook("run", "n.ipynb").returncode == 0
    stage(hooked, "n.ipynb")
    assert "AssertionError" in commit(hooked)
    hooked.notebook("n.ipynb", "import settings\nassert settings.VALUE == 1")
    stage(hooked, "n.ipynb")
    assert commit(hooked, "--allow-empty") == ""


def test_the_receipts_are_asked_before_anything_heavy_is_loaded(hooked) -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import offbook.receipts.staged\n"
        "print([name for name in sys.modules if name.split('.')[0] not in {*sys.stdlib_module_names, '__main__'}])"
    )
    library = Path(offbook.__file__ or "").parents[1]
    command = [sys.executable, "-I", "-S", "-c", code, str(library)]
    names = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"'([\w.]+)'", names)) == {
        "offbook",
        "offbook.receipts",
        *(
            f"offbook.receipts.{name}"
            for name in "checking code digest environment git kernelspec staged store view".split()
        ),
    }
