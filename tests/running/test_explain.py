from __future__ import annotations

from pathlib import Path

import pytest

from offbook.analysis import analyze
from offbook.notebook import Cell, CellId, Notebook
from offbook.running import RunFailure, RunReport, Surroundings, explain, explained


def analysis_of(*sources: str):
    cells = tuple(Cell(CellId(f"c{index}"), "code", source) for index, source in enumerate(sources))
    return analyze(Notebook(Path("n.ipynb"), cells))


def name_error(name: str, at: int, *sources: str) -> str:
    around = Surroundings(Path("/nowhere"), Path("/nowhere"))
    return explain("NameError", f"name '{name}' is not defined", CellId(f"c{at}"), analysis_of(*sources), around)


@pytest.mark.parametrize(
    ("text", "at", "sources"),
    [
        ("Cell 1 reads `df`, which only cell 3 binds, further down", 0, ("df", "1", "df = 1")),
        ("Cell 1 reads `df`, and no cell binds `df`: the cell that did is gone", 0, ("df", "1")),
        ("Cell 3 reads `df`, which cell 2 deletes before.", 2, ("df = 1", "del df", "df")),
        ("Cell 2 reads `df`, which cell 1 may bind, but did not", 1, ("import os\nif os.x:\n    df = 1", "df")),
        ("Cell 1 reads `df` before it binds it.", 0, ("df\ndf = 1",)),
        ("Cell 1 reads `df`, which only cells 2, 3 binds", 0, ("df", "df = 1", "df = 2")),
        ("(`dfs`, bound in cell 1?)", 1, ("dfs = 1", "df")),
    ],
)
def test_a_missing_name_is_explained_by_data_flow(text: str, at: int, sources: tuple[str, ...]) -> None:
    assert text in name_error("df", at, *sources)


def error(ename: str, evalue: str, root: Path, **more: object) -> str:
    around = Surroundings(root / "notebooks", root, "/opt/python", **more)  # type: ignore[arg-type]
    return explain(ename, evalue, CellId("c0"), analysis_of("1"), around)


def test_a_missing_module(tmp_path: Path) -> None:
    text = error("ModuleNotFoundError", "No module named 'sklearn'", tmp_path)
    assert "`sklearn` is imported but not installed in this kernel (/opt/python)" in text
    assert "pip install scikit-learn" in text


def test_a_module_elsewhere_in_the_workspace(tmp_path: Path) -> None:
    (tmp_path / "src" / "kit").mkdir(parents=True)
    (tmp_path / "src" / "kit" / "__init__.py").touch()
    text = error("ModuleNotFoundError", "No module named 'kit'", tmp_path)
    assert "`src/kit/__init__.py`" in text and "`../src`" in text


def test_a_module_that_git_does_not_track(tmp_path: Path) -> None:
    hidden = frozenset({"notebooks/helpers.py"})
    text = error("ModuleNotFoundError", "No module named 'helpers'", tmp_path, hidden=hidden)
    assert "`git add notebooks/helpers.py`" in text


def test_a_missing_file(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.csv").touch()
    assert "`../data/a.csv`" in error(
        "FileNotFoundError", "[Errno 2] No such file or directory: 'data/a.csv'", tmp_path
    )
    assert error("FileNotFoundError", "[Errno 2] No such file or directory: 'b.csv'", tmp_path) == (
        "There is no `notebooks/b.csv`."
    )
    other = error("FileNotFoundError", "[Errno 2] No such file or directory: '/home/me/b.csv'", tmp_path)
    assert "one machine only" in other
    tracked = error("FileNotFoundError", "[Errno 2] No such file or directory: 'b.csv'", tmp_path, tracked=bool)
    assert "git restore" in tracked


def test_a_dead_kernel_names_the_cell_that_ends_it() -> None:
    report = RunReport("dead-kernel", failure=RunFailure(CellId("c1"), 1, "DeadKernelError", "exit status 0"))
    around = Surroundings(Path("/nowhere"), Path("/nowhere"))
    failure = explained(report, analysis_of("x = 1\nexit()", "x"), around).failure
    assert failure is not None and "cell 1 ends it" in failure.explanation


@pytest.mark.parametrize(("how", "word"), [("SIGKILL", "memory"), ("SIGSEGV", "compiled library")])
def test_a_killed_kernel(how: str, word: str) -> None:
    report = RunReport("dead-kernel", failure=RunFailure(CellId("c0"), 0, "DeadKernelError", how))
    failure = explained(report, analysis_of("1"), Surroundings(Path("/x"), Path("/x"))).failure
    assert failure is not None and word in failure.explanation


def test_python_2_is_named() -> None:
    around = Surroundings(Path("/x"), Path("/x"))
    text = explain("SyntaxError", "Missing parentheses", CellId("c0"), analysis_of("print 'x'"), around)
    assert "Python 2" in text
