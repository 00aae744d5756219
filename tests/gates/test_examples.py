from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from offbook.cli.main import run

EXPECTED = {
    "coffee_sales.ipynb": {"OB103": 1, "OB201": 1, "OB202": 1, "OB301": 4, "OB407": 1},
    "hidden_state.ipynb": {"OB101": 1, "OB102": 1, "OB103": 1, "OB301": 1},
}


@pytest.mark.parametrize("name", EXPECTED)
def test_examples_show_what_they_are_for(name: str, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--format", "json", str(root / "examples" / name)]) == 1
    found = json.loads(capsys.readouterr().out)["diagnostics"]
    assert Counter(finding["code"] for finding in found) == EXPECTED[name]


def test_every_example_is_expected(root: Path) -> None:
    assert {path.name for path in (root / "examples").glob("*.ipynb")} == set(EXPECTED)
