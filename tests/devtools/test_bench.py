import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from offbook.devtools.bench.__main__ import main


@pytest.mark.parametrize("name", ["check", "start", "keystroke", "memory"])
def test_a_folder_without_notebooks_is_named(tmp_path: Path, name: str) -> None:
    run = CliRunner().invoke(main, [name, str(tmp_path)])
    assert run.exit_code == 2
    assert f"there are no notebooks below `{tmp_path}`" in run.stderr


def test_too_few_cells_for_a_size_are_counted(tmp_path: Path) -> None:
    cell = {"cell_type": "code", "id": "c", "metadata": {}, "execution_count": None, "outputs": [], "source": "x = 1"}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "n.ipynb").write_text(json.dumps(notebook))
    run = CliRunner().invoke(main, ["keystroke", str(tmp_path), "--sizes", "100"])
    assert run.exit_code == 2
    assert "have 1 cells of Python code, and 100 are wanted" in run.stderr


@pytest.mark.parametrize("sizes", ["", "many", "100,", "100,3", "-5"])
def test_sizes_that_are_no_numbers_of_cells_are_refused(tmp_path: Path, sizes: str) -> None:
    run = CliRunner().invoke(main, ["keystroke", str(tmp_path), "--sizes", sizes])
    assert run.exit_code == 2
    assert "are not numbers of 7 and more" in run.stderr


@pytest.mark.parametrize("option", [("check", "--rounds"), ("start", "--rounds"), ("memory", "--count")])
def test_a_count_of_none_is_refused(tmp_path: Path, option: tuple[str, str]) -> None:
    run = CliRunner().invoke(main, [option[0], str(tmp_path), option[1], "0"])
    assert run.exit_code == 2
    assert "0 is not in the range" in run.stderr


def test_a_tool_that_the_peers_lack_is_named(tmp_path: Path) -> None:
    others = [part for name in ("papermill", "nbmake", "nbval") for part in ("--without", name)]
    run = CliRunner().invoke(main, ["runs", str(tmp_path), "--count", "1", "--rounds", "1", *others])
    assert run.exit_code == 2
    assert f"there is no `{tmp_path}/jupyter-execute`" in run.stderr
