from __future__ import annotations

from pathlib import Path

import pytest
from cli_notebook import sources, write_notebook

from offbook.cli.main import run

CELLS = ["x = 2\nx, [x]", "y = x + 1\nprint(y)\ny", "print(x * y)"]


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write_notebook(tmp_path, *CELLS)


def test_cells_are_verified_and_written(notebook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--cells", "1-2", "--name", "start", "--write", "--verify"]
    assert run(["extract", "function", "notebook.ipynb", *arguments]) == 0
    err = capsys.readouterr().err
    assert err.startswith("Extract `start`\n  The code of cells 1 to 2 becomes `start`.\n  It returns `x` and `y`.\n")
    assert "Same results before and after" in err
    assert sources(notebook) == [
        "def start():\n    x = 2\n    display((x, [x]))\n\n    y = x + 1\n    print(y)\n    return x, y",
        "x, y = start()\ny",
        "print(x * y)",
    ]


def test_lines_are_shown_as_a_diff(notebook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = notebook.read_bytes()
    assert run(["extract", "function", "notebook.ipynb", "--lines", "2:1-2", "--name", "report"]) == 0
    out, _ = capsys.readouterr()
    assert "+def report(x):\n+    y = x + 1\n+    print(y)\n+    return y\n" in out
    assert "+y = report(x)\n" in out
    assert notebook.read_bytes() == before


def test_a_refusal_names_the_place(notebook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notebook.write_text(notebook.read_text().replace("print(x * y)", "eval('x')"))
    assert run(["extract", "function", "notebook.ipynb", "--cells", "1"]) == 2
    err = capsys.readouterr().err
    assert "refused: cell 3 uses `eval`, which can read or bind any name.\n  at notebook.ipynb, cell 3, line 1" in err
