from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from offbook.devtools import refactoring_trial
from offbook.devtools.refactoring_trial import Outcome, Trial, definitions, sections, table
from offbook.devtools.trial_runs import Shown, TrialRunner, differences
from offbook.devtools.trial_workspace import TrialWorkspace
from offbook.notebook.percent import parse_percent


def write(path: Path, *sources: str) -> None:
    """Write a notebook of code cells; ``# `` at the start makes a cell a heading."""
    cells = [
        {"cell_type": "markdown", "id": str(number), "metadata": {}, "source": source}
        if source.startswith("# ")
        else {"cell_type": "code", "execution_count": None, "outputs": [], "id": str(number), "metadata": {}}
        | {"source": source}
        for number, source in enumerate(sources)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata = {"language_info": {"name": "python"}}
    path.write_text(json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}))


class Recorder(TrialRunner):
    """Runs nothing: what is shown is the source, and a file is written."""

    def __init__(self) -> None:
        self.runs = 0

    def run(self, path: Path) -> Shown | str:
        self.runs += 1
        (path.parent / "written.txt").write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
        return {"0": [("stdout", path.read_text(encoding="utf-8"))]}


def test_a_run_finds_the_folder_as_it_was_and_is_kept(tmp_path: Path) -> None:
    original = tmp_path / "original"
    write(original / "sub" / "n.ipynb", "x = 1")
    (original / "data.csv").write_text("1\n", encoding="utf-8")
    runner = Recorder()
    workspace = TrialWorkspace(original, tmp_path / "copy", runner, tmp_path / "runs")
    path = workspace.root / "sub" / "n.ipynb"
    shown = workspace.run(path)
    assert isinstance(shown, dict)
    assert list(shown) == ["0", "file sub/written.txt"]
    (workspace.root / "data.csv").write_text("changed\n", encoding="utf-8")
    path.unlink()
    workspace.restore()
    assert sorted(str(item.relative_to(workspace.root)) for item in workspace.root.rglob("*")) == [
        "data.csv", "sub", "sub/n.ipynb"
    ]  # fmt: skip
    assert (workspace.root / "data.csv").read_text(encoding="utf-8") == "1\n"
    assert workspace.run(path) == shown
    assert runner.runs == 1
    workspace.run(path, 2)
    write(path, "x = 2")
    assert workspace.run(path) != shown
    assert runner.runs == 3


def test_runs_are_compared_cell_by_cell() -> None:
    before: Shown = {
        "a": [("stdout", "1\n"), ("stderr", "w"), ("stdout", "2\n")],
        "b": [("stdout", "random 1")],
        "c": [("text/plain", "3")],
        "gone": [("text/plain", "4")],
        "file x": [("file", "digest")],
    }
    again = before | {"b": [("stdout", "random 2")]}
    after: Shown = {"a": [("stdout", "1\n2\n")], "c": [("text/plain", "3")], "file x": [("file", "digest")]}
    found = differences(before, again, after, {"gone": ""})
    assert (found.words, found.compared, found.warnings) == ([], 3, True)
    moved: Shown = {"c": [("stdout", "1\n2\n"), ("text/plain", "3")], "file x": [("file", "other")]}
    found = differences(before, again, moved, {"a": "c", "gone": ""})
    assert found.words == ["file x: file was 'digest', is 'other'"]
    found = differences(before, before, after, {"gone": ""})
    assert found.words == ["b: showed ['stdout'], shows []"]
    assert differences(before, again, "fails: NameError", {}).words == ["no longer runs: fails: NameError"]


def test_sections_and_definitions_are_told() -> None:
    text = (
        "# %% id=a\n1\n# %% [markdown]\n# # One\n# %% id=b\ndef f(): ...\n# %% id=c\nclass C:\n    def m(self): ...\n"
    )
    notebook = parse_percent(
        text + "# %% [markdown]\n# Text\n# %% id=d\nx = 1\n# %% [markdown]\n# ## Two", Path("/n.ipynb")
    )
    assert list(sections(notebook)) == [["a"], ["b", "c", "d"]]
    assert definitions(notebook) == {"f", "C"}


def test_the_table_counts_reasons_without_names() -> None:
    outcomes = [
        Outcome(
            Path("a"), refused=["`f` is not one thing: cells 1 and 2 define it more than once"], applied=["g", "h"]
        ),
        Outcome(
            Path("b"), refused=["`k` is not one thing: cells 3, 4 and 11 define it more than once"], differing=["a"]
        ),
        Outcome(Path("c"), state="timeout"),
    ]
    text = table(outcomes)
    assert "| notebooks that run | 2 of 3 |" in text
    assert "| applied | 2 (50 % of 4) |" in text
    assert "| notebooks whose behaviour changed | 1 |" in text
    assert "| `…` is not one thing: cells N define it more than once | 2 |" in text


@pytest.mark.parametrize(
    ("refactoring", "options"),
    [("extract.module", {}), ("extract.module", {"parameters": False}), ("extract.function", {})],
)
def test_a_trial_plans_runs_and_compares(refactoring: str, options: dict[str, object], tmp_path: Path) -> None:
    write(
        tmp_path / "original" / "sub" / "n.ipynb",
        "# One",
        "def f(x):\n    return x + n\n\ndef g(x):\n    return x + 1",
        "n = g(1)\nprint(f(n))",
        "# Two",
        "n = 2\nprint(f(n))",
    )
    runner = TrialRunner(sys.executable, tmp_path / "kernels", 60, warm=["json", "no_such_module"])
    workspace = TrialWorkspace(tmp_path / "original", tmp_path / "copy", runner)
    outcome = Trial(refactoring, options).attempt(workspace.root / "sub" / "n.ipynb", workspace)
    assert (outcome.state, outcome.differing) == ("ran", [])
    if refactoring == "extract.module" and not options:
        assert (outcome.applied, outcome.refused, outcome.compared) == (["f", "g"], [], 2)
    elif refactoring == "extract.module":
        assert outcome.applied == ["g"]
        assert outcome.refused == [
            "`f` reads the notebook's `n`, which is no constant: it is bound more than once (cells 3 and 5)"
        ]
        assert outcome.compared == 2
    else:
        assert outcome.applied == []
        assert outcome.refused == ["the code binds `n`, and calls a function that reads the notebook's `n`"] * 2
    assert sorted(item.name for item in workspace.root.rglob("*")) == ["n.ipynb", "sub"]


def test_what_changes_behaviour_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "original" / "n.ipynb", "def f(x):\n    return x + 1", "print(f(1))")
    workspace = TrialWorkspace(
        tmp_path / "original", tmp_path / "copy", TrialRunner(sys.executable, tmp_path / "kernels", 60, warm=["json"])
    )
    apply = refactoring_trial.Trial._apply

    def break_module(self: Trial, *arguments: object) -> object:
        renamed = apply(self, *arguments)  # type: ignore[arg-type]
        module = workspace.root / "extracted_code.py"
        module.write_text(module.read_text(encoding="utf-8").replace("x + 1", "x + 2"), encoding="utf-8")
        return renamed

    monkeypatch.setattr(refactoring_trial.Trial, "_apply", break_module)
    outcome = Trial("extract.module").attempt(workspace.root / "n.ipynb", workspace)
    assert outcome.applied == ["f"]
    assert outcome.differing == ["1: stdout was '2\\n', is '3\\n'"]
