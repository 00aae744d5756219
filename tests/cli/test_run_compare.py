from __future__ import annotations

import json
from pathlib import Path

import pytest

from offbook.cli.main import run


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
    assert "  cell 2 shows another text:\n    - 2.4\n    + 2.5\n" in out
    assert "  cell 3 shows something, and showed nothing before:\n    + 1\n" in out
    assert "cell 1 " not in out and "1 notebook: 1 differs" in out
    assert path.read_bytes() == before
    assert run(["run", str(path), "--compare", "--write", "--format", "json"]) == 0
    (notebook,) = json.loads(capsys.readouterr().out)["notebooks"]
    assert notebook["status"] == "differs"
    assert [found["cell"] for found in notebook["differences"]] == [1, 2]
    assert run(["run", str(path), "--compare"]) == 0


def test_a_notebook_without_outputs_is_not_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["run", str(write(tmp_path / "n.ipynb", ("print(1)", [], []))), "--compare"]) == 0
    assert "note: It stores no outputs, so none were compared." in capsys.readouterr().out
