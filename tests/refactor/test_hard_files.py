"""Refactorings of unusual files: what they do not touch keeps its bytes, and a fresh run shows the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from markdown_cases import run
from test_extract_module import ask

from offbook.analysis import analyze
from offbook.notebook import Notebook, NotebookFile
from offbook.project.project import Project
from offbook.refactor import Context, Plan, Refusal, find_refactoring

CODE = (
    "import math\nBIG = 9\n",
    "def area(r):\n    return math.pi * r * BIG\n",
    "x = area(2)\ny = x + 1\n",
    "print(x, y)\n",
)


def cell(source: str, **keys: Any) -> dict[str, Any]:
    rest = {} if "attachments" in keys else {"execution_count": None, "outputs": []}
    kind = "markdown" if "attachments" in keys else "code"
    return {"cell_type": kind, "metadata": {"tags": ["keep"]}, "source": source.splitlines(True), **rest, **keys}


def write(
    path: Path, cells: list[dict[str, Any]], minor: int = 5, newline: str = "\n", indent: int = 1
) -> NotebookFile:
    document = {"cells": cells, "metadata": {"kernelspec": {"name": "python3"}}, "nbformat": 4, "nbformat_minor": minor}
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document, indent=indent, ensure_ascii=False) + "\n"
    path.write_bytes(text.replace("\n", newline).encode())
    return NotebookFile.read(path)


def applied(file: NotebookFile, root: Path, id: str, options: dict[str, Any]) -> tuple[Plan, Notebook]:
    """Write what a refactoring plans to the files; return the plan, and the notebook as it is read again."""
    refactoring = find_refactoring(id)
    plan = refactoring.run(Context(analyze(file.notebook), Project(root)), refactoring.convert(options))
    assert isinstance(plan, Plan), plan
    path = file.notebook.path
    before = run(file.notebook, path.parent)
    assert "Error" not in before
    for written in plan.files:
        written.path.parent.mkdir(parents=True, exist_ok=True)
        written.path.write_text(written.after, encoding="utf-8", newline="")
    path.write_bytes(file.encode(plan.notebooks[0].changes))
    after = NotebookFile.read(path).notebook
    assert printed(after) == printed_of(before)
    return plan, after


def printed(notebook: Notebook) -> list[str]:
    return printed_of(run(notebook, notebook.path.parent))


def printed_of(shown: str) -> list[str]:
    """Return what is printed, without the numbers of the cells."""
    return [line for line in shown.splitlines() if not line.startswith("cell ")]


REFACTORINGS = ("extract.module", "extract.function")


def options(id: str, file: NotebookFile) -> dict[str, Any]:
    if id == "extract.module":
        return {"to": "helpers.py", "names": ("area",)}
    return {"cells": [file.notebook.cells[-2].id], "name": "step"}


@pytest.mark.parametrize("id", REFACTORINGS)
def test_pictures_in_text_keep_their_bytes(id: str, tmp_path: Path) -> None:
    picture = {"cat 🐈.png": {"image/png": "iVBORw0KGgo="}}
    text = cell("# Title\n![cat](attachment:cat 🐈.png)", id="text", attachments=picture)
    file = write(tmp_path / "n.ipynb", [text, *(cell(code, id=f"c{n}") for n, code in enumerate(CODE))])
    lines = file.notebook.path.read_text(encoding="utf-8").partition('"id": "text"')[0]
    _, after = applied(file, tmp_path, id, options(id, file))
    written = json.loads(after.path.read_text(encoding="utf-8"))
    assert written["cells"][0] == text
    assert after.path.read_text(encoding="utf-8").startswith(lines)
    assert after.cells[0] == file.notebook.cells[0]


@pytest.mark.parametrize("id", REFACTORINGS)
@pytest.mark.parametrize("ids", [["a"] * 4, ["a", "b", "a", "b"], [None] * 4, ["a", None, "a", None]])
def test_ids_that_repeat_or_miss(id: str, ids: list[str | None], tmp_path: Path) -> None:
    cells = [cell(code, **({"id": one} if one else {})) for one, code in zip(ids, CODE, strict=True)]
    file = write(tmp_path / "n.ipynb", cells, 5 if all(ids) else 4)
    _, after = applied(file, tmp_path, id, options(id, file))
    changed = [
        n
        for n, (old, new) in enumerate(zip(file.notebook.cells, after.cells, strict=False))
        if old.source != new.source
    ]
    assert changed
    if id == "extract.module":
        assert [old.source for old in file.notebook.cells[2:]] == [new.source for new in after.cells[2:]]


@pytest.mark.parametrize("id", REFACTORINGS)
@pytest.mark.parametrize("indent", [1, 2, 4])
def test_a_file_of_windows_keeps_its_line_ends(id: str, indent: int, tmp_path: Path) -> None:
    file = write(
        tmp_path / "n.ipynb", [cell(code, id=f"c{n}") for n, code in enumerate(CODE)], newline="\r\n", indent=indent
    )
    old = file.notebook.path.read_bytes()
    _, after = applied(file, tmp_path, id, options(id, file))
    new = after.path.read_bytes()
    assert new.count(b"\n") == new.count(b"\r\n")
    gone = set(old.split(b"\r\n")) - set(new.split(b"\r\n"))
    assert len(gone) < 6, "only the lines of changed cells differ"


@pytest.mark.parametrize("folder", ["notebooks", "notebooks/deep 1/é", "src/area"])
def test_a_notebook_in_a_folder_takes_a_module_beside_it_or_below(folder: str, tmp_path: Path) -> None:
    (tmp_path / "helpers.py").write_text("raise RuntimeError('another one')\n")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "helpers.py").write_text("raise RuntimeError('another one')\n")
    path = tmp_path / folder / "n.ipynb"
    file = write(path, [cell(code, id=f"c{n}") for n, code in enumerate(CODE)])
    plan, after = applied(file, tmp_path, "extract.module", {"to": f"{folder}/pkg/helpers.py", "names": ("area",)})
    assert [written.path.relative_to(path.parent).as_posix() for written in plan.files] == [
        "pkg/__init__.py",
        "pkg/helpers.py",
    ]
    assert after.cells[1].source == "from pkg.helpers import area\n"


@pytest.mark.parametrize("target", ["src/area/helpers.py", "helpers.py", "notebooks/../src/area/new.py"])
def test_a_package_that_the_kernel_would_not_find_is_refused(target: str, tmp_path: Path) -> None:
    (tmp_path / "src" / "area").mkdir(parents=True)
    (tmp_path / "src" / "area" / "__init__.py").write_text("")
    file = write(tmp_path / "notebooks" / "n.ipynb", [cell(code, id=f"c{n}") for n, code in enumerate(CODE)])
    refusal = ask(file.notebook, tmp_path, {"to": target, "names": ("area",)})
    assert isinstance(refusal, Refusal)
    assert "its kernel starts in `notebooks`" in refusal.reason


def test_a_repository_with_a_package_of_the_same_name(tmp_path: Path) -> None:
    package = tmp_path / "area" / "__init__.py"
    package.parent.mkdir()
    package.write_text("UNIT = 'm'\n")
    cells = [cell("import area as units\n", id="u"), *(cell(code, id=f"c{n}") for n, code in enumerate(CODE))]
    file = write(tmp_path / "n.ipynb", [*cells, cell("print(units.UNIT)\n", id="last")])
    refusal = ask(file.notebook, tmp_path, {"to": "area.py", "names": ("area",)})
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "the folder `area` has the same name as the module"
    _, after = applied(file, tmp_path, "extract.module", {"to": "area/round.py", "names": ("area",)})
    assert after.cells[2].source == "from area.round import area\n"
    assert package.read_text() == "UNIT = 'm'\n"
