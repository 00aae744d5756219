from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def hooked(repository):
    """A repository with the hook and one committed notebook."""
    assert repository.offbook("hook", "install").returncode == 0
    repository.notebook("n.ipynb", "value = 1", "value")
    repository.git("add", ".")
    repository.git("commit", "-m", "start")
    return repository


def head(repository) -> str:
    return repository.git("rev-parse", "HEAD").stdout


def refused(done: subprocess.CompletedProcess[str]) -> bool:
    return done.returncode != 0 and "so nothing is committed" in done.stderr and "Traceback" not in done.stderr


def test_hunks_that_are_added_one_by_one_are_what_is_judged(hooked) -> None:
    lines = [f"    row_{n} = {n}" for n in range(12)]
    hooked.write("helpers.py", "\n".join(["def rows():", *lines, "    return row_0", ""]))
    hooked.notebook("n.ipynb", "from helpers import rows\nassert rows() == 5")
    hooked.git("add", ".")
    hooked.git("commit", "--no-verify", "-m", "two places to mend")
    mended = (hooked.top / "helpers.py").read_text().replace("row_0 = 0", "row_0 = 5")
    hooked.write("helpers.py", mended.replace("return row_0", "return row_0 + broken"))
    subprocess.run(
        ["git", "add", "-p", "helpers.py"], cwd=hooked.top, input="n\ny\n", text=True, capture_output=True, check=True
    )
    assert refused(hooked.git("commit", "-m", "the wrong hunk", check=False))
    hooked.git("reset", "-q")
    subprocess.run(
        ["git", "add", "-p", "helpers.py"], cwd=hooked.top, input="y\nn\n", text=True, capture_output=True, check=True
    )
    hooked.git("commit", "-m", "the right hunk")
    assert "broken" in (hooked.top / "helpers.py").read_text()
    assert "broken" not in hooked.git("show", "HEAD:helpers.py").stdout


def test_an_amended_commit_is_judged_by_what_it_adds(hooked) -> None:
    before = head(hooked)
    hooked.git("commit", "--amend", "-m", "another message")
    assert head(hooked) != before
    before = head(hooked)
    hooked.notebook("n.ipynb", "1 / 0")
    hooked.git("add", ".")
    assert refused(hooked.git("commit", "--amend", "--no-edit", check=False))
    assert head(hooked) == before


def test_a_detached_head_is_judged(hooked) -> None:
    hooked.git("checkout", "-q", "--detach")
    hooked.notebook("n.ipynb", "1 / 0")
    hooked.git("add", ".")
    assert refused(hooked.git("commit", "-m", "broken", check=False))
    hooked.notebook("n.ipynb", "1 / 1")
    hooked.git("add", ".")
    hooked.git("commit", "-m", "mended")


def branches_that_meet(repository) -> None:
    """Make a branch ``side`` and a ``main`` that differ in one module, which a notebook imports."""
    repository.write("helpers.py", "VALUE = 0\n")
    repository.notebook("user.ipynb", "from helpers import VALUE\nassert VALUE == 3, VALUE")
    repository.git("add", ".")
    repository.git("commit", "--no-verify", "-m", "base")
    repository.git("branch", "side")
    for value, branch in ((1, "main"), (2, "side")):
        repository.git("checkout", "-q", branch)
        repository.write("helpers.py", f"VALUE = {value}\n")
        repository.git("commit", "--no-verify", "-am", branch)
    repository.git("checkout", "-q", "main")


def test_a_merge_is_judged_by_how_its_conflict_was_settled(hooked) -> None:
    branches_that_meet(hooked)
    assert hooked.git("merge", "side", check=False).returncode == 1
    before = head(hooked)
    hooked.write("helpers.py", "VALUE = 4\n")
    hooked.git("add", ".")
    assert refused(hooked.git("commit", "--no-edit", check=False))
    assert head(hooked) == before
    hooked.write("helpers.py", "VALUE = 3\n")
    hooked.git("add", ".")
    hooked.git("commit", "--no-edit")
    assert len(hooked.git("log", "-1", "--format=%P").stdout.split()) == 2


def sides_that_agree(repository, value: int) -> None:
    """Make a branch ``side`` with another value of one module, and a ``main`` with a notebook that wants it to be 1."""
    repository.write("helpers.py", "VALUE = 1\n")
    repository.git("add", ".")
    repository.git("commit", "--no-verify", "-m", "base")
    repository.git("checkout", "-q", "-b", "side")
    repository.write("helpers.py", f"VALUE = {value}\n")
    repository.notebook("broken there.ipynb", "1 / 0")
    repository.git("add", ".")
    repository.git("commit", "--no-verify", "-m", "side")
    repository.git("checkout", "-q", "main")
    repository.notebook("user.ipynb", "from helpers import VALUE\nassert VALUE == 1, VALUE")
    repository.git("add", ".")
    repository.git("commit", "-m", "main")


