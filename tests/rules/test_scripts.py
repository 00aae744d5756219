"""The rules on what stands between a notebook and a script, while it is edited."""

import pytest
from msgspec.structs import replace

from offbook.analysis import analyze
from offbook.notebook import CellId
from offbook.notebook.percent import parse_percent
from offbook.rules import RuleSettings
from offbook.rules.checker import Checker, check

CODES = {"OB402", "OB403", "OB405", "OB409", "OB410", "OB411", "OB412"}
CLONE = "\n".join(
    f"{name} = prepare_{name}(source.rows, limit=3).sorted(key=lambda row: row.{name})" for name in "abcdef"
)
EDITS = [
    "from numpy import *",
    "linspace(0, rate)",
    "%run other.ipynb",
    "!ls",
    "def f(): return rate + np.pi",
    "rate = 2\nf()",
    "import numpy as np",
    "x = 1\nimport patsy",
    CLONE,
    "data = '/data/set/a.csv'",
    "pd.read_csv(data)",
    "",
    "linspace = 3",
    "name = input()",
    "input = 3",
]


@pytest.mark.parametrize("step", [1, 2, 4, 7])
def test_after_every_edit_the_findings_are_those_of_a_fresh_check(step: int) -> None:
    cells = parse_percent("".join(f"# %% id=c{number}\n{source}\n" for number, source in enumerate([*EDITS, CLONE])))
    settings = RuleSettings(enabled=CODES)
    checker, analysis = Checker(settings), analyze(cells)
    seen = {item.code for item in checker.check(analysis)}
    for number in range(2 * len(EDITS)):
        target = CellId(f"c{number * step % len(EDITS)}")
        source = EDITS[(number * (step + 1) + 3) % len(EDITS)]
        edited = [replace(cell, source=source) if cell.id == target else cell for cell in analysis.notebook.cells]
        if number % 5 == 4:
            edited = edited[2:] + edited[:2]
        analysis = analyze(replace(analysis.notebook, cells=tuple(edited)), analysis)
        found = checker.check(analysis)
        assert found == check(analysis, settings)
        seen |= {item.code for item in found}
    assert seen >= {"OB402", "OB403", "OB409", "OB410"}


def test_a_deeply_nested_clone_is_compared_quickly() -> None:
    deep = "".join(f"{'    ' * depth}if a{depth}.size > 3:\n" for depth in range(18)) + "    " * 18 + "work(1)\n"
    text = f"# %%\n{deep}# %%\n{deep}"
    assert [item.code for item in check(analyze(parse_percent(text)), RuleSettings(enabled={"OB403"}))] == ["OB403"]


def test_copies_are_proposed_to_become_one_function_where_two_stand_in_none() -> None:
    copies = f"# %% id=a\n{CLONE}\n# %% id=b\n{CLONE}"
    (found,) = [item for item in check(analyze(parse_percent(copies))) if item.code == "OB403"]
    assert found.proposal is not None
    assert (found.proposal.refactoring, found.proposal.options) == ("dedupe", {"cells": ["a", "b"]})
    inside = "\n".join(f"    {line}" for line in CLONE.splitlines())
    nested = f"# %% id=a\n{CLONE}\n# %% id=b\ndef f():\n{inside}"
    (found,) = [item for item in check(analyze(parse_percent(nested))) if item.code == "OB403"]
    assert found.proposal is None
