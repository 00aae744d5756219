from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_notebook import write_notebook

from offbook.cli.main import run

CELLS = [
    "import math\nscale = 2",
    "def area(r):\n    return math.pi * r * r\n\ndef scaled(x):\n    return scale * x",
    "scale = 3\nprint(area(2), scaled(1))",
]


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write_notebook(tmp_path, *CELLS)


def extract(*arguments: str) -> int:
    return run(["extract", "module", "notebook.ipynb", *arguments])


def test_without_write_the_diff_is_shown_and_nothing_changes(
    notebook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = notebook.read_bytes()
    assert extract("--names", "area", "--to", "helpers.py") == 0
    out, err = capsys.readouterr()
    assert out.startswith("--- /dev/null\n+++ helpers.py\n")
    assert "+++ notebook.ipynb cell 2\n" in out
    assert "Extract `area` to `helpers.py`\n" in err
    assert notebook.read_bytes() == before
    assert not Path("helpers.py").exists()


def test_write_writes_and_names_the_files(notebook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert extract("--names", "area", "--to", "helpers.py", "--write") == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "wrote helpers.py\nwrote notebook.ipynb\n" in err
    assert Path("helpers.py").read_text().endswith("def area(r):\n    return math.pi * r * r\n")
    assert json.loads(notebook.read_text())["cells"][1]["source"].startswith("from helpers import area\n")


def test_a_refusal_says_why_where_and_what_to_do(notebook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = notebook.read_bytes()
    assert extract("--names", "area,scaled", "--to", "helpers.py", "--write") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "offbook: refused: `scaled` reads the notebook's `scale`, which is no constant: "
        "it is bound more than once (cells 1 and 3).",
        "  at notebook.ipynb, cell 2, line 5",
        "  Make `scale` a parameter of `scaled`, and pass it at every call.",
        "  Make it a parameter: --parameters",
        "  Nothing was changed.",
    ]
    assert notebook.read_bytes() == before


def test_all_moves_what_can_and_notes_what_stays(notebook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert extract("--all", "--no-parameters", "--to", "lib/helpers.py", "--write") == 0
    assert "Note: `scaled` stays in the notebook" in capsys.readouterr().err
    assert Path("lib/__init__.py").exists()


def test_cells_are_counted_from_1(notebook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert extract("--cells", "2-3", "--to", "helpers.py") == 2
    assert "`scaled` reads" in capsys.readouterr().err
    assert extract("--cells", "2-4", "--to", "helpers.py") == 2
    assert "the notebook has the cells 1 to 3" in capsys.readouterr().err
    assert extract("--cells", "two", "--to", "helpers.py") == 2
    assert "give numbers of cells" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--to", "a.py"], "say what to move"),
        (["--names", "f", "--all", "--to", "a.py"], "say what to move"),
        (["--names", "f"], "Missing option '--to'"),
        (["--names", "f", "--to", "a.py", "--diff", "--write"], "choose one"),
    ],
)
def test_wrong_calls_are_explained(
    arguments: list[str], message: str, notebook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert extract(*arguments) == 2
    assert message in capsys.readouterr().err


def test_verify_runs_before_and_after_and_then_writes(notebook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert extract("--names", "area", "--to", "helpers.py", "--write", "--verify") == 0
    err = capsys.readouterr().err
    assert "Same results before and after" in err
    assert Path("helpers.py").exists()


def test_what_does_not_run_is_not_written_with_verify(notebook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notebook.write_text(notebook.read_text().replace("scale = 3", "1 / 0"))
    assert extract("--names", "area", "--to", "helpers.py", "--write", "--verify") == 1
    err = capsys.readouterr().err
    assert "The original does not run" in err and err.endswith("Nothing was changed.\n")
    assert not Path("helpers.py").exists()
