from __future__ import annotations

import re
from pathlib import Path

import pytest
from markdown_cases import Case, read_cases, run

from offbook.analysis import analyze
from offbook.notebook import Cell, CellId, InsertCell, Notebook, apply_changes
from offbook.notebook.percent import parse_percent
from offbook.project.project import Project
from offbook.refactor import Context, Plan, Refusal, Selection, find_refactoring
from offbook.text import Span

CASES = list(read_cases("dedupe.md"))


def ask(notebook: Notebook, root: Path, **options: object) -> Plan | Refusal:
    refactoring = find_refactoring("dedupe")
    return refactoring.run(Context(analyze(notebook), Project(root)), refactoring.convert(options))


def given(case: Case) -> dict[str, object]:
    return dict(line.split(": ", 1) for line in case.parts.get("options", "").strip().splitlines())


def shown(notebook: Notebook, folder: Path) -> str:
    return re.sub(r"^cell \d+\n", "", run(notebook, folder), flags=re.MULTILINE)


def prepare(case: Case, root: Path) -> Notebook:
    for name, text in case.files.items():
        (root / name).write_text(text, encoding="utf-8")
    return case.notebook("notebook", root / "notebook.ipynb")


@pytest.mark.parametrize("case", [case for case in CASES if "refused" not in case.parts], ids=lambda case: case.name)
def test_copies_become_calls_and_show_the_same(case: Case, tmp_path: Path) -> None:
    notebook = prepare(case, tmp_path)
    plan = ask(notebook, tmp_path, **given(case))
    assert isinstance(plan, Plan), plan
    (change,) = plan.notebooks
    after = apply_changes(notebook, change.changes)
    expected = case.notebook("after", notebook.path)
    assert [cell.source for cell in after.cells] == [cell.source for cell in expected.cells]
    stays = [sentence for sentence in plan.summary if " stay: " in sentence]
    assert stays == case.parts["stays"].strip().splitlines()
    before = shown(notebook, tmp_path)
    assert "Error" not in before
    for file in plan.files:
        assert file.after == case.parts[file.path.name]
        file.path.write_text(file.after, encoding="utf-8")
    assert [file.path.name for file in plan.files] == [name for name in case.parts if name == "utils.py"]
    assert shown(after, tmp_path) == before


@pytest.mark.parametrize("case", [case for case in CASES if "refused" in case.parts], ids=lambda case: case.name)
def test_it_is_refused_with_its_place(case: Case, tmp_path: Path) -> None:
    notebook = prepare(case, tmp_path)
    refusal = ask(notebook, tmp_path)
    assert isinstance(refusal, Refusal), refusal
    reason, _, place = case.parts["refused"].strip().partition("\nat: ")
    assert reason in refusal.reason
    where = refusal.where
    assert place == (f"cell {notebook.index(where.cell) + 1} line {where.span.start.line + 1}" if where else "")


BODY = "a = [{0}, 2]\na.append({0})\na.sort(reverse=True)\nb = [str(value).upper() for value in sorted(a)]{1}\n"
BODY += "a[0] += len(b[0].strip()) + len(a[:2]) - 1\nc = max(a) + len(b)\nprint(a, c)"


def sources(plan: Plan | Refusal, notebook: Notebook) -> list[str]:
    assert isinstance(plan, Plan), plan
    return [cell.source for cell in apply_changes(notebook, plan.notebooks[0].changes).cells]


def test_windows_line_ends_are_kept_and_lost_comments_are_told(tmp_path: Path) -> None:
    texts = [
        BODY.format(1, "  # one").replace("\n", "\r\n"),
        BODY.format(3, "  # three").replace("\n", "\r\n") + "\r\n",
    ]
    cells = tuple(Cell(CellId(name), "code", text) for name, text in zip("ab", texts, strict=True))
    notebook = Notebook(tmp_path / "n.ipynb", cells)
    plan = ask(notebook, tmp_path, name="spread")
    new, first, second = sources(plan, notebook)
    assert new == (
        "def spread(a_value):\r\n    a = [a_value, 2]\r\n    a.append(a_value)\r\n    a.sort(reverse=True)\r\n"
        "    b = [str(value).upper() for value in sorted(a)]  # one\r\n"
        "    a[0] += len(b[0].strip()) + len(a[:2]) - 1\r\n    c = max(a) + len(b)\r\n    print(a, c)"
    )
    assert (first, second) == ("spread(a_value=1)", "spread(a_value=3)\r\n")
    assert isinstance(plan, Plan)
    assert plan.warnings == ("The comment `# three` of cell 2 goes.",)
    assert isinstance(plan.notebooks[0].changes[-1], InsertCell)


def test_only_copies_of_chosen_cells_become_calls(tmp_path: Path) -> None:
    other = "d = {'k': 1}\nd.update(k=2)\ne = sorted(d.items())\nd['z'] = e[0][1] + len(e[:1])\ne.reverse()\n"
    other += "f = [len(key) + value for key, value in d.items()]\nprint(f, e)"
    text = "# %%\n".join(["", *(f"{BODY.format(n, '')}\n" for n in "12"), *(f"{other}\n" for _ in "12")])
    notebook = parse_percent(text, tmp_path / "n.ipynb")
    cells = [cell.id for cell in notebook.cells]
    calls = ["shared_step(a_value=1)", "shared_step(a_value=2)"]
    first = sources(ask(notebook, tmp_path, cells=cells[:1]), notebook)
    assert [source.partition("\n")[0] for source in first[1:]] == [*calls, "d = {'k': 1}", "d = {'k': 1}"]
    both = sources(ask(notebook, tmp_path), notebook)
    assert both[1:3] + both[4:] == [*calls, "shared_step_2()", "shared_step_2()"]


def test_a_name_in_use_is_refused(tmp_path: Path) -> None:
    notebook = parse_percent(f"{BODY.format(1, '')}\n# %%\n{BODY.format(2, '')}", tmp_path / "n.ipynb")
    refusal = ask(notebook, tmp_path, name="a")
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "the name `a` is in use already"


def test_it_is_offered_where_a_part_of_a_copy_is_selected(tmp_path: Path) -> None:
    text = f"# %%\nx = 1\n{BODY.format(1, '')}\n# %%\n{BODY.format(2, '')}\n# %%\nprint(x)"
    notebook = parse_percent(text, tmp_path / "n.ipynb")
    context = Context(analyze(notebook), Project(tmp_path))
    offer = find_refactoring("dedupe").offer
    first, _, third = (cell.id for cell in notebook.cells)
    found = offer(context, Selection(first, Span.of(3, 0, 4, 2)))
    assert found is not None
    assert found.options == {"cells": [first]}
    assert offer(context, Selection(first, Span.of(0, 0, 0, 3))) is None
    assert offer(context, Selection(first)) is None
    assert offer(context, Selection(third, Span.of(0, 0, 0, 3))) is None
