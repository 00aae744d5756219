"""Notebooks that run another one (`%run`) use its names: what would change them is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from offbook.analysis import analyze
from offbook.notebook import Cell, CellId, Notebook
from offbook.project.project import Project
from offbook.refactor import Context, Plan, Refusal, find_refactoring

SOURCES = [
    "rate = 2",
    "def gross(net):\n    return net * rate\ndef netto(net):\n    return net / rate",
    "total = gross(3)\nlabel = str(total)",
    "def gross(net):\n    return -net",
    "print(gross(1), netto(1))",
]
OPTIONS: dict[str, dict[str, object]] = {
    "add.parameter": {"function": "netto", "variables": ["rate"]},
    "rename.definition": {"name": "gross", "cell": "3"},
    "extract.class": {"functions": ["netto"], "attributes": ["rate"]},
    "extract.function": {"cells": ["2"], "name": "work"},
}
USED = {"add.parameter": "netto", "rename.definition": "gross", "extract.class": "netto"}
USED |= {"extract.function": "label"}


def ask(name: str, root: Path, other: list[str]) -> Plan | Refusal:
    cells = [
        {"cell_type": "code", "metadata": {}, "source": text, "outputs": [], "execution_count": None} for text in other
    ]
    (root / "report.ipynb").write_text(
        json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}), encoding="utf-8"
    )
    notebook = Notebook(
        root / "prices-2.ipynb", tuple(Cell(CellId(str(number)), "code", text) for number, text in enumerate(SOURCES))
    )
    refactoring = find_refactoring(name)
    return refactoring.run(Context(analyze(notebook), Project(root)), refactoring.convert(OPTIONS[name]))


@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize("running", ["%run prices-2.ipynb", "get_ipython().run_line_magic('run', 'prices-2.ipynb')"])
def test_a_name_that_another_notebook_uses_stays(name: str, running: str, tmp_path: Path) -> None:
    found = ask(name, tmp_path, [running, f"print(1)\nprint({USED[name]})"])
    assert isinstance(found, Refusal), found
    assert f"`report.ipynb` runs this notebook, and uses its `{USED[name]}`" in found.reason
    assert found.where is not None
    assert (found.where.path, found.where.span.start.line) == (tmp_path / "report.ipynb", 1)


@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize(
    "other",
    [["%run prices-2.ipynb", "print(2)"], ["%run prices.ipynb", "gross, netto, label"], ["gross, netto, label"]],
)
def test_other_notebooks_do_not_matter(name: str, other: list[str], tmp_path: Path) -> None:
    assert isinstance(found := ask(name, tmp_path, other), Plan), found
