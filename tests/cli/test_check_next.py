"""What ``offbook check`` says to do first: what is worst, where, and what to type."""

import json
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from offbook.app.check import Selection, check_paths
from offbook.cli.checknext import next_steps
from offbook.cli.main import run
from offbook.diagnostics import Proposal
from offbook.notebook import Notebook
from offbook.notebook.percent import parse_percent
from offbook.refactor import refactorings
from offbook.rules import all_rules
from offbook.rules.page import rule_examples

LONG = {"output_type": "stream", "name": "stdout", "text": "line\n" * 150}


def save(path: Path, *sources: str, counts: Sequence[int | None] = (), **cell: Any) -> Path:
    keys = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, **cell}
    cells = [{**keys, "id": f"c{number}", "source": source} for number, source in enumerate(sources)]
    for made, count in zip(cells, counts, strict=False):
        made["execution_count"] = count
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1))
    return path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def steps(*paths: str, select: Sequence[str] = ()) -> list[str]:
    """Return what the check of paths says to do, line by line."""
    named = [Path(path) for path in paths or (".",)]
    report = check_paths(named, Selection(tuple(select)), texts=False)
    title, *lines = next_steps(report, named).splitlines() or ["nothing"]
    assert title == ("What to do first:" if lines else "nothing")
    return [line.strip() for line in lines]


def test_what_stops_a_run_comes_first_then_the_run_then_what_mends_itself(folder: Path) -> None:
    save(folder / "a.ipynb", "df = open(0)", "df.head()", "df = df.b", counts=(3, 1, 2))
    save(folder / "b c.ipynb", "print(y)", "print(z)", "3", counts=(2, 1, 3), outputs=[LONG])
    assert steps() == [
        "1. Make it run to the end. b c.ipynb, cell 1: no cell binds `y`: a fresh run fails here (1 more)",
        "offbook rule OB102",
        "2. Run it from top to bottom, and save what it shows: the outputs of 2 notebooks are of no such run",
        "offbook run --write a.ipynb 'b c.ipynb'",
        "3. Let offbook mend 3 findings (long-output), which keeps what the code computes",
        "offbook check --fix 'b c.ipynb'",
    ]


def test_one_notebook_is_not_named_again_and_again(folder: Path) -> None:
    save(folder / "a.ipynb", "print(total)", "total = 3", counts=(2, 1))
    assert steps("a.ipynb") == [
        "1. Make it run to the end. Cell 1: `total` is read here, but only cell 2 binds it: a fresh run fails",
        "offbook move cell a.ipynb --cell 2 --above 1",
        "2. Run it from top to bottom, and save what it shows: its outputs are of no such run",
        "offbook run --write a.ipynb",
    ]


def test_a_stored_error_says_what_it_is(folder: Path) -> None:
    error = {"output_type": "error", "ename": "ValueError", "evalue": "x", "traceback": []}
    save(folder / "a.ipynb", "int('x')", counts=(1,), outputs=[error])
    assert steps("a.ipynb")[:2] == [
        "1. Cell 1: the stored output of this cell is an error (`ValueError`): correct it, or tag the cell "
        "`raises-exception`",
        "offbook run a.ipynb",
    ]


def test_the_worst_of_a_kind_is_shown(folder: Path) -> None:
    save(folder / "a.ipynb", "open('missing.csv')", "print(gone)")
    assert steps("a.ipynb")[0].startswith("1. Make it run to the end. Cell 2: no cell binds `gone`")


def test_many_notebooks_are_a_folder_and_none_above_what_was_named(folder: Path) -> None:
    for name in ("x/a", "x/b", "y/c"):
        save(folder / "sub" / name / "n.ipynb", "1", outputs=[LONG])
    assert steps()[-1] == "offbook check --fix sub"
    assert steps("sub/x", "sub/y")[-1] == "offbook check --fix sub/x sub/y"
    files = [f"sub/{name}/n.ipynb" for name in ("x/a", "x/b", "y/c")]
    assert steps(*files)[-1] == "offbook check --fix sub"


def test_many_notebooks_are_not_overwritten_unseen(folder: Path) -> None:
    for name in "abc":
        save(folder / f"{name}.ipynb", "x = 1", "x", counts=(2, 1))
    assert steps() == [
        "1. See which notebooks run from top to bottom: the outputs of 3 are of no such run",
        "offbook run .",
    ]


def test_cells_that_only_look_are_cleaned(folder: Path) -> None:
    save(folder / "a.ipynb", "df = open(0)", "df.head()", "df = df.b")
    assert steps("a.ipynb", select=["OB202"]) == ["1. Cell 2: this cell only looks at `df`", "offbook clean a.ipynb"]


def test_nothing_found_is_nothing_to_do(folder: Path) -> None:
    save(folder / "a.ipynb", "x = 1")
    assert steps() == []


def test_the_steps_follow_the_summary(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save(folder / "a.ipynb", "print(gone)")
    run(["check", "a.ipynb"])
    first = capsys.readouterr().err.splitlines()
    assert first[0].startswith("Found 1 problem")
    assert first[1] == "What to do first:"
    run(["check", "a.ipynb"])  # from the cache
    assert capsys.readouterr().err.splitlines()[1:] == first[1:]


PROPOSING = ("OB101", "OB106", "OB401", "OB402", "OB403", "OB405", "OB406", "OB407", "OB504", "OB601")
BAD = {
    rule.code: next(parse_percent(item.text) for item in rule_examples(rule) if item.kind == "bad")
    for rule in all_rules()
}


@pytest.mark.parametrize("where", [".", "work", "work/deep"])
@pytest.mark.parametrize("code", PROPOSING)
def test_the_command_of_a_refactoring_makes_a_plan(
    code: str, where: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "requirements.txt").write_text("pandas\nmatplotlib\n")
    inside = folder / where
    example: Notebook = BAD[code]
    save(inside / "a b.ipynb", *(cell.source for cell in example.cells if cell.kind == "code"))
    command = next(line for line in steps(f"{where}/a b.ipynb", select=[code]) if line.startswith("offbook "))
    words = shlex.split(command)
    assert words[1:2] != ["rule"]
    assert run([*words[1:], "--diff"]) == 0, capsys.readouterr().err
    assert "+" in capsys.readouterr().out


def test_options_that_name_cells_are_known_as_such() -> None:
    for known in refactorings().values():
        for info in known.infos:
            if info.kind in ("cell", "cells"):
                assert info.name in Proposal.CELLS, f"{known.id}: {info.name}"
            else:
                assert info.name not in Proposal.CELLS, f"{known.id}: {info.name}"


def test_a_cached_finding_keeps_its_command(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save(folder / "a.ipynb", "print(total)", "total = 3")
    told = []
    for _ in range(2):
        run(["check", "a.ipynb"])
        told.append([line for line in capsys.readouterr().err.splitlines() if "move cell" in line])
    assert told[0] == told[1] != []