def test_a_merge_without_conflicts_is_judged_by_what_neither_side_had(hooked) -> None:
    sides_that_agree(hooked, 2)
    before = head(hooked)
    done = hooked.git("merge", "side", check=False)
    assert refused(done) and head(hooked) == before
    assert "user.ipynb: cell 1 failed: AssertionError: 2" in done.stderr
    assert "broken there.ipynb" not in done.stderr
    hooked.notebook("user.ipynb", "from helpers import VALUE\nassert VALUE == 2, VALUE")
    hooked.git("add", ".")
    hooked.git("commit", "--no-edit")
    assert len(hooked.git("log", "-1", "--format=%P").stdout.split()) == 2


def test_a_merge_that_brings_what_the_other_side_answers_for_is_let_through(hooked) -> None:
    sides_that_agree(hooked, 1)
    hooked.git("merge", "side", "-m", "merged")
    assert len(hooked.git("log", "-1", "--format=%P").stdout.split()) == 2


def test_a_fast_forward_and_a_bypassed_merge_are_not_judged(hooked) -> None:
    sides_that_agree(hooked, 2)
    hooked.git("merge", "--no-verify", "side", "-m", "merged")
    hooked.git("checkout", "-q", "side")
    hooked.git("merge", "main")
    assert head(hooked) == hooked.git("rev-parse", "main").stdout


def test_a_rebase_that_stops_goes_on_and_comes_to_its_end(hooked) -> None:
    branches_that_meet(hooked)
    hooked.git("checkout", "-q", "side")
    assert hooked.git("rebase", "main", check=False).returncode == 1
    hooked.write("helpers.py", "VALUE = 2\n")
    hooked.git("add", ".")
    assert refused(hooked.git("commit", "--no-edit", check=False))
    hooked.write("helpers.py", "VALUE = 3\n")
    hooked.git("add", ".")
    hooked.git("commit", "--no-edit")
    hooked.git("rebase", "--continue")
    assert hooked.git("status", "--porcelain").stdout == ""
    assert hooked.git("merge-base", "main", "side").stdout == hooked.git("rev-parse", "main").stdout


def test_a_commit_in_a_submodule_is_judged_there(repository, make_repository) -> None:
    other = make_repository("other")
    other.notebook("n.ipynb", "1")
    other.git("add", ".")
    other.git("commit", "-m", "first")
    repository.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other.top), "part")
    repository.git("commit", "-m", "the part")
    part = repository.top / "part"
    assert repository.offbook("hook", "install", cwd=part).returncode == 0
    inner = repository.notebook("part/n.ipynb", "1 / 0")
    repository.git("add", ".", cwd=part)
    assert refused(repository.git("commit", "-m", "broken", cwd=part, check=False))
    inner.write_text(inner.read_text().replace("1 / 0", "1 / 1"))
    repository.git("add", ".", cwd=part)
    repository.git("commit", "-m", "mended", cwd=part)
    assert repository.offbook("hook", "install").returncode == 0
    repository.notebook("outer.ipynb", "import pathlib\nassert pathlib.Path('part/n.ipynb').exists()")
    repository.git("add", ".")
    repository.git("commit", "-m", "the part moved on")


def test_a_submodule_is_taken_as_its_commit_is_staged(hooked, make_repository) -> None:
    other = make_repository("other")
    other.write("pkg/m.py", "VALUE = 1\n")
    other.git("add", ".")
    other.git("commit", "-m", "first")
    hooked.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other.top), "the part")
    use = "import sys; sys.path.insert(0, 'the part')\nfrom pkg import m"
    hooked.write("the part/data.csv", "untracked")
    hooked.notebook("n.ipynb", f"{use}\nassert m.VALUE == 1, m.VALUE\nopen('the part/data.csv').read()")
    hooked.write("the part/pkg/m.py", "VALUE = 2\n")
    hooked.git("add", "n.ipynb")
    hooked.git("commit", "-m", "the edit in the part does not hurt")
    hooked.notebook("n.ipynb", f"{use}\nassert m.VALUE == 2, m.VALUE")
    hooked.git("add", "n.ipynb")
    assert refused(hooked.git("commit", "-m", "and does not help", check=False))
    hooked.git("commit", "-am", "in the part", cwd=hooked.top / "the part")
    assert refused(hooked.git("commit", "-m", "what is staged of the part is the old commit", check=False))
    hooked.git("add", "the part")
    hooked.write("the part/new.py", "")
    hooked.git("commit", "-m", "the part moved on")
    hooked.notebook("n.ipynb", f"{use}\nimport new")
    hooked.git("add", "n.ipynb")
    assert "`git add the part/new.py`" in hooked.git("commit", "-m", "untracked there", check=False).stderr
    assert hooked.git("status", "--porcelain", cwd=hooked.top / "the part").stdout == "?? data.csv\n?? new.py\n"


def test_a_receipt_that_leans_on_a_submodule_does_not_pass_a_commit(hooked, make_repository) -> None:
    other = make_repository("other")
    other.write("data.csv", "1")
    other.git("add", ".")
    other.git("commit", "-m", "first")
    hooked.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other.top), "part")
    hooked.write("part/data.csv", "2")
    hooked.notebook("n.ipynb", "import os\nos.listdir('part')\nassert open('part/data.csv').read() == '2'")
    assert hooked.offbook("run", "n.ipynb").returncode == 0
    hooked.git("add", "n.ipynb")
    assert refused(hooked.git("commit", "-m", "the part's commit has other data", check=False))


