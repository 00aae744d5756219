from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from receipt_workspace import SOURCES, found, restore, status, write

from offbook.app.run import check_runs
from offbook.receipts.environment import Environments
from offbook.receipts.kernelspec import KernelSpec
from offbook.receipts.store import LIMIT, Store, find_store


def append(path: Path) -> None:
    state = path.stat()
    path.write_bytes(path.read_bytes() + b"# more\n")
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


def swap(path: Path) -> None:
    """Change a file and keep its size."""
    path.write_bytes(path.read_bytes().swapcase().replace(b"1", b"2"))


def swap_unnoticed(path: Path) -> None:
    """Change a file, and keep its size and its time."""
    state = path.stat()
    swap(path)
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


def replace_package(root: Path) -> None:
    (root.parent / "site-packages" / "thing-1.0.dist-info").rename(
        root.parent / "site-packages" / "thing-2.0.dist-info"
    )


def rewrite_spec(root: Path) -> None:
    path = root.parent / "jupyter" / "kernels" / "own" / "kernel.json"
    path.write_text(path.read_text().replace('"-m"', '"-B", "-m"'))


BREAKING: dict[str, Callable[[Path], object]] = {
    "code": lambda root: write(root / "n.ipynb", [*SOURCES, "1"]),
    "order": lambda root: write(root / "n.ipynb", SOURCES[::-1]),
    "kernel": lambda root: write(root / "n.ipynb", SOURCES, kernel="python3"),
    "module": lambda root: append(root / "helpers.py"),
    "module of the same size": lambda root: swap(root / "helpers.py"),
    "module of a package": lambda root: swap(root / "package" / "inner.py"),
    "module gone": lambda root: (root / "helpers.py").unlink(),
    "module in front": lambda root: (root / "colorsys.py").touch(),
    "data": lambda root: swap(root / "data" / "rows.csv"),
    "data of the same size and time": lambda root: swap_unnoticed(root / "data" / "rows.csv"),
    "data gone": lambda root: (root / "data" / "rows.csv").unlink(),
    "data of a command": lambda root: swap(root / "shown.txt"),
    "database": lambda root: append(root / "base.db"),
    "folder": lambda root: (root / "data" / "more.csv").touch(),
    "kernelspec": rewrite_spec,
    "package": replace_package,
    "new package": lambda root: (root.parent / "site-packages" / "other-1.dist-info").mkdir(),
}
HARMLESS: dict[str, Callable[[Path], object]] = {
    "nothing": lambda root: None,
    "outputs": lambda root: write(root / "n.ipynb", SOURCES, outputs="shown"),
    "markdown": lambda root: write(root / "n.ipynb", SOURCES, title="# another"),
    "time of change": lambda root: os.utime(root / "data" / "rows.csv"),
    "what the run wrote": lambda root: append(root / "out.txt"),
    "its log": lambda root: append(root / "log.txt"),
    "another file": lambda root: (root / "another.py").touch(),
}


def test_a_receipt_holds_until_something_that_counts_changes(workspace: Path) -> None:
    assert not found(workspace)
    assert status(workspace) == "passed"
    assert status(workspace) == "cached"
    receipts = list((workspace / ".git" / "offbook" / "receipts").iterdir())
    assert len(receipts) == 1
    saved = {
        path: path.read_bytes() for path in workspace.parent.rglob("*") if path.is_file() and ".git" not in path.parts
    }
    times = {path: path.stat() for path in workspace.parent.rglob("*") if ".git" not in path.parts}
    for name, change in HARMLESS.items():
        change(workspace)
        assert found(workspace), name
        restore(workspace.parent, saved, times)
    for name, change in BREAKING.items():
        change(workspace)
        assert not found(workspace), name
        restore(workspace.parent, saved, times)
        assert found(workspace), name
    assert status(workspace) == "cached"


@pytest.mark.parametrize("name", ["OWN_SETTING", "INNER", "TZ", "PYTHONWARNINGS"])
def test_variables_that_the_code_names_and_those_of_python_count(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    assert status(workspace) == "passed"
    monkeypatch.setenv("UNNAMED", "1")
    assert found(workspace)
    monkeypatch.setenv(name, "1")
    assert not found(workspace)


def test_a_run_that_changes_what_it_reads_leaves_no_receipt(workspace: Path) -> None:
    write(workspace / "n.ipynb", ["text = open('shown.txt').read()\nopen('shown.txt', 'w').write(text + 'x')"])
    assert status(workspace) == status(workspace) == "passed"


def test_a_run_that_fails_leaves_none(workspace: Path) -> None:
    write(workspace / "n.ipynb", ["1 / 0"])
    assert status(workspace) == status(workspace) == "failed"


CLOSING = """
import os
for number in range(3, 200):
    try:
        if "notes" in os.readlink(f"/proc/self/fd/{number}"):
            os.close(number)
            mine = open("mine.txt", "w")
    except OSError:
        pass
mine.write("mine")
mine.close()
"""


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="only Linux lists open files in /proc")
def test_code_that_closes_all_files_leaves_none_and_loses_nothing(workspace: Path) -> None:
    write(workspace / "n.ipynb", [CLOSING, "open('shown.txt').read()"])
    assert status(workspace) == status(workspace) == "passed"
    assert (workspace / "mine.txt").read_text() == "mine"


