"""Rules that ask for the notebook's name, and for the files beside it."""

from pathlib import Path

import pytest
from fake_surroundings import FakeSurroundings
from msgspec.structs import replace

from offbook.analysis import analyze
from offbook.app.surroundings import rules_for
from offbook.config import Settings
from offbook.notebook.percent import parse_percent
from offbook.rules import RuleSettings
from offbook.rules.checker import Checker, check

ANYWHERE = RuleSettings(surroundings=FakeSurroundings())


def codes(text: str, path: str = "notebook.ipynb", settings: RuleSettings = ANYWHERE) -> set[str]:
    return {item.code for item in check(analyze(parse_percent(text, Path(path))), settings)}


@pytest.mark.parametrize(
    "name",
    [
        "Untitled.ipynb",
        "untitled12.ipynb",
        "Untitled-1.ipynb",
        "Untitled (2).ipynb",
        "Ohne Titel.ipynb",
        "Copy of prices.ipynb",
        "prices-Copy1.ipynb",
        "prices copy 2.ipynb",
    ],
)
def test_a_name_that_a_tool_made_up(name: str) -> None:
    assert codes("# %%\nx = 1", f"work/{name}") == {"OB605"}
    assert codes("# %%\nx = 1", f"work/{name}", RuleSettings()) == set(), "it is not saved yet"


@pytest.mark.parametrize("name", ["prices.ipynb", "Untitled drawings.ipynb", "photocopy.ipynb", "copying.ipynb"])
def test_a_name_that_somebody_gave(name: str) -> None:
    assert codes("# %%\nx = 1", name) == set()


def test_a_numbered_name_is_a_copy_where_the_first_is_beside_it() -> None:
    beside = RuleSettings(surroundings=FakeSurroundings(("prices.ipynb",)))
    assert codes("# %%\nx = 1", "prices (1).ipynb", beside) == {"OB605"}
    assert codes("# %%\nx = 1", "lesson (1).ipynb", beside) == set()


def test_an_unsaved_notebook_has_no_files_beside_it() -> None:
    assert codes("# %%\nopen('gone.txt')") == {"OB606"}
    assert codes("# %%\nopen('gone.txt')", settings=RuleSettings()) == set()


def test_files_are_looked_for_beside_the_notebook_and_in_the_project(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "near.txt").touch()
    (tmp_path / "far.txt").touch()
    path = tmp_path / "sub" / "a.ipynb"
    settings = rules_for(replace(Settings(root=tmp_path), select=("OB606",)), path)
    assert codes("# %%\nopen('near.txt')", str(path), settings) == set()
    assert codes("# %%\nopen('far.txt')", str(path), settings) == set()
    assert codes("# %%\nopen('gone.txt')", str(path), settings) == {"OB606"}
    assert codes("# %%\nopen('../far.txt')", str(path), settings) == set()


def test_a_file_that_comes_or_goes_is_noticed_at_the_next_check(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    checker = Checker(rules_for(Settings(root=tmp_path), path))
    analysis = analyze(parse_percent("# %%\nopen('data.txt')", path))
    assert [item.code for item in checker.check(analysis)] == ["OB606"]
    (tmp_path / "data.txt").touch()
    assert checker.check(analysis) == []
    (tmp_path / "data.txt").unlink()
    assert [item.code for item in checker.check(analysis)] == ["OB606"]


def test_only_paths_that_still_stand_in_the_code_are_looked_for() -> None:
    around = FakeSurroundings()
    looked = around.looked
    checker = Checker(RuleSettings(enabled={"OB606"}, surroundings=around))
    notebook = parse_percent("# %%\nopen('a')")
    analysis = None
    for name in ("a", "ab", "abc", "abcd"):
        cells = (replace(notebook.cells[0], source=f"open('{name}')"),)
        looked.clear()
        analysis = analyze(replace(notebook, cells=cells), analysis)
        assert [item.message.split("`")[1] for item in checker.check(analysis)] == [name]
    assert {"a", "ab"}.isdisjoint(looked)
    looked.clear()
    assert len(checker.check(analysis)) == 1
    assert {path for path in looked if path} == {"abcd", "abcd.dvc"}
    assert checker.outside == {("file", "abcd"): False, ("file", "abcd.dvc"): False}


def test_what_lies_outside_is_asked_about_when_nobody_types() -> None:
    around = FakeSurroundings()
    checker = Checker(RuleSettings(enabled={"OB606"}, surroundings=around))
    notebook = parse_percent("# %%\nopen('a.txt')\n# %%\nx = 1")
    analysis = analyze(notebook)
    assert len(checker.check(analysis)) == 1
    around.looked.clear()
    analysis = analyze(
        replace(notebook, cells=(notebook.cells[0], replace(notebook.cells[1], source="x = 2"))), analysis
    )
    assert len(checker.check(analysis, quick=True)) == 1
    assert around.looked == []
    assert checker.pending
    while checker.pending:
        checker.catch_up()
    checker.check(analysis, quick=True)
    assert "a.txt" in around.looked
    assert not checker.pending
