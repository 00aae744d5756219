from __future__ import annotations

from pathlib import Path

import pytest
from cli_notebook import sources, write_notebook

from offbook.cli.main import run

FUNCTIONS = """def area(width, height): return width * height
def frame(width, height, by): return 2 * (width + height) + 4 * by, area(width, height)"""


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write_notebook(tmp_path, FUNCTIONS, "a, b = 2, 3\nprint(area(a, b))", "frame(a, b, 1)")


def test_it_is_verified_before_it_is_written(notebook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["extract", "class", "notebook.ipynb", "--functions", "area,frame", "--name", "Box", "--write"]) == 0
    err = capsys.readouterr().err
    assert "It is written only where a run before and after it shows the same." in err
    assert "Same results before and after" in err
    assert sources(notebook)[1:] == ["a, b = 2, 3\nbox = Box(a, b)\nprint(box.area())", "box.frame(1)"]


def test_it_is_not_written_where_it_cannot_be_verified(notebook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notebook.write_text(notebook.read_text().replace("a, b = 2, 3", "a, b = 2, 1 / 0"))
    before = notebook.read_bytes()
    assert run(["extract", "class", "notebook.ipynb", "--functions", "area,frame", "--write"]) == 1
    assert "The original does not run" in capsys.readouterr().err
    assert notebook.read_bytes() == before
