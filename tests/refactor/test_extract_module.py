from __future__ import annotations

from pathlib import Path

import pytest
from markdown_cases import Case, read_cases, run
from msgspec.structs import replace

from offbook.analysis import analyze
from offbook.notebook import Notebook, apply_changes
from offbook.notebook.percent import parse_percent
from offbook.project.project import Project
from offbook.refactor import Context, Plan, Refusal, find_refactoring

PLANS = (
    *("moves.md", "hard_module.md", "hard_definitions.md", "module_parameters.md", "versions.md", "state.md"),
    *("constants.md", "guards.md", "bases.md"),
)
REFUSALS = ("refusals.md", "existing.md", "held.md", *PLANS[1:])


def ask(notebook: Notebook, root: Path, options: dict[str, object]) -> Plan | Refusal:
    refactoring = find_refactoring("extract.module")
    return refactoring.run(Context(analyze(notebook), Project(root)), refactoring.convert(options))


def cases(*names: str, refused: bool) -> list[object]:
    found = [case for name in names for case in read_cases(name) if ("refused" in case.parts) is refused]
    assert found
    return [pytest.param(case, id=case.name) for case in found]


def prepare(case: Case, root: Path) -> Notebook:
    for name, text in case.files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    folder = root / case.words.get("in", "")
    folder.mkdir(exist_ok=True)
    return case.notebook("notebook", folder / "notebook.ipynb")


def with_crlf(notebook: Notebook) -> Notebook:
    """Return the notebook as an editor of Windows may have saved it."""
    cells = (replace(cell, source=cell.source.replace("\n", "\r\n")) for cell in notebook.cells)
    return replace(notebook, cells=tuple(cells))


@pytest.mark.parametrize("case", cases(*PLANS, "existing.md", "held.md", refused=False))
def test_a_case_moves_and_prints_the_same(case: Case, tmp_path: Path) -> None:
    notebook = prepare(case, tmp_path)
    plan = ask(notebook, tmp_path, case.options)
    assert isinstance(plan, Plan), plan
    (change,) = plan.notebooks
    after = apply_changes(notebook, change.changes)
    expected = case.notebook("after", notebook.path)
    assert [cell.source for cell in after.cells] == [cell.source for cell in expected.cells]
    assert [cell.id for cell in after.cells] == [cell.id for cell in notebook.cells]
    written = {file.path.relative_to(tmp_path).as_posix(): file for file in plan.files}
    assert {name: file.after for name, file in written.items()} == {
        name: case.parts[name] for name in case.parts if name.endswith(".py")
    }
    folder = notebook.path.parent
    before = run(notebook, folder)
    for file in plan.files:
        assert file.before == (file.path.read_text(encoding="utf-8") if file.path.exists() else None)
        file.path.parent.mkdir(parents=True, exist_ok=True)
        file.path.write_text(file.after, encoding="utf-8")
    assert run(after, folder) == before


@pytest.mark.parametrize("case", cases(*PLANS, refused=False))
def test_lines_end_as_they_did(case: Case, tmp_path: Path) -> None:
    notebook = with_crlf(prepare(case, tmp_path))
    plan = ask(notebook, tmp_path, case.options)
    assert isinstance(plan, Plan), plan
    after = apply_changes(notebook, plan.notebooks[0].changes)
    expected = with_crlf(case.notebook("after", notebook.path))
    assert [cell.source for cell in after.cells] == [cell.source for cell in expected.cells]
    written = {file.path.relative_to(tmp_path).as_posix(): file.after for file in plan.files}
    assert {name: text.replace("\r\n", "\n") for name, text in written.items()} == {
        name: case.parts[name] for name in case.parts if name.endswith(".py")
    }
    assert all(text.count("\r\n") == text.count("\n") for text in written.values())


@pytest.mark.parametrize("case", cases(*REFUSALS, refused=True))
def test_a_case_is_refused_with_its_place(case: Case, tmp_path: Path) -> None:
    notebook = prepare(case, tmp_path)
    refusal = ask(notebook, tmp_path, case.options)
    assert isinstance(refusal, Refusal), refusal
    reason, _, place = case.parts["refused"].strip().partition("\nat:")
    assert reason in refusal.reason
    assert not refusal.reason.endswith(".")
    where = ""
    if refusal.where is not None:
        cell = refusal.where.cell
        where = f"cell {notebook.index(cell) + 1}" if cell is not None else refusal.where.path.name
        where = f"{where} line {refusal.where.span.start.line + 1}"
    assert where == place.strip()


def test_lost_comments_are_told(tmp_path: Path) -> None:
    (tmp_path / "helpers.py").write_text("def half(x):\n    return x / 2\n", encoding="utf-8")
    text = "# %%\n# stays\ndef half(x):\n    return x / 2  # goes\n\n# %%\nprint(half(3))"
    plan = ask(parse_percent(text, tmp_path / "n.ipynb"), tmp_path, {"names": ("half",), "to": "helpers.py"})
    assert isinstance(plan, Plan), plan
    assert plan.files == ()
    assert plan.warnings == ("The comment `# goes` of cell 1 goes.",)
    assert plan.summary == ("`helpers.py` has `half` of cell 1 already: the notebook imports it.",)
