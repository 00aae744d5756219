import json
from pathlib import Path

import nbformat
import pytest

from offbook.cli.main import run


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    cells = [
        nbformat.v4.new_markdown_cell("# Title"),
        *map(nbformat.v4.new_code_cell, ["x = 1", "print(x + y)", "y = 2"]),
    ]
    path = tmp_path / "a.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def test_text_tells_what_each_cell_takes(notebook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", str(notebook)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{notebook}: 3 cells, 2 links",
        "# Title",
        "   2  x = 1",
        "   3  print(x + y)",
        "        x from cell 2",
        "        y from cell 4, which a run from the top reaches too late",
        "   4  y = 2",
    ]


def test_json_counts_from_zero(notebook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", str(notebook), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["links"] == [
        {"from": 1, "to": 2, "names": ["x"], "late": False},
        {"from": 3, "to": 2, "names": ["y"], "late": True},
    ]


def test_pictures_go_to_a_file(notebook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = notebook.parent / "graph.html"
    assert run(["graph", str(notebook), "--format", "html", "-o", str(target)]) == 0
    assert capsys.readouterr().out == ""
    assert "<svg " in target.read_text()


def test_other_languages_and_missing_files_are_told(notebook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = nbformat.read(notebook, 4)
    found.metadata["kernelspec"] = {"name": "ir", "language": "R", "display_name": "R"}
    nbformat.write(found, notebook)
    assert run(["graph", str(notebook)]) == 2
    assert "is written in r: offbook reads Python notebooks only" in capsys.readouterr().err
    assert run(["graph", str(notebook.parent / "none.ipynb")]) == 2
    assert "none.ipynb" in capsys.readouterr().err


@pytest.mark.parametrize("form", ["text", "json", "svg", "html"])
def test_half_an_emoji_is_printed(notebook: Path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    found = nbformat.read(notebook, 4)
    found.cells[1].source = "# half"
    notebook.write_text(nbformat.writes(found).replace("# half", "# half \\ud83d"))
    assert run(["graph", str(notebook), "--format", form]) == 0
    assert "half" in capsys.readouterr().out
