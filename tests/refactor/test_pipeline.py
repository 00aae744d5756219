"""Pipeline: what changes, that a fresh run prints the same, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from markdown_cases import Case, read_cases, run

from offbook.analysis import analyze
from offbook.notebook import Notebook, apply_changes
from offbook.project.project import Project
from offbook.refactor import Context, Plan, Refusal, Selection, find_refactoring
from offbook.rules.checker import check

CASES = [*read_cases("pipeline.md"), *read_cases("pipeline_refusals.md")]
PLANS = [case for case in CASES if "after" in case.parts]
REFUSALS = [case for case in CASES if "refused" in case.parts]


def ask(notebook: Notebook, root: Path) -> Plan | Refusal:
    refactoring = find_refactoring("pipeline")
    return refactoring.run(Context(analyze(notebook), Project(root)), refactoring.convert({"cell": "b"}))


def outputs(notebook: Notebook, folder: Path) -> str:
    """Return what a fresh run prints and shows, without the numbers of the cells."""
    return re.sub(r"^cell \d+\n", "", run(notebook, folder), flags=re.MULTILINE)


@pytest.mark.parametrize("case", PLANS, ids=lambda case: case.name)
def test_a_fresh_run_prints_the_same(case: Case, tmp_path: Path) -> None:
    notebook = case.notebook("before", tmp_path / "notebook.ipynb")
    plan = ask(notebook, tmp_path)
    assert isinstance(plan, Plan), plan
    after = apply_changes(notebook, plan.notebooks[0].changes)
    expected = case.notebook("after", notebook.path)
    assert [(cell.id, cell.source) for cell in after.cells] == [(cell.id, cell.source) for cell in expected.cells]
    printed = outputs(notebook, tmp_path)
    assert "Error" not in printed
    assert outputs(after, tmp_path) == printed


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.name)
def test_what_other_code_would_notice_is_refused(case: Case, tmp_path: Path) -> None:
    refusal = ask(case.notebook("before", tmp_path / "notebook.ipynb"), tmp_path)
    assert isinstance(refusal, Refusal), refusal
    assert case.parts["refused"].strip() in refusal.reason
    assert refusal.where is not None


def test_it_is_offered_where_it_can_be_made(tmp_path: Path) -> None:
    offer = find_refactoring("pipeline").offer
    for case in CASES:
        notebook = case.notebook("before", tmp_path / "notebook.ipynb")
        context = Context(analyze(notebook), Project(tmp_path))
        offered = {cell.id for cell in notebook.cells if offer(context, Selection(cell.id)) is not None}
        assert offered == ({"b"} if case in PLANS else set()), case.name


@pytest.mark.parametrize("case", PLANS[:3], ids=lambda case: case.name)
def test_the_rule_proposes_it_and_is_satisfied(case: Case, tmp_path: Path) -> None:
    notebook = case.notebook("before", tmp_path / "notebook.ipynb")
    found = [item for item in check(analyze(notebook)) if item.code == "OB504"]
    proposals = [item.proposal for item in found]
    assert [(item.refactoring, item.options) for item in proposals if item] == [("pipeline", {"cell": "b"})]
    assert not [item for item in check(analyze(case.notebook("after", notebook.path))) if item.code == "OB504"]


def test_a_cell_that_is_gone_is_refused(tmp_path: Path) -> None:
    notebook = PLANS[0].notebook("before", tmp_path / "notebook.ipynb")
    kept = Notebook(notebook.path, tuple(cell for cell in notebook.cells if cell.id != "b"))
    refusal = ask(kept, tmp_path)
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "the cell is no code cell of this notebook"
