from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def demo(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder that the demo worked in, and what it printed."""
    folder = tmp_path_factory.mktemp("demo")
    result = subprocess.run(
        [str(root / ".ci" / "demo")],
        env=os.environ | {"OFFBOOK_DEMO": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return folder, result.stdout + result.stderr


def test_demo_checks_and_runs(demo: tuple[Path, str]) -> None:
    _folder, text = demo
    for code in ("OB101", "OB102", "OB103", "OB201", "OB202", "OB301"):
        assert code in text
    assert "ran from top to bottom in a fresh kernel" in text


def test_demo_extracts_a_module_and_verifies_it(demo: tuple[Path, str]) -> None:
    folder, text = demo
    module = (folder / "demo" / "coffee.py").read_text(encoding="utf-8")
    assert {line for line in module.splitlines() if line.startswith(("def ", "class "))} == {
        "def parse_price(text):",
        "def clean(sales):",
        "def add_calendar(sales):",
        "def net(gross):",
        "def add_turnover(sales):",
        "class DemandModel:",
    }
    assert "Same results before and after" in text


def test_demo_commits_what_runs_and_refuses_what_does_not(demo: tuple[Path, str]) -> None:
    folder, text = demo
    log = subprocess.run(["git", "log", "--format=%s"], cwd=folder / "demo", capture_output=True, text=True, check=True)
    assert log.stdout.splitlines() == ["The functions are in coffee.py", "Coffee sales"]
    assert "Cell 4 reads `threshold`, which only cell 6 binds" in text
