from __future__ import annotations

from pathlib import Path

import pytest
from markdown_cases import run
from msgspec.structs import replace
from test_extract_module import ask

from offbook.analysis import analyze
from offbook.notebook import Cell, CellId, Notebook, apply_changes
from offbook.notebook.percent import parse_percent
from offbook.project.project import Project
from offbook.refactor import Context, Plan, Refusal, find_refactoring

NOTEBOOK = """
# %%
import math

def area(r):
    return math.pi * r * r

# %% id=vars
scale = 2
def scaled(x):
    return scale * x
scale = 3

# %% id=two
def half(x):
    return x / 2
def quarter(x):
    return half(half(x))
print(area(1), scaled(1), quarter(8))
"""


def notebook(root: Path, text: str = NOTEBOOK) -> Notebook:
    return parse_percent(text, root / "notebook.ipynb")


def changed(plan: Plan | Refusal, before: Notebook) -> Notebook:
    assert isinstance(plan, Plan), plan
    return apply_changes(before, plan.notebooks[0].changes)


def test_everything_that_can_moves_and_the_rest_is_explained(tmp_path: Path) -> None:
    before = notebook(tmp_path)
    plan = ask(before, tmp_path, {"to": "helpers.py", "everything": True, "parameters": False})
    after = changed(plan, before)
    assert isinstance(plan, Plan)
    assert [line for cell in after.cells for line in cell.source.splitlines() if line.startswith(("from", "def"))] == [
        "from helpers import area",
        "def scaled(x):",
        "from helpers import half, quarter",
    ]
    assert plan.warnings == (
        "`scaled` stays in the notebook: `scaled` reads the notebook's `scale`, which is no constant: "
        "it is bound more than once (cell 2) (cell 2, line 3).",
    )
    assert plan.title == "Extract `area`, `half` and `quarter` to `helpers.py`"


def test_everything_makes_variables_parameters(tmp_path: Path) -> None:
    before = notebook(tmp_path)
    plan = ask(before, tmp_path, {"to": "helpers.py", "everything": True})
    assert isinstance(plan, Plan)
    assert "def scaled(x, scale):\n    return scale * x\n" in plan.files[-1].after
    assert "scaled(1, scale=scale)" in changed(plan, before).cells[2].source
    assert not plan.warnings
    assert "`scaled` takes `scale`; 1 call passes it." in plan.summary


def test_everything_starts_behind_late_imports_where_that_moves_more(tmp_path: Path) -> None:
    (tmp_path / "local.py").write_text("def g(x):\n    return x\n")
    late = "def a(x):\n    return local.g(x)\ndef b(x):\n    return local.g(x)"
    text = f"# %%\ndef early(x):\n    return x\n# %%\nimport local\n# %%\n{late}"
    plan = ask(notebook(tmp_path, text), tmp_path, {"to": "helpers.py", "everything": True})
    assert isinstance(plan, Plan)
    assert "def a" in plan.files[-1].after and "def b" in plan.files[-1].after and "early" not in plan.files[-1].after
    assert len(plan.warnings) == 1
    assert plan.warnings[0].startswith("`early` stays in the notebook: `early` stands before imports")


def test_everything_leaves_out_what_the_notebook_looks_at(tmp_path: Path) -> None:
    text = "# %%\ndef f(x):\n    return x\ndef g(x):\n    return x\nclass A:\n    pass\n# %%\nhelp(f)\nA()"
    plan = ask(notebook(tmp_path, text), tmp_path, {"to": "helpers.py", "everything": True})
    assert isinstance(plan, Plan)
    assert plan.title == "Extract `g` to `helpers.py`"
    assert [warning.partition(":")[0] for warning in plan.warnings] == [
        "`f` stays in the notebook",
        "`A` stays in the notebook",
    ]


def test_cells_choose_their_definitions(tmp_path: Path) -> None:
    before = notebook(tmp_path)
    after = changed(ask(before, tmp_path, {"to": "helpers.py", "cells": ["two"]}), before)
    assert after.cell(CellId("two")).source.splitlines()[0] == "from helpers import half, quarter"
    assert after.cell(CellId("vars")) == before.cell(CellId("vars"))


def test_nothing_chosen_is_refused(tmp_path: Path) -> None:
    refusal = ask(notebook(tmp_path, "# %% id=a\nx = 1"), tmp_path, {"to": "helpers.py", "cells": ["a"]})
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "no function or class was chosen"
    refusal = ask(notebook(tmp_path, "# %% id=a\nx = 1"), tmp_path, {"to": "helpers.py", "everything": True})
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "the notebook defines no function or class at the top level of a cell"


