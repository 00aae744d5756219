from __future__ import annotations

import re
from pathlib import Path

import pytest
from markdown_cases import Case, run
from test_extract_module import cases, prepare, with_crlf

from offbook.analysis import analyze
from offbook.notebook import Cell, CellId, Notebook, apply_changes
from offbook.notebook.percent import parse_percent
from offbook.project.project import Project
from offbook.refactor import Context, Plan, Refusal, Selection, find_refactoring
from offbook.text import Span


def ask(notebook: Notebook, root: Path, options: dict[str, object]) -> Plan | Refusal:
    refactoring = find_refactoring("extract.function")
    return refactoring.run(Context(analyze(notebook), Project(root)), refactoring.convert(options))


def shown(notebook: Notebook, folder: Path) -> str:
    """Return what a fresh run prints and shows; cells may have become one."""
    return re.sub(r"^cell \d+\n", "", run(notebook, folder), flags=re.MULTILINE)


@pytest.mark.parametrize("case", cases("function_moves.md", "hard_function.md", refused=False))
def test_a_case_becomes_a_function_and_shows_the_same(case: Case, tmp_path: Path) -> None:
    notebook = prepare(case, tmp_path)
    plan = ask(notebook, tmp_path, case.function(notebook))
    assert isinstance(plan, Plan), plan
    assert plan.files == ()
    (change,) = plan.notebooks
    after = apply_changes(notebook, change.changes)
    expected = case.notebook("after", notebook.path)
    assert [(cell.kind, cell.source) for cell in after.cells] == [(cell.kind, cell.source) for cell in expected.cells]
    assert {new for _, new in plan.moved} <= {cell.id for cell in after.cells}
    before = shown(notebook, tmp_path)
    assert "Error" not in before
    assert shown(after, tmp_path) == before


@pytest.mark.parametrize("case", cases("function_refusals.md", "hard_function.md", refused=True))
def test_a_case_is_refused_with_its_place(case: Case, tmp_path: Path) -> None:
    notebook = prepare(case, tmp_path)
    refusal = ask(notebook, tmp_path, case.function(notebook))
    assert isinstance(refusal, Refusal), refusal
    reason, _, place = case.parts["refused"].strip().partition("\nat: ")
    assert reason in refusal.reason
    assert not refusal.reason.endswith(".")
    where = ""
    if refusal.where is not None:
        assert refusal.where.cell is not None
        where = f"cell {notebook.index(refusal.where.cell) + 1} line {refusal.where.span.start.line + 1}"
    assert where == place


@pytest.mark.parametrize("case", cases("function_moves.md", "hard_function.md", refused=False))
def test_lines_end_as_they_did(case: Case, tmp_path: Path) -> None:
    notebook = with_crlf(prepare(case, tmp_path))
    plan = ask(notebook, tmp_path, case.function(notebook))
    assert isinstance(plan, Plan), plan
    after = apply_changes(notebook, plan.notebooks[0].changes)
    expected = case.notebook("after", notebook.path)
    if any("\r\n" in cell.source for cell in notebook.cells):
        expected = with_crlf(expected)
    assert [cell.source for cell in after.cells] == [cell.source for cell in expected.cells]


def plan_of(notebook: Notebook, root: Path, **options: object) -> list[str]:
    plan = ask(notebook, root, options)
    assert isinstance(plan, Plan), plan
    return [cell.source for cell in apply_changes(notebook, plan.notebooks[0].changes).cells]


def test_chosen_cells_follow_one_another(tmp_path: Path) -> None:
    notebook = parse_percent("# %% id=a\nx = 1\n# %% id=b\nprint(x)\n# %% id=c\nprint(x + 1)", tmp_path / "n.ipynb")
    refusal = ask(notebook, tmp_path, {"cells": ["a", "c"]})
    assert isinstance(refusal, Refusal)
    assert (refusal.reason, refusal.where and refusal.where.cell) == ("cell 2 stands between the chosen cells", "b")
    refusal = ask(notebook, tmp_path, {})
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "nothing was chosen"


def test_what_a_shell_line_gives_is_passed(tmp_path: Path) -> None:
    notebook = parse_percent("# %% id=a\nfiles = !ls\nprint(len(files))", tmp_path / "n.ipynb")
    assert plan_of(notebook, tmp_path, cells=["a"], name="count") == [
        "def count(files):\n    print(len(files))",
        "files = !ls\ncount(files)",
    ]


def test_figures_are_shown_where_their_cell_ended(tmp_path: Path) -> None:
    text = (
        "# %%\nimport matplotlib.pyplot as plt\ndef draw():\n    plt.plot([0])\n# %% id=a\nx = 1\nprint(x)\n# %% id=b\n"
        "plt.plot([x])\n# %% id=c\ndraw()\n# %% id=d\nplt.plot([2]);\nplt.show()\n# %% id=e\nprint(2)\nplt.hist([x])"
    )
    notebook = parse_percent(text, tmp_path / "n.ipynb")
    assert plan_of(notebook, tmp_path, cells=["a", "b", "c", "d", "e"], name="steps")[1:] == [
        "%matplotlib inline\n\n\n"
        "def steps():\n    x = 1\n    print(x)\n\n    if (shown := plt.plot([x])) is not None:\n"
        "        display(shown)\n    plt.show()\n\n    draw()\n    plt.show()\n\n    plt.plot([2]);\n"
        "    plt.show()\n\n    print(2)\n    return plt.hist([x])",
        "steps()",
    ]