@pytest.mark.parametrize("first", ["framework", "offbook"])
def test_the_framework_and_the_hook_live_side_by_side(repository, monkeypatch, first: str) -> None:
    monkeypatch.setenv("PRE_COMMIT_HOME", str(repository.top.parent / "framework"))
    own = {"id": "own", "name": "own", "entry": "echo the framework ran", "language": "system", "verbose": True}
    hooks = [{**own, "always_run": True, "pass_filenames": False}]
    repository.write(".pre-commit-config.yaml", json.dumps({"repos": [{"repo": "local", "hooks": hooks}]}))
    path = repository.top / ".git" / "hooks" / "pre-commit"

    def framework(verb: str) -> None:
        command = [sys.executable, "-m", "pre_commit", verb]
        subprocess.run(command, cwd=repository.top, capture_output=True, check=True)

    def offbook(verb: str) -> None:
        assert repository.offbook("hook", verb).returncode == 0

    one, two = (framework, offbook) if first == "framework" else (offbook, framework)
    one("install")
    before = path.read_bytes()
    two("install")
    repository.notebook("n.ipynb", "1 / 0")
    repository.git("add", ".")
    done = repository.git("commit", "-m", "broken", check=False)
    assert refused(done) and "the framework ran" in done.stderr
    repository.notebook("n.ipynb", "1")
    repository.git("add", ".")
    repository.git("commit", "-m", "mended")
    two("uninstall")
    assert path.read_bytes() == before


def test_a_hook_in_a_folder_of_its_own_is_chained_and_restored(repository) -> None:
    repository.git("config", "core.hooksPath", "tools/my hooks")
    old = repository.write("tools/my hooks/pre-commit", "#!/bin/sh\necho the old hook >&2\n")
    old.chmod(0o755)
    assert repository.offbook("hook", "install").returncode == 0
    repository.notebook("n.ipynb", "1 / 0")
    repository.git("add", "n.ipynb")
    done = repository.git("commit", "-m", "broken", check=False)
    assert refused(done) and "the old hook" in done.stderr
    assert repository.offbook("hook", "uninstall").returncode == 0
    assert old.read_text() == "#!/bin/sh\necho the old hook >&2\n"
    assert [path.name for path in old.parent.iterdir()] == ["pre-commit"]


POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12345\n".format("0a" * 32)


def test_a_pointer_of_git_lfs_is_skipped_and_said_to_be(hooked) -> None:
    hooked.write("large.ipynb", POINTER)
    hooked.git("add", ".")
    done = hooked.git("commit", "-m", "a pointer")
    assert "1 skipped" in done.stderr
    by_hand = hooked.offbook("run", "large.ipynb")
    assert by_hand.returncode == 0
    assert "git lfs pull" in by_hand.stdout


def test_the_framework_runs_the_hooks_that_are_declared(repository, make_repository, monkeypatch) -> None:
    root = Path(__file__).parents[2]
    declared = make_repository("declared")
    declared.write(".pre-commit-hooks.yaml", (root / ".pre-commit-hooks.yaml").read_text())
    declared.git("add", ".")
    declared.git("commit", "-m", "hooks")
    commands = repository.top.parent / "commands"
    commands.mkdir()
    script = "#!/bin/sh\nexec '{}' -c 'from offbook.cli import main; main()' \"$@\"\n"
    executable = commands / "offbook"
    executable.write_text(script.format(sys.executable))
    executable.chmod(0o755)
    monkeypatch.setenv("PATH", f"{commands}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PRE_COMMIT_HOME", str(repository.top.parent / "framework"))
    configuration = {
        "repos": [
            {
                "repo": str(declared.top),
                "rev": head(declared).strip(),
                "hooks": [{"id": name} for name in ("offbook-clean-outputs", "offbook-run", "offbook-check")],
            }
        ]
    }
    repository.write(".pre-commit-config.yaml", json.dumps(configuration))
    install = [sys.executable, "-m", "pre_commit", "install"]
    subprocess.run(install, cwd=repository.top, capture_output=True, check=True)
    repository.notebook("größe 1.ipynb", "print(undefined)", "undefined = 1")
    repository.git("add", ".")
    done = repository.git("commit", "-m", "broken", check=False)
    assert done.returncode == 1
    assert "NameError" in done.stderr and "Cell 1 reads `undefined`" in done.stderr and "OB101" in done.stderr
    repository.notebook("größe 1.ipynb", "value = 1", "print(value)")
    repository.git("add", ".")
    repository.git("commit", "-m", "mended")
    repository.offbook("run", "größe 1.ipynb", "--write")
    repository.git("add", ".")
    done = repository.git("commit", "-m", "with outputs", check=False)
    assert done.returncode == 1 and "outputs removed (2 cells)" in done.stderr
    assert repository.git("diff", "HEAD", "--name-only").stdout == ""
