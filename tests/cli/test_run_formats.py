"""The formats of `offbook run` for code hosts and build servers."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from offbook.cli.main import run

FAILS = "limit = 3\nprint(lost)\n"
SLOW = "import time\ntime.sleep(60)"


def notebook(path: Path, *cells: tuple[str, str]) -> None:
    """Write a notebook; each cell is its source and the stdout that it stores."""
    document = {
        "cells": [
            {
                "cell_type": "code",
                "execution_count": None,
                "id": f"c{number}",
                "metadata": {},
                "outputs": [{"name": "stdout", "output_type": "stream", "text": [shown]}] if shown else [],
                "source": source.splitlines(keepends=True),
            }
            for number, (source, shown) in enumerate(cells)
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(document, indent=1), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    notebook(tmp_path / "differs.ipynb", ("x = 1", ""), ("# 100%\nprint(x)", "2\n"))
    notebook(tmp_path / "fails.ipynb", ("1", ""), (FAILS, ""))
    notebook(tmp_path / "passes.ipynb", ("print(1)", "1\n"))
    notebook(tmp_path / "skipped.ipynb", ("# NBVAL_SKIP\n1 / 0", ""))
    notebook(tmp_path / "slow.ipynb", (SLOW, ""))
    (tmp_path / "broken.ipynb").write_text("{")
    return tmp_path


def output(capsys: pytest.CaptureFixture[str], form: str, *names: str) -> str:
    assert run(["run", "--compare", "--cell-timeout", "2", "--format", form, *names]) == 1
    return capsys.readouterr().out


def line(folder: Path, name: str, number: int) -> str:
    return (folder / name).read_text(encoding="utf-8").splitlines()[number - 1].strip()


def test_junit_tells_every_outcome(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    suites = ElementTree.fromstring(output(capsys, "junit", "."))
    [suite] = suites
    assert suite.attrib["name"] == "offbook run"
    assert {key: suite.attrib[key] for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "6",
        "failures": "3",
        "errors": "1",
        "skipped": "1",
    }
    cases = {case.attrib["name"]: case for case in suite}
    assert list(cases["passes.ipynb"]) == []
    assert float(cases["slow.ipynb"].attrib["time"]) >= 2
    found = {name: [(part.tag, part.attrib.get("type")) for part in case] for name, case in cases.items()}
    assert found == {
        "broken.ipynb": [("error", "failed")],
        "differs.ipynb": [("failure", "differs")],
        "fails.ipynb": [("failure", "failed")],
        "passes.ipynb": [],
        "skipped.ipynb": [("skipped", None)],
        "slow.ipynb": [("failure", "timeout")],
    }
    assert "    - 2\n    + 1" in (cases["differs.ipynb"][0].text or "")
    text = cases["fails.ipynb"][0].text or ""
    assert "--> " in text
    assert "Traceback (most recent call last)" in text
    assert "\x1b" not in text
    assert cases["fails.ipynb"][0].attrib["message"] == "cell 2 failed: NameError: name 'lost' is not defined"


def test_github_annotates_the_failing_line_and_the_differing_cell(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken, differs, fails = output(capsys, "github", "broken.ipynb", "differs.ipynb", "fails.ipynb").splitlines()
    assert broken.startswith("::error file=broken.ipynb,title=offbook::it is not valid JSON")
    place, _, message = differs.removeprefix("::error ").partition("::")
    values = dict(part.split("=") for part in place.split(","))
    assert values["title"] == "run-differs output"
    assert line(folder, "differs.ipynb", int(values["line"])) == json.dumps("# 100%\n") + ","
    assert message == "cell 2, line 1: shows another text%0A- 2%0A+ 1"
    place, _, message = fails.removeprefix("::error ").partition("::")
    values = dict(part.split("=") for part in place.split(","))
    assert values["title"] == "run-failed NameError"
    assert line(folder, "fails.ipynb", int(values["line"])) == json.dumps("print(lost)\n")
    assert message.startswith("cell 2, line 2: NameError: name 'lost' is not defined%0A")


def test_sarif_describes_what_it_found(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [log] = json.loads(output(capsys, "sarif", "broken.ipynb", "differs.ipynb", "fails.ipynb"))["runs"]
    rules = log["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["run-failed", "run-timeout", "run-dead-kernel", "run-differs"]
    assert [(found["ruleId"], found["ruleId"] == rules[found["ruleIndex"]]["id"]) for found in log["results"]] == [
        ("run-differs", True),
        ("run-failed", True),
    ]
    regions = [found["locations"][0]["physicalLocation"]["region"] for found in log["results"]]
    assert line(folder, "fails.ipynb", regions[1]["startLine"]) == json.dumps("print(lost)\n")
    [invocation] = log["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["message"]["text"].startswith("it is not valid JSON")


@pytest.mark.parametrize("form", ["junit", "github", "sarif"])
def test_accepted_outputs_are_no_failures(folder: Path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    assert run(["run", "--compare", "--write", "--format", form, "differs.ipynb"]) == 0
    assert "differs" not in capsys.readouterr().out.replace("differs.ipynb", "").replace("run-differs", "")


@pytest.mark.parametrize("form", ["text", "json", "junit", "github", "sarif"])
def test_half_an_emoji_stops_no_format(tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    notebook(tmp_path / "a.ipynb", ("print(1)", "\ud83d\n"))
    assert run(["run", "--compare", "--format", form, str(tmp_path / "a.ipynb")]) == 1
    assert "shows another text" in capsys.readouterr().out
