import json
import re
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from offbook.devtools.bench.__main__ import main
from offbook.devtools.bench.further import time_cells
from offbook.devtools.bench.runs import write_notebooks
from offbook.devtools.bench.timing import time_command


@pytest.mark.parametrize("name", ["check", "start", "keystroke", "memory", "navigation"])
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


def test_what_a_further_notebook_costs_is_told_from_what_its_cells_take(tmp_path: Path) -> None:
    execute = Path(sys.executable).with_name("jupyter-execute")
    (name,) = write_notebooks(tmp_path, 1, "import time; time.sleep(0.7)")
    before = (tmp_path / name).read_bytes()
    assert 0.7 < time_cells(execute, tmp_path, name) < 30
    assert (tmp_path / name).read_bytes() == before
    options = ["--count", "1", "--rounds", "1", "--jobs", "1"]
    run = CliRunner().invoke(main, ["further", str(execute.parent), *options])
    assert run.exit_code == 0, run.output
    found = re.findall(r"(-?\d+) ms", run.output)
    assert len(found) == 4
    cells, wall, _, beyond = map(int, found)
    assert abs(wall - cells - beyond) <= 1


def test_jupyter_cache_is_asked_for(tmp_path: Path) -> None:
    run = CliRunner().invoke(main, ["receipts", str(tmp_path)])
    assert run.exit_code == 2
    assert f"there is no `{tmp_path}/jcache`" in run.stderr


FAKE = """#!{python}
import pathlib, sys
log, tool = pathlib.Path(sys.argv[3]).with_name("ran"), sys.argv[-1]
if tool == "execute":
    known = pathlib.Path(sys.argv[3])
    seen = known.read_text() if known.exists() else ""
    now = "".join(path.read_text() for path in sorted(pathlib.Path().glob("*.ipynb")))
    known.write_text(now)
    if now != seen:
        with log.open("a") as file:
            file.write("x" * len(list(pathlib.Path().glob("*.ipynb"))))
"""


def test_who_runs_notebooks_again_is_counted(tmp_path: Path) -> None:
    """Beside a tool that looks at all bytes of the notebooks, and at nothing else."""
    fake = tmp_path / "jcache"
    fake.write_text(FAKE.format(python=sys.executable))
    fake.chmod(0o755)
    run = CliRunner().invoke(main, ["receipts", str(tmp_path), "--count", "2", "--rounds", "1"])
    assert run.exit_code == 0, run.output
    counts = {line[:34].strip(): line[34:].split() for line in run.output.splitlines()[6:]}
    assert counts == {
        "nothing": ["0", "0"],
        "outputs": ["0", "2"],
        "a tag of a cell": ["0", "2"],
        "text above a cell": ["0", "2"],
        "a data file's date": ["0", "0"],
        "a data file": ["2", "0"],
        "a module": ["2", "0"],
        "code": ["2", "2"],
    }


def test_a_command_that_fails_is_not_timed() -> None:
    wall, used = time_command((sys.executable, "-c", "raise SystemExit(1)"))
    assert wall > 0
    assert used > 0
    with pytest.raises(click.ClickException, match=r"ends with status 3: out of order"):
        time_command((sys.executable, "-c", "import sys; print('out of order'); sys.exit(3)"))


def write(path: Path, text: str) -> str:
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


def test_notebooks_that_cannot_be_read_or_end_a_peer_are_left_out(tmp_path: Path) -> None:
    cell = {"cell_type": "code", "id": "c", "metadata": {}, "execution_count": None, "outputs": [], "source": "x = y"}
    sound = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for name, text in (("a", sound), ("b", "{"), ("c", sound)):
        write(folder / f"{name}.ipynb", text)
    peer = write(tmp_path / "pynblint", '#!/bin/sh\ncase "$1" in *c.ipynb) exit 1;; esac\n')
    options = ["--rounds", "1", "--nbqa", str(tmp_path / "none"), "--pynblint", peer]
    run = CliRunner().invoke(main, ["check", str(folder), *options])
    assert run.exit_code == 0, run.output
    lines = run.output.splitlines()
    assert lines[0] == f"left out, as they cannot be read: 1 notebooks ({folder / 'b.ipynb'}, ...)"
    assert lines[1].startswith("2 notebooks, ")
    assert lines[-3] == f"nbqa flake8: left out, there is no command `{tmp_path / 'none'}`"
    assert lines[-2].startswith("pynblint, 1 notebooks one by one: ")
    assert lines[-1] == f"pynblint: it fails on 1 notebooks, which are left out ({folder / 'c.ipynb'}, ...)"


def test_a_folder_of_unreadable_notebooks_is_told(tmp_path: Path) -> None:
    write(tmp_path / "a.ipynb", "{")
    run = CliRunner().invoke(main, ["check", str(tmp_path)])
    assert run.exit_code == 2
    assert f"no notebook below `{tmp_path}` can be read" in run.output


def test_definitions_and_references_are_asked_for_in_a_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OFFBOOK_CACHE_DIR", str(tmp_path / "elsewhere"))
    sources = ("import steps\nx = steps.load()", "y = x + 1\nprint(x, y)")
    cells = [
        {"cell_type": "code", "id": f"c{n}", "metadata": {}, "execution_count": None, "outputs": [], "source": source}
        for n, source in enumerate(sources)
    ]
    folder = tmp_path / "work"
    folder.mkdir()
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "n.ipynb").write_text(json.dumps(notebook))
    (folder / "steps.py").write_text("def load():\n    return 1\n")
    run = CliRunner().invoke(main, ["navigation", str(folder), "--asked", "4"])
    assert run.exit_code == 0, run.output
    assert "1 notebooks and 1 modules" in run.output
    for what in (
        r"indexed anew: +\d",
        r"indexed again: +\d",
        r"definition +median +\d.*4 of 4",
        r"references +median +\d",
    ):
        assert re.search(what, run.output), run.output
    for source in cells:
        source["source"] = "1 + 1"
    (folder / "n.ipynb").write_text(json.dumps(notebook))
    run = CliRunner().invoke(main, ["navigation", str(folder)])
    assert run.exit_code == 2
    assert "reads a name that it binds" in run.output
