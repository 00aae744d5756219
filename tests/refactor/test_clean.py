from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from markdown_cases import Case, read_cases, run

from offbook.analysis import analyze
from offbook.notebook import DeleteCell, Notebook, NotebookFile, TrimOutputs, apply_changes, mask
from offbook.project.project import Project
from offbook.refactor import Context, Plan, Refusal, Selection, find_refactoring

CASES = list(read_cases("clean.md"))


def ask(notebook: Notebook, root: Path, **options: object) -> Plan | Refusal:
    refactoring = find_refactoring("clean")
    return refactoring.run(Context(analyze(notebook), Project(root)), refactoring.convert(options))


def shown(notebook: Notebook, folder: Path) -> dict[str, str]:
    """Return what each code cell shows in a fresh run."""
    parts = re.split(r"^cell \d+$", run(notebook, folder), flags=re.MULTILINE)[1:]
    cells = [cell.id for cell in notebook.cells if cell.kind == "code"]
    return dict(zip(cells, parts, strict=False))


def named(case: Case, part: str) -> list[str]:
    return re.findall(r"\w+", case.parts.get(part, ""))


@pytest.mark.parametrize("case", [case for case in CASES if "refused" not in case.parts], ids=lambda case: case.name)
def test_what_goes_is_missed_by_no_other_cell(case: Case, tmp_path: Path) -> None:
    notebook = case.notebook("notebook", tmp_path / "notebook.ipynb")
    plan = ask(notebook, tmp_path)
    assert isinstance(plan, Plan), plan
    (change,) = plan.notebooks
    gone = [item.cell for item in change.changes if isinstance(item, DeleteCell)]
    assert gone == named(case, "gone") == list(plan.removed)
    assert [item.cell for item in change.changes if isinstance(item, TrimOutputs)] == named(case, "trimmed")
    for line in case.parts.get("stays", "").strip().splitlines():
        cell, _, why = line.partition(": ")
        assert any(warning.startswith(cell) and why in warning for warning in plan.warnings), plan.warnings
    before = shown(notebook, tmp_path)
    after = shown(apply_changes(notebook, change.changes), tmp_path)
    assert after == {cell: text for cell, text in before.items() if cell not in gone}


@pytest.mark.parametrize("case", [case for case in CASES if "refused" in case.parts], ids=lambda case: case.name)
def test_what_another_cell_needs_stays(case: Case, tmp_path: Path) -> None:
    refusal = ask(case.notebook("notebook", tmp_path / "notebook.ipynb"), tmp_path)
    assert isinstance(refusal, Refusal), refusal
    assert case.parts["refused"].strip() in refusal.reason


def test_only_chosen_cells_are_cleaned(tmp_path: Path) -> None:
    notebook = CASES[0].notebook("notebook", tmp_path / "notebook.ipynb")
    plan = ask(notebook, tmp_path, cells=["shape", "load"])
    assert isinstance(plan, Plan)
    assert plan.removed == ("shape",)
    assert plan.summary == ("Cell 2 goes: it only looks at `df`.",)


def test_it_is_offered_in_a_cell_that_would_go(tmp_path: Path) -> None:
    notebook = CASES[0].notebook("notebook", tmp_path / "notebook.ipynb")
    context = Context(analyze(notebook), Project(tmp_path))
    offers = {cell.id: find_refactoring("clean").offer(context, Selection(cell.id)) for cell in notebook.cells}
    assert [cell for cell, found in offers.items() if found is not None] == ["shape", "types", "missing", "counts"]


def test_a_cell_that_has_warned_stays_and_other_bytes_too(tmp_path: Path) -> None:
    def cell(source: str, name: str | None = None) -> dict[str, object]:
        text = [{"output_type": "stream", "name": name, "text": ["x\n"]}] if name else []
        return {"cell_type": "code", "execution_count": 1, "metadata": {"é": 1}, "outputs": text, "source": source}

    cells = [cell("x = [1]\r\nprint('🎭')"), cell("len(x)", "stderr"), cell("len(x)", "stdout"), cell("x.append(2)")]
    text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}, indent=1)
    path = tmp_path / "notebook.ipynb"
    path.write_text(text, encoding="utf-8")
    file = NotebookFile.read(path)
    plan = ask(file.notebook, tmp_path)
    assert isinstance(plan, Plan)
    assert plan.warnings == ("Cell 2 stays: it has shown an error or a warning.",)
    del cells[2]
    expected = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}, indent=1)
    assert file.render(plan.notebooks[0].changes) == expected


def test_notebooks_of_other_languages_and_old_formats_are_refused(tmp_path: Path) -> None:
    cells = CASES[0].notebook("notebook", tmp_path / "n.ipynb").cells
    for notebook, reason in [
        (Notebook(tmp_path / "n.ipynb", cells, language="r"), "the notebook is written in r"),
        (Notebook(tmp_path / "n.ipynb", cells, format=(3, 0)), "old nbformat 3"),
    ]:
        refusal = ask(notebook, tmp_path)
        assert isinstance(refusal, Refusal)
        assert reason in refusal.reason


def test_the_cases_hold_magics_only_where_they_are_meant() -> None:
    magics = {
        case.name for case in CASES for cell in case.notebook("notebook", Path("n")).cells if mask(cell.source).magics
    }
    assert magics == {"measurements of time go", "an iterator that is used up stays"}
