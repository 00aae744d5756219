"""``offbook check helpers.py``: modules that are named are checked, with lines and without cells."""

import json
from pathlib import Path

import pytest

from offbook.cli.main import run

MODULE = """\
import pandas as pd


def load():
    return pd.read_csv("/home/ann/prices.csv")
"""
UNSEEDED = """\
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

frame = pd.read_csv("trips.csv")
X_train, X_test, y_train, y_test = train_test_split(frame[["km"]], frame["tip"])
model = LogisticRegression().fit(X_train, y_train)
print(model.score(X_test, y_test))
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_module_that_is_named_is_checked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "helpers.py").write_text(MODULE)
    assert run(["check", "helpers.py"]) == 1
    out, err = capsys.readouterr()
    assert out.splitlines()[:2] == [
        "helpers.py",
        "  line 5: OB402 `/home/ann/prices.csv` exists on one machine only: use a path relative to the notebook, "
        "or a setting",
    ]
    assert "Found 1 problem (1 file, " in err
    assert "1. Make it run for others too. Line 5: `/home/ann/prices.csv` exists" in err


def test_in_folders_modules_are_left_to_other_linters(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "helpers.py").write_text(MODULE)
    assert run(["check", "."]) == 0
    assert "There is no notebook to check" in capsys.readouterr().err


def test_what_is_about_cells_and_plain_style_is_silent(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "helpers.py").write_text("import os\n\ndf.head()\nprint(undefined)\nfrom x import *\n")
    assert run(["check", "helpers.py"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("text", ["", "def f(:\n", "\0", "x = '\u2028'\r\n"])
def test_odd_modules_are_no_crash(text: str, folder: Path) -> None:
    (folder / "odd.py").write_bytes(text.encode())
    assert run(["check", "odd.py"]) == 0


def test_a_module_that_is_no_text_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "latin.py").write_bytes("x = 'é'".encode("latin-1"))
    assert run(["check", "latin.py"]) == 2
    assert "latin.py: it is not UTF-8 text" in capsys.readouterr().out


def test_code_scanning_is_told_the_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "helpers.py").write_text(MODULE)
    run(["check", "--format", "sarif", "helpers.py"])
    [result] = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    [location] = result["locations"]
    region = location["physicalLocation"]["region"]
    line = MODULE.split("\n")[region["startLine"] - 1]
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == '"/home/ann/prices.csv"'
    assert "logicalLocations" not in location
    assert "cell" not in result["message"]["text"].lower()
    run(["check", "--format", "github", "helpers.py"])
    told = capsys.readouterr().out
    assert told.startswith("::warning file=helpers.py,line=5,")
    assert "::line 5: `/home/ann" in told


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_fix_changes_its_place_alone(mark: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "train.py"
    path.write_bytes((mark + UNSEEDED).replace("\n", "\r\n").encode())
    run(["check", "--select", "OB505", "--fix", "--diff", "train.py"])
    out, err = capsys.readouterr()
    assert "+X_train, X_test, y_train, y_test = train_test_split(" in out
    assert "Would fix 1 finding in 1 file." in err
    assert path.read_bytes() == (mark + UNSEEDED).replace("\n", "\r\n").encode()
    assert run(["check", "--select", "OB505", "--fix", "train.py"]) == 0
    assert (
        path.read_bytes()
        == (mark + UNSEEDED).replace('frame["tip"])', 'frame["tip"], random_state=0)').replace("\n", "\r\n").encode()
    )


def test_settings_hold_for_modules_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "offbook.toml").write_text('[per-path-ignores]\n"helpers.py" = ["OB402"]')
    (folder / "helpers.py").write_text(MODULE)
    assert run(["check", "helpers.py"]) == 0
    (folder / "offbook.toml").write_text('exclude = ["helpers.py"]')
    assert run(["check", "helpers.py"]) == 0
    assert "left out by `exclude`" in capsys.readouterr().err
