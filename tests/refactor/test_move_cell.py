from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from markdown_cases import Case, read_cases, run

from offbook.analysis import analyze
from offbook.notebook import CellId, MoveCell, Notebook, NotebookFile, apply_changes
from offbook.project.project import Project
from offbook.refactor import Context, Plan, Refusal, Selection, find_refactoring

CASES = list(read_cases("move.md"))


def ask(notebook: Notebook, root: Path, **options: object) -> Plan | Refusal:
    refactoring = find_refactoring("move.cell")
    return refactoring.run(Context(analyze(notebook), Project(root)), refactoring.convert(options))


def sources_alone(notebook: Notebook, order: list[str]) -> Notebook:
    return Notebook(notebook.path, tuple(notebook.cell(CellId(cell)) for cell in order))


@pytest.mark.parametrize("case", [case for case in CASES if "refused" not in case.parts], ids=lambda case: case.name)
def test_a_fresh_run_gives_what_the_intended_order_gave(case: Case, tmp_path: Path) -> None:
    notebook = case.notebook("notebook", tmp_path / "notebook.ipynb")
    assert "NameError" in run(notebook, tmp_path)
    plan = ask(notebook, tmp_path, cell="late", above="use")
    assert isinstance(plan, Plan), plan
    after = apply_changes(notebook, plan.notebooks[0].changes)
    assert [cell.id for cell in after.cells] == re.findall(r"\w+", case.parts["order"])
    assert sorted(cell.source for cell in after.cells) == sorted(cell.source for cell in notebook.cells)
    assert "Error" not in run(after, tmp_path)
    assert ask(notebook, tmp_path, cell="late") == plan


@pytest.mark.parametrize("case", [case for case in CASES if "refused" in case.parts], ids=lambda case: case.name)
def test_what_another_cell_would_notice_is_refused(case: Case, tmp_path: Path) -> None:
    refusal = ask(case.notebook("notebook", tmp_path / "notebook.ipynb"), tmp_path, cell="late", above="use")
    assert isinstance(refusal, Refusal), refusal
    assert case.parts["refused"].strip() in refusal.reason
    assert refusal.where is not None and refusal.where.cell == "late"


def test_it_is_offered_where_the_cell_can_go_up(tmp_path: Path) -> None:
    offer = find_refactoring("move.cell").offer
    for case in CASES:
        notebook = case.notebook("notebook", tmp_path / "notebook.ipynb")
        found = offer(Context(analyze(notebook), Project(tmp_path)), Selection(CellId("late")))
        ups = case.parts.get("order", "").find("late") < case.parts.get("order", "").find("name")
        assert (found is not None) == ("order" in case.parts and (ups or "name" not in case.parts["order"])), case.name


def test_a_moved_cell_keeps_its_bytes(tmp_path: Path) -> None:
    def cell(source: str, **more: object) -> dict[str, object]:
        return {"cell_type": "code", "execution_count": 1, "metadata": more, "outputs": [], "source": source}

    cells = [cell("print(x)\r\n"), cell("y = 1"), cell("x = '🎭'", deletable=False)]
    path = tmp_path / "n.ipynb"

    def write(order: list[int]) -> str:
        found = {"cells": [cells[at] for at in order], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
        return json.dumps(found, indent=1, ensure_ascii=False)

    path.write_text(write([0, 1, 2]), encoding="utf-8")
    file = NotebookFile.read(path)
    first, second, third = (found.id for found in file.notebook.cells)
    assert file.render([MoveCell(third, None)]) == write([2, 0, 1])
    assert file.render([MoveCell(first, third)]) == write([1, 2, 0])
    assert file.render([MoveCell(first, second)]) == write([1, 0, 2])
    for change in (MoveCell(third, None), MoveCell(first, third), MoveCell(first, second)):
        again = NotebookFile.parse(file.encode([change]), path).notebook
        assert [found.source for found in again.cells] == [
            found.source for found in apply_changes(file.notebook, [change]).cells
        ]


@pytest.mark.parametrize(("cell", "reason"), [("use", "no earlier code cell reads"), ("gone", "is no code cell")])
def test_there_must_be_something_to_move(cell: str, reason: str, tmp_path: Path) -> None:
    refusal = ask(CASES[0].notebook("notebook", tmp_path / "notebook.ipynb"), tmp_path, cell=cell)
    assert isinstance(refusal, Refusal)
    assert reason in refusal.reason
