from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from markdown_cases import run
from test_extract_module import ask

from offbook.notebook import Notebook, apply_changes
from offbook.notebook.percent import parse_percent
from offbook.refactor import Plan

NOTEBOOK = """
# %%
import math
import json
import os, sys
from functools import (
    reduce,
)
START = 1

# %%
def area(r):
    os.getcwd()
    return math.pi * reduce(max, [r, START]) * json.loads("2")

# %%
print(area(2), sys.version_info[0])
"""


def extract(root: Path, text: str, names: str = "area", **extras: bool) -> tuple[Notebook, Notebook, Plan]:
    before = parse_percent(text, root / "notebook.ipynb")
    plan = ask(before, root, {"to": "helpers.py", "names": (names,), **extras})
    assert isinstance(plan, Plan), plan
    return before, apply_changes(before, plan.notebooks[0].changes), plan


def write(plan: Plan) -> None:
    for file in plan.files:
        file.path.write_text(file.after, encoding="utf-8")


def test_imports_that_only_the_moved_code_used_go(tmp_path: Path) -> None:
    before, after, plan = extract(tmp_path, NOTEBOOK, tidy=True)
    assert after.cells[0].source == "import os, sys\nfrom helpers import START"
    assert "`import math` leaves the notebook, which uses it no more." in plan.summary
    expected = run(before, tmp_path)
    write(plan)
    assert run(after, tmp_path) == expected
    assert "Error" not in expected


def test_imports_stay_unless_asked(tmp_path: Path) -> None:
    _, after, _ = extract(tmp_path, NOTEBOOK)
    assert "import math" in after.cells[0].source


@pytest.mark.parametrize(
    "use",
    [
        "math.pi",
        "print(eval('math.e'))",
        "%timeit math.sqrt(2)",
        "# math is needed below",
        "print(len(dir()))",
        "%whos",
        "import math",
    ],
)
def test_an_import_stays_where_anything_may_use_it(use: str, tmp_path: Path) -> None:
    _, after, _ = extract(tmp_path, f"{NOTEBOOK}\n# %%\n{use}\n", tidy=True)
    assert "import math" in after.cells[0].source


@pytest.mark.parametrize(
    "line",
    ["import seaborn as math", "import math; x = 1", "import math  # the constants", "if 1:\n    import math"],
)
def test_an_import_with_effects_or_company_stays(line: str, tmp_path: Path) -> None:
    text = f"# %%\n{line}\nk = 1\n# %%\ndef area(r):\n    return math.pi * r\n# %%\nprint(1)\n"
    _, after, _ = extract(tmp_path, text, tidy=True)
    assert after.cells[0].source == f"{line}\nk = 1"


def test_the_only_statement_of_a_cell_stays(tmp_path: Path) -> None:
    text = "# %%\nimport math\n# %%\ndef area(r):\n    return math.pi * r\n"
    _, after, _ = extract(tmp_path, text, tidy=True)
    assert after.cells[0].source == "import math"


_IPYTHON = """
import sys
sys.path.insert(0, "")
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.colors = "NoColor"
for source in sys.argv[1:]:
    shell.run_cell(source).raise_error()
"""


def ipython(notebook: Notebook, root: Path, *more: str) -> str:
    sources = [cell.source for cell in notebook.cells]
    command = [sys.executable, "-c", _IPYTHON, *sources, *more]
    return subprocess.run(command, capture_output=True, text=True, cwd=root, timeout=60, check=True).stdout


def test_autoreload_brings_edits_of_the_module(tmp_path: Path) -> None:
    before, after, plan = extract(tmp_path, NOTEBOOK, autoreload=True)
    assert after.cells[0].source.endswith("\n%load_ext autoreload\n%autoreload 2\nfrom helpers import START")
    assert after.cells[1].source == "from helpers import area"
    expected = ipython(before, tmp_path)
    write(plan)
    assert ipython(after, tmp_path) == expected
    edit = (
        "import os; open('helpers.py', 'a').write('\\ndef area(r):\\n    return 77\\n')\n"
        "os.utime('helpers.py', (2e9, 2e9))"
    )
    assert "77" in ipython(after, tmp_path, edit, "print(area(2))")


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("%load_ext autoreload", "Cell 4 sets up `autoreload` already; it stays as it is."),
        (
            "%%writefile other.py\nx = 1",
            "`autoreload` is not added: cell 4 may write modules, which it would load again.",
        ),
    ],
)
def test_autoreload_is_not_added_where_it_would_change_something(cell: str, said: str, tmp_path: Path) -> None:
    _, after, plan = extract(tmp_path, f"{NOTEBOOK}\n# %%\n{cell}\n", autoreload=True)
    assert not any("%autoreload" in cell.source for cell in after.cells)
    assert said in plan.summary
