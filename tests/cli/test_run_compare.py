from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import offbook.app.outputs
from offbook.cli.main import run
from offbook.cli.runtext import diff_lines
from offbook.notebook import Notebook
from offbook.running import Comparison, Difference


def write(path: Path, *cells: tuple[str, list[str], list[str]]) -> Path:
    """Write a notebook; each cell is its source, its tags, and the lines of the stdout that it stores."""
    document = {
        "cells": [
            {
                "cell_type": "code",
                "execution_count": None,
                "id": f"id-{index}",
                "metadata": {"tags": tags},
                "outputs": [{"name": "stdout", "output_type": "stream", "text": lines}] if lines else [],
                "source": source,
            }
            for index, (source, tags, lines) in enumerate(cells)
        ],
        "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return path


def test_what_changes_in_every_run_is_no_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(
        tmp_path / "n.ipynb",
        ("print(1)\nprint(0.1 + 0.2)", [], ["1\n", "0.3\n"]),
        ("print(object())", [], ["<object object at 0x7f0000000000>\n"]),
        ("print('new')", ["offbook:ignore-output"], ["old\n"]),
        ("# NBVAL_IGNORE_OUTPUT\nprint('new')", [], ["old\n"]),
    )
    assert run(["run", str(path), "--compare"]) == 0
    assert capsys.readouterr().out.startswith("passed")


def test_differences_are_told_cell_by_cell_and_accepted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "n.ipynb", ("print('same')", [], ["same\n"]), ("print(2.5)", [], ["2.4\n"]), ("1", [], []))
    before = path.read_bytes()
    assert run(["run", str(path)]) == 0
    capsys.readouterr()
    assert run(["run", str(path), "--compare"]) == 1
    out = capsys.readouterr().out
    assert out.startswith("differs")
    assert "n.ipynb: 2 cells show something else than the file does" in out
    assert "  cell 2 shows another text:\n    - 2.4\n    + 2.5\n" in out
    assert "  cell 3 shows something, and showed nothing before:\n    + 1\n" in out
    assert "cell 1 " not in out and "1 notebook: 1 differs" in out
    assert path.read_bytes() == before
    assert run(["run", str(path), "--compare", "--write", "--format", "json"]) == 0
    (notebook,) = json.loads(capsys.readouterr().out)["notebooks"]
    assert notebook["status"] == "differs"
    assert [found["cell"] for found in notebook["differences"]] == [1, 2]
    assert run(["run", str(path), "--compare"]) == 0


def test_lines_that_are_equal_stand_once_in_a_diff() -> None:
    found = Difference("cell 1 shows another text", "a\nold\nc", "a\nnew\nmore\nc")
    assert diff_lines(found) == ["  a", "- old", "+ new", "+ more", "  c"]


def test_a_notebook_without_outputs_is_not_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["run", str(write(tmp_path / "n.ipynb", ("print(1)", [], []))), "--compare"]) == 0
    assert "note: It stores no outputs, so none were compared." in capsys.readouterr().out


def test_each_cell_has_its_own_tolerance(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(
        tmp_path / "n.ipynb",
        ("print(0.9123)", ["offbook:tolerance=1e-2"], ["0.9171\n"]),
        ("print(0.9123)", ["offbook:tolerance=1e-4"], ["0.9171\n"]),
        ("print(0.9123)", [], ["0.9171\n"]),
        ("print(12, 0.5)", ["offbook:tolerance=1"], ["13 0.5\n"]),
        ("print(0.5)", ["offbook:tolerance=some"], ["0.5\n"]),
    )
    assert run(["run", str(path), "--compare"]) == 1
    out = capsys.readouterr().out
    assert [line for line in out.splitlines() if line.startswith("  cell ")] == [
        "  cell 2 shows another text:",
        "  cell 3 shows another text:",
        "  cell 4 shows another text:",
    ]
    assert "The tag `offbook:tolerance=some` of cell 5 names no number from 0 to 1" in out
    (tmp_path / "offbook.toml").write_text("run.tolerance = 1e-2")
    run(["run", str(path), "--compare"])
    out = capsys.readouterr().out
    assert [line for line in out.splitlines() if line.startswith("  cell ")] == [
        "  cell 2 shows another text:",
        "  cell 4 shows another text:",
    ]
    (tmp_path / "offbook.toml").write_text("run.tolerance = -1")
    assert run(["run", str(path), "--compare"]) == 2
    assert "`tolerance` is a number from 0 to 1, not -1" in capsys.readouterr().err


def test_marks_of_nbval_are_honoured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(
        tmp_path / "n.ipynb",
        ("# NBVAL_SKIP\nraise SystemError", [], ["kept\n"]),
        ("import os\nos._exit(1)", ["nbval-skip"], []),
        ("# NBVAL_RAISES_EXCEPTION\n1 / 0", ["offbook:ignore-output"], []),
        ("1 / 0", ["nbval-raises-exception", "nbval-ignore-output"], []),
        ("# NBVAL_IGNORE_OUTPUT\nprint('new')", [], ["old\n"]),
        ("#NBVAL_CHECK_OUTPUT\nprint('new')", ["nbval-ignore-output"], ["old\n"]),
        ("print('ran')  # NBVAL_SKIP", [], ["ran\n"]),
    )
    assert run(["run", str(path), "--compare"]) == 1
    out = capsys.readouterr().out
    assert "note: Cells 1 and 2 are marked `NBVAL_SKIP`, so they did not run." in out
    assert [line for line in out.splitlines() if line.startswith("  cell ")] == ["  cell 6 shows another text:"]
    assert run(["run", str(path), "--compare", "--write"]) == 0
    assert json.loads(path.read_text(encoding="utf-8"))["cells"][0]["outputs"][0]["text"] == ["kept\n"]
    capsys.readouterr()
    assert run(["run", str(path)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("cached")
    assert "so they did not run" in out


def test_a_notebook_of_skipped_cells_is_skipped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["run", str(write(tmp_path / "n.ipynb", ("# NBVAL_SKIP\n1 / 0", [], [])))]) == 0
    assert "skipped: all of its cells are marked `NBVAL_SKIP`" in capsys.readouterr().out


def test_what_cannot_be_compared_does_not_keep_the_others_from_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = write(tmp_path / "a.ipynb", ("print(1)", [], ["1\n"]))
    second = write(tmp_path / "b.ipynb", ("print(1)", [], ["2\n"]))
    compare = offbook.app.outputs.compare_stored

    def break_down(notebook: Notebook, *others: Any) -> Comparison:
        if notebook.path.name == "a.ipynb":
            raise KeyError("data")
        return compare(notebook, *others)

    monkeypatch.setattr("offbook.app.outputs.compare_stored", break_down)
    assert run(["run", str(first), str(second), "--compare"]) == 1
    out = capsys.readouterr().out
    assert "but not compared\n  the outputs could not be compared: this is a bug of offbook: KeyError('data')" in out
    assert "b.ipynb: 1 cell shows something else than the file does" in out