def test_force_runs_it_anyway(workspace: Path) -> None:
    assert status(workspace) == "passed"
    assert check_runs([workspace / "n.ipynb"], force=True)[0].report.status == "passed"


@pytest.mark.parametrize("damage", [b"", b"{}", b"\x00" * 100])
def test_a_damaged_receipt_is_ignored(tmp_path: Path, damage: bytes) -> None:
    store = Store(str(tmp_path), str(tmp_path / "receipts"))
    assert store.save(".", "d", {"kernel": "python3"})
    (path,) = (tmp_path / "receipts").iterdir()
    whole = path.read_bytes()
    assert store.load(".", "d") == {"kernel": "python3"}
    for torn in (damage, whole[:-1], whole.replace(b"python3", b"python2")):
        path.write_bytes(torn)
        assert store.load(".", "d") is None


def test_a_store_is_bounded_and_shared(tmp_path: Path) -> None:
    store = Store(str(tmp_path), str(tmp_path / "receipts"))

    def fill(start: int) -> None:
        for number in range(start, start + LIMIT // 2 + 10):
            assert store.save(".", str(number), {"number": number})

    threads = [threading.Thread(target=fill, args=(start,)) for start in (0, LIMIT)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    names = [path.name for path in Path(store.folder).iterdir()]
    assert len(names) <= LIMIT and all("." not in name for name in names)
    last = LIMIT + LIMIT // 2 + 9
    assert store.load(".", str(last)) == {"number": last}


def test_where_nothing_can_be_written_there_is_no_receipt_and_no_failure(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert not Store(str(tmp_path), str(tmp_path / "file" / "receipts")).save(".", "d", {})


FULL = """
import resource, sys
from offbook.receipts.store import Store
store = Store(sys.argv[1], sys.argv[1] + "/receipts")
assert store.save(".", "old", {"number": 1})
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
print(store.save(".", "old", {"text": "x" * 1000}), store.save(".", "new", {"text": "x" * 1000}))
print(store.load(".", "old"))
"""


@pytest.mark.skipif(os.name != "posix", reason="only POSIX limits the size of files, as a full disk does")
def test_a_disk_that_is_full_costs_a_receipt_and_nothing_else(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n{'number': 1}\n"
    assert len(list((tmp_path / "receipts").iterdir())) == 1


@pytest.mark.skipif(os.name != "posix", reason="only POSIX limits the size of files, as a full disk does")
@pytest.mark.parametrize("forked", [False, True])
def test_notes_that_a_full_disk_did_not_take_make_no_receipt(workspace: Path, forked: bool) -> None:
    """The limit is lifted again: the last note is taken, though one before it was not."""
    reading = (
        "os.fork() or (open('shown.txt').read(), os._exit(0))\nos.wait()" if forked else "open('shown.txt').read()"
    )
    limit = "import os, resource\nold = resource.getrlimit(1)\nresource.setrlimit(1, (10, old[1]))"
    write(workspace / "n.ipynb", [f"{limit}\n{reading}\nresource.setrlimit(1, old)", "open('data/rows.csv').read()"])
    assert status(workspace) == status(workspace) == "passed"


def test_the_folder_for_caches_can_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFBOOK_CACHE_DIR", str(tmp_path / "chosen"))
    folder = Path(find_store(str(tmp_path)).folder)
    assert folder.parent == tmp_path / "chosen" / "receipts"


def test_work_trees_share_a_store_and_folders_outside_git_have_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OFFBOOK_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    main, linked, outside = tmp_path / "main", tmp_path / "linked", tmp_path / "outside"
    git = main / ".git" / "worktrees" / "linked"
    for folder in (git, linked / "sub", outside):
        folder.mkdir(parents=True)
    (main / ".git" / "HEAD").touch()
    (git / "commondir").write_text("../..\n")
    (linked / ".git").write_text(f"gitdir: {git}\n")
    assert find_store(str(main)).folder == find_store(str(linked / "sub")).folder == str(main / ".git/offbook/receipts")
    assert find_store(str(linked / "sub")).root == str(linked)
    store = find_store(str(outside))
    assert store.root == str(outside) and store.folder.startswith(str(tmp_path / "cache"))


def test_secrets_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "very secret")
    facts = Environments().describe(KernelSpec("k", (sys.executable,), {}), [], ["TOKEN"])
    assert "$TOKEN" in facts and "secret" not in json.dumps(facts)
