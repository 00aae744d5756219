"""Extract class: what changes, that a fresh run prints the same, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from markdown_cases import Case, read_cases, run
from test_extract_module import with_crlf

from offbook.analysis import analyze
from offbook.notebook import Notebook, apply_changes
from offbook.project.project import Project
from offbook.refactor import Context, Plan, Refusal, Selection, find_refactoring

PLANS = list(read_cases("class.md"))
REFUSALS = list(read_cases("class_refusals.md"))


def ask(notebook: Notebook, root: Path, options: dict[str, object]) -> Plan | Refusal:
    refactoring = find_refactoring("extract.class")
    return refactoring.run(Context(analyze(notebook), Project(root)), refactoring.convert(options))


def options_of(case: Case) -> dict[str, object]:
    words = dict(line.split(": ", 1) for line in case.parts["class"].strip().splitlines())
    lists = {name: tuple(words[name].split(", ")) for name in ("functions", "attributes") if name in words}
    return {**words, **lists}


def outputs(notebook: Notebook, folder: Path) -> str:
    """Return what a fresh run prints and shows, without the numbers of the cells."""
    return re.sub(r"^cell \d+\n", "", run(notebook, folder), flags=re.MULTILINE)


@pytest.mark.parametrize("case", PLANS, ids=lambda case: case.name)
def test_a_fresh_run_prints_the_same(case: Case, tmp_path: Path) -> None:
    notebook = case.notebook("before", tmp_path / "notebook.ipynb")
    plan = ask(notebook, tmp_path, options_of(case))
    assert isinstance(plan, Plan), plan
    assert plan.unsafe
    after = apply_changes(notebook, plan.notebooks[0].changes)
    expected = case.notebook("after", notebook.path)
    assert [cell.source for cell in after.cells] == [cell.source for cell in expected.cells]
    printed = outputs(notebook, tmp_path)
    assert "Error" not in printed
    assert printed
    assert outputs(after, tmp_path) == printed


@pytest.mark.parametrize("case", PLANS, ids=lambda case: case.name)
def test_lines_end_as_they_did(case: Case, tmp_path: Path) -> None:
    notebook = with_crlf(case.notebook("before", tmp_path / "notebook.ipynb"))
    plan = ask(notebook, tmp_path, options_of(case))
    assert isinstance(plan, Plan), plan
    after = apply_changes(notebook, plan.notebooks[0].changes)
    expected = with_crlf(case.notebook("after", notebook.path))
    assert [cell.source for cell in after.cells] == [cell.source for cell in expected.cells]


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.name)
def test_what_a_method_would_do_otherwise_is_refused(case: Case, tmp_path: Path) -> None:
    refusal = ask(case.notebook("before", tmp_path / "notebook.ipynb"), tmp_path, options_of(case))
    assert isinstance(refusal, Refusal), refusal
    assert case.parts["refused"].strip() in refusal.reason
    assert refusal.where is not None


def test_it_is_offered_where_functions_share_parameters(tmp_path: Path) -> None:
    notebook = PLANS[0].notebook("before", tmp_path / "notebook.ipynb")
    offer = find_refactoring("extract.class").offer
    context = Context(analyze(notebook), Project(tmp_path))
    definition = analyze(notebook).facts_of(notebook.cells[1].id).definitions[1]
    found = offer(context, Selection(notebook.cells[1].id, definition.span))
    assert found is not None
    assert found.options == {"functions": ["predict", "loss"]}
    assert offer(context, Selection(notebook.cells[0].id)) is None


def test_a_cell_that_only_held_functions_goes(tmp_path: Path) -> None:
    notebook = PLANS[1].notebook("before", tmp_path / "notebook.ipynb")
    plan = ask(notebook, tmp_path, options_of(PLANS[1]))
    assert isinstance(plan, Plan)
    assert plan.removed == (notebook.cells[1].id,)
