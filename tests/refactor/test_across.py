"""Definitions that several notebooks hold: the plan on the disk, and every notebook run before and after it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from markdown_cases import Case, read_cases, run

from offbook.app.apply import apply_plan
from offbook.app.plan import FilePlan, changed_files, plan_file
from offbook.errors import UserError
from offbook.notebook import Notebook, NotebookFile
from offbook.notebook.percent import parse_percent
from offbook.project.project import Project
from offbook.refactor import Plan, Refusal

CASES = list(read_cases("across.md"))


def write_notebook(path: Path, text: str) -> None:
    save_notebook(path, [cell.source for cell in parse_percent(text, path).cells])


def save_notebook(path: Path, sources: Sequence[str]) -> None:
    cells = [
        {"cell_type": "code", "execution_count": None, "id": f"{path.stem}-{number}", "metadata": {}, "outputs": [],
         "source": source.splitlines(keepends=True)}
        for number, source in enumerate(sources)
    ]  # fmt: skip
    content = {"cells": cells, "nbformat_minor": 5, "metadata": {"own": 1}, "nbformat": 4}
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content, indent=3), encoding="utf-8")


def prepare(case: Case, root: Path) -> None:
    for name, text in case.files.items():
        if name.endswith(".ipynb"):
            write_notebook(root / name, text)
        else:
            (root / name).write_text(text, encoding="utf-8")


def given(case: Case) -> dict[str, object]:
    return dict(line.split(": ", 1) for line in case.parts.get("options", "").strip().splitlines())


def read(root: Path) -> dict[str, Notebook]:
    return {
        path.relative_to(root).as_posix(): NotebookFile.read(path).notebook for path in sorted(root.rglob("*.ipynb"))
    }


def shown(root: Path) -> dict[str, str]:
    return {name: run(notebook, (root / name).parent) for name, notebook in read(root).items()}


def sources(notebook: Notebook) -> list[str]:
    return [cell.source for cell in notebook.cells]


def ask(root: Path, refactoring: str = "dedupe", **options: object) -> FilePlan:
    return plan_file(refactoring, root / "a.ipynb", options, root)


@pytest.mark.parametrize("case", [case for case in CASES if "refused" not in case.parts], ids=lambda case: case.name)
def test_notebooks_share_one_definition_and_show_the_same(case: Case, tmp_path: Path) -> None:
    prepare(case, tmp_path)
    before = shown(tmp_path)
    assert not any("Error" in text for text in before.values()), before
    planned = ask(tmp_path, across=True, **given(case))
    plan = planned.result
    assert isinstance(plan, Plan), plan
    for words, part in ((" keeps its own ", "kept"), (" stay: ", "stay")):
        told = [sentence for sentence in plan.summary if words in sentence]
        assert told == case.parts.get(part, "").strip().splitlines()
    texts = {name: (tmp_path / name).read_bytes() for name in before}
    apply_plan(plan, tmp_path, planned.files)
    for name, notebook in read(tmp_path).items():
        if name in case.parts:
            assert sources(notebook) == sources(parse_percent(case.parts[name], tmp_path / name)), name
        else:
            assert (tmp_path / name).read_bytes() == texts[name]
    written = {file.path.name for file in plan.files}
    assert written == {name for name in case.parts if name.endswith(".py")}
    for name in written:
        assert (tmp_path / name).read_text(encoding="utf-8") == case.parts[name]
    assert shown(tmp_path) == before


@pytest.mark.parametrize("case", [case for case in CASES if "refused" in case.parts], ids=lambda case: case.name)
def test_it_is_refused(case: Case, tmp_path: Path) -> None:
    prepare(case, tmp_path)
    refusal = ask(tmp_path, across=True).result
    assert isinstance(refusal, Refusal), refusal
    assert refusal.reason == case.parts["refused"].strip()


AREA = "# %%\nimport math\n\n# %%\ndef area(r):\n    return math.pi * r ** 2\n\n# %%\nprint(area({0}))"
IMPORTED = ["import math", "from steps import area"]


def test_extract_module_takes_the_others_along(tmp_path: Path) -> None:
    for number, name in enumerate("abc"):
        write_notebook(tmp_path / f"{name}.ipynb", AREA.format(number))
    before = shown(tmp_path)
    alone = ask(tmp_path, "extract.module", names=["area"], to="steps.py").result
    assert isinstance(alone, Plan)
    assert [change.path.name for change in alone.notebooks] == ["a.ipynb"]
    assert alone.summary[-1] == (
        "`b.ipynb` and `c.ipynb` hold `area` too: with `--others`, they import from the module as well."
    )
    planned = ask(tmp_path, "extract.module", names=["area"], to="steps.py", others=True)
    assert isinstance(planned.result, Plan)
    assert planned.result.summary[-2:] == ("`b.ipynb` imports `area`.", "`c.ipynb` imports `area`.")
    apply_plan(planned.result, tmp_path, planned.files)
    for notebook in read(tmp_path).values():
        assert sources(notebook)[:2] == IMPORTED
    assert shown(tmp_path) == before


def test_a_later_notebook_joins_the_module(tmp_path: Path) -> None:
    write_notebook(tmp_path / "b.ipynb", AREA.format(1))
    write_notebook(tmp_path / "a.ipynb", AREA.format(2))
    (tmp_path / "steps.py").write_text("import math\n\n\ndef area(r):\n    return math.pi * r ** 2\n", encoding="utf-8")
    planned = ask(tmp_path, across=True, to="steps.py")
    assert isinstance(planned.result, Plan)
    assert planned.result.files == ()
    assert [change.path.name for change in planned.result.notebooks] == ["a.ipynb", "b.ipynb"]


def test_cells_that_stay_keep_their_bytes(tmp_path: Path) -> None:
    write_notebook(tmp_path / "a.ipynb", AREA.format(1))
    path = tmp_path / "b.ipynb"
    write_notebook(path, AREA.format("2, # café" + "\n"))
    text = path.read_text(encoding="utf-8").replace('"metadata": {}', '"metadata":   { }')
    path.write_text(text, encoding="utf-8", newline="")
    planned = ask(tmp_path, across=True)
    assert isinstance(planned.result, Plan)
    apply_plan(planned.result, tmp_path, planned.files)
    after = path.read_text(encoding="utf-8")
    old = json.dumps(["def area(r):\n", "    return math.pi * r ** 2"], indent=3).replace("\n", "\n         ")
    new = json.dumps(["from utils import area"], indent=3).replace("\n", "\n         ")
    assert old in text
    assert after == text.replace(old, new)


def test_nothing_is_written_where_another_notebook_has_changed(tmp_path: Path) -> None:
    for name in "ab":
        write_notebook(tmp_path / f"{name}.ipynb", AREA.format(1))
    planned = ask(tmp_path, across=True)
    assert isinstance(planned.result, Plan)
    write_notebook(tmp_path / "b.ipynb", AREA.format(2))
    held = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(UserError, match=r"b\.ipynb has changed since"):
        apply_plan(planned.result, tmp_path, planned.files)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == held


def test_a_file_that_changes_while_the_plan_is_made_is_told(tmp_path: Path) -> None:
    path = tmp_path / "b.ipynb"
    write_notebook(path, AREA.format(1))
    project = Project(tmp_path)
    assert {item.notebook.path for item in project.notebooks_defining(["area"])} == {path}
    assert set(changed_files([path], project)) == {path}
    write_notebook(path, AREA.format(22))
    with pytest.raises(UserError, match=r"b\.ipynb has changed while the plan was made"):
        changed_files([path], project)