DRAWS = "# %% id=a\nframe = load()\nframe.hist()\n# %% id=b\nprint(1)\n# %% id=c\nframe.plot()"


@pytest.mark.parametrize(
    ("first", "last", "line"),
    [
        ("import seaborn as sns", "", "import matplotlib.pyplot as plt"),
        ("import matplotlib as mpl", "import matplotlib.pyplot as plt", "import matplotlib.pyplot as plt"),
        ("import pylab as plt", "", "from matplotlib import pyplot"),
        ("import pylab as plt", "pyplot = 1", "import matplotlib.pyplot as pyplot_2"),
        ("from helpers import *", "", "import matplotlib.pyplot as plt"),
    ],
)
def test_pyplot_is_imported_where_it_is_surely_there(first: str, last: str, line: str, tmp_path: Path) -> None:
    (tmp_path / "helpers.py").write_text("import seaborn\nload = None\n", encoding="utf-8")
    notebook = parse_percent(f"# %%\n{first}\n{DRAWS}\n# %%\n{last}", tmp_path / "n.ipynb")
    name = line.rsplit(maxsplit=1)[-1]
    assert plan_of(notebook, tmp_path, cells=["a", "b", "c"], name="draw")[1:3] == [
        f"%matplotlib inline\n{line}\n\n\n"
        "def draw():\n    frame = load()\n    if (shown := frame.hist()) is not None:\n        display(shown)\n"
        f"    {name}.show()\n\n    print(1)\n\n    return frame.plot()",
        "draw()",
    ]


@pytest.mark.parametrize(
    "first",
    [
        "import pandas as pd",
        "#\n# %% tags=raises-exception\nimport seaborn",
        "try:\n    import seaborn\nexcept ImportError:\n    pass",
        "from quiet import *",
    ],
)
def test_pyplot_is_not_imported_where_it_may_be_missing(first: str, tmp_path: Path) -> None:
    (tmp_path / "quiet.py").write_text("def load():\n    import seaborn\n", encoding="utf-8")
    notebook = parse_percent(f"# %%\n{first}\n{DRAWS}", tmp_path / "n.ipynb")
    refusal = ask(notebook, tmp_path, {"cells": ["a", "b", "c"]})
    assert isinstance(refusal, Refusal)
    assert refusal.reason.endswith(" may draw, and its figure would be drawn over by the next cells")


def test_names_come_from_the_heading_and_are_free(tmp_path: Path) -> None:
    text = "# %% [markdown]\n# ## 1. Load $x$\n# %% id=a\nx = 1\nprint(x)\n# %% id=b\nprint(x)\ncell_2 = step_2 = 0"
    notebook = parse_percent(text, tmp_path / "n.ipynb")
    assert plan_of(notebook, tmp_path, cells=["a"])[1].startswith("def step_2_2():\n    x = 1")
    notebook = parse_percent(text.replace(" $x$", " [the *data*](a.csv)"), tmp_path / "n.ipynb")
    assert plan_of(notebook, tmp_path, cells=["a"])[1].startswith('def load_the_data():\n    """Load the data."""')


def test_windows_line_ends_are_kept(tmp_path: Path) -> None:
    source = "x = 1\r\n# two\r\ny = '''a\r\nb'''\r\nprint(x, y)\r\nz = 2"
    notebook = Notebook(tmp_path / "n.ipynb", (Cell(CellId("a"), "code", source),))
    lines = {"cell": "a", "first": 0, "last": 4}
    [after] = plan_of(notebook, tmp_path, lines=lines, name="f")
    assert after == (
        "def f():\r\n    x = 1\r\n    # two\r\n    y = '''a\r\nb'''\r\n    print(x, y)\r\n\r\n\r\nf()\r\nz = 2"
    )


def test_a_selection_is_offered_where_it_can_be_extracted(tmp_path: Path) -> None:
    notebook = parse_percent("# %% id=a\nx = 1\nprint(x)\nexit()", tmp_path / "n.ipynb")
    context = Context(analyze(notebook), Project(tmp_path))
    offer = find_refactoring("extract.function").offer
    found = offer(context, Selection(CellId("a"), Span.of(0, 0, 2, 0)))
    assert found is not None
    assert found.options == {"lines": {"cell": "a", "first": 0, "last": 1}}
    assert offer(context, Selection(CellId("a"), Span.of(0, 0, 0, 5))) is None
    assert offer(context, Selection(CellId("a"), Span.of(1, 0, 2, 6))) is None
    assert offer(context, Selection(CellId("a"))) is None