def test_a_notebook_in_a_folder_needs_the_module_there_or_below(tmp_path: Path) -> None:
    folder = tmp_path / "notebooks"
    refusal = ask(notebook(folder), tmp_path, {"to": "helpers.py", "names": ["area"]})
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "the notebook could not import `helpers.py`: its kernel starts in `notebooks`"
    assert refusal.advice == (
        "Choose a module in that folder or below it, such as `notebooks/helpers.py`, or write "
        '`import sys; sys.path.append("..")` in the first cell.'
    )
    plan = ask(notebook(folder), tmp_path, {"to": "notebooks/lib/helpers.py", "names": ["area"]})
    assert isinstance(plan, Plan)
    assert [file.path.relative_to(tmp_path).as_posix() for file in plan.files] == [
        "notebooks/lib/__init__.py",
        "notebooks/lib/helpers.py",
    ]
    assert "from lib.helpers import area" in apply_changes(notebook(folder), plan.notebooks[0].changes).cells[0].source


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"language": "r"}, "written in r, not in Python"), ({"format": (3, 0)}, "the old nbformat 3")],
)
def test_other_languages_and_old_formats_are_refused(change: dict[str, object], reason: str, tmp_path: Path) -> None:
    refusal = ask(replace(notebook(tmp_path), **change), tmp_path, {"to": "helpers.py", "names": ["area"]})
    assert isinstance(refusal, Refusal)
    assert reason in refusal.reason


def test_windows_line_ends_go_to_the_module_and_stay_in_the_notebook(tmp_path: Path) -> None:
    source = 'def f(x):\r\n    """Two\r\n    lines."""\r\n    return x + \\\r\n        1\r\n\r\nprint(f(1))\r\n'
    before = Notebook(tmp_path / "notebook.ipynb", (Cell(CellId("a"), "code", source),))
    plan = ask(before, tmp_path, {"to": "helpers.py", "names": ["f"]})
    assert isinstance(plan, Plan)
    assert apply_changes(before, plan.notebooks[0].changes).cells[0].source == (
        "from helpers import f\r\n\r\nprint(f(1))\r\n"
    )
    module = plan.files[0].after
    assert module.count("\r\n") == module.count("\n") == 8
    extended = Project(tmp_path, {tmp_path / "helpers.py": "# only a comment\r\n"})
    refactoring = find_refactoring("extract.module")
    plan = refactoring.run(
        Context(analyze(before), extended), refactoring.convert({"to": "helpers.py", "names": ["f"]})
    )
    assert isinstance(plan, Plan)
    assert plan.files[0].before == "# only a comment\r\n"
    assert plan.files[0].after.startswith("# only a comment\r\n\r\n\r\ndef f(x):\r\n")


def test_a_byte_order_mark_and_a_missing_last_line_end_survive(tmp_path: Path) -> None:
    (tmp_path / "helpers.py").write_bytes("\ufeffX = 1".encode())
    plan = ask(notebook(tmp_path), tmp_path, {"to": "helpers.py", "names": ["half"]})
    assert isinstance(plan, Plan)
    assert plan.files[0].before == "\ufeffX = 1"
    assert plan.files[0].after == "\ufeffX = 1\n\n\ndef half(x):\n    return x / 2\n"


def test_pickled_classes_and_listed_files_are_warned_of(tmp_path: Path) -> None:
    definition = "class A:\n    def __repr__(self):\n        return 'A'"
    text = f"# %%\nimport pickle, os\n{definition}\n# %%\npickle.dumps(A())\nos.listdir()"
    plan = ask(notebook(tmp_path, text), tmp_path, {"to": "helpers.py", "names": ["A"]})
    assert isinstance(plan, Plan)
    assert plan.warnings == (
        "Cell 2 may pickle `A` (`pickle.dumps`): new pickles will name `helpers` instead of `__main__`; "
        "old ones still load in this notebook.",
        "Cell 2 lists files; `helpers.py` may be among them now.",
    )


def test_the_summary_says_what_comes_along(tmp_path: Path) -> None:
    plan = ask(notebook(tmp_path), tmp_path, {"to": "pkg/helpers.py", "names": ["quarter", "area"]})
    assert isinstance(plan, Plan)
    assert plan.summary == (
        "`area` moves from cell 1 to `helpers.py`.",
        "`half` and `quarter` move from cell 3 to `helpers.py`.",
        "`half` comes along, since the code needs it.",
        "`helpers.py` is created, with `import math`.",
        "`pkg/__init__.py` makes the folder a package.",
    )


def test_the_same_plan_twice_is_the_same(tmp_path: Path) -> None:
    options: dict[str, object] = {"to": "helpers.py", "everything": True}
    assert ask(notebook(tmp_path), tmp_path, options) == ask(notebook(tmp_path), tmp_path, options)


def test_a_second_extraction_extends_the_module(tmp_path: Path) -> None:
    first = notebook(tmp_path)
    output = run(first, tmp_path)
    plan = ask(first, tmp_path, {"to": "helpers.py", "names": ["half"]})
    second = changed(plan, first)
    assert isinstance(plan, Plan)
    (tmp_path / "helpers.py").write_text(plan.files[0].after)
    plan = ask(second, tmp_path, {"to": "helpers.py", "names": ["quarter"]})
    third = changed(plan, second)
    assert isinstance(plan, Plan)
    assert plan.files[0].after.endswith("def quarter(x):\n    return half(half(x))\n")
    assert "import half" not in plan.files[0].after
    (tmp_path / "helpers.py").write_text(plan.files[0].after)
    assert run(third, tmp_path) == output
