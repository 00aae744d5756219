"""offbook in a real VS Code: code-server from npm, in a headless browser."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")
CODE_SERVER = ROOT / ".cache/code-server/node_modules/code-server/out/node/entry.js"
VSIX = ROOT / "vscode-client/offbook.vsix"

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.flaky(reruns=2)]


def drive(script: str) -> str:
    environment = {
        **os.environ,
        "OFFBOOK_NODE": str(node24()),
        "OFFBOOK_CODE_SERVER": str(needed(CODE_SERVER)),
        "OFFBOOK_VSIX": str(needed(VSIX)),
        "OFFBOOK_PYTHON": sys.executable,
        "OFFBOOK_EXAMPLES": str(ROOT / "examples"),
        "OFFBOOK_BROWSER": browser(),
        "OFFBOOK_PICTURES": str(ROOT / "docs/images") if os.environ.get("OFFBOOK_SCREENSHOTS") == "1" else "",
    }
    command = [str(node24()), str(ROOT / "tests/browser/vscode" / script)]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=540, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def node24() -> Path:
    names = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}
    name = f"node-{sys.platform}-{names.get(platform.machine().lower(), platform.machine())}"
    found = sorted((ROOT / ".cache/node24").glob(f"**/{name}/bin/node"))
    if not found:
        pytest.fail("Node 24 is missing: run `make .make/node24`")
    return found[0]


def browser() -> str:
    named = os.environ.get("OFFBOOK_BROWSER")
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        pytest.fail("Chrome or Chromium is missing: install one, or name it in OFFBOOK_BROWSER")
    return found


def needed(path: Path) -> Path:
    if not path.exists():
        pytest.fail(f"{path.relative_to(ROOT)} is missing: run `make test`, which builds it")
    return path


def test_the_whole_way_of_a_user() -> None:
    assert "the failing cell, with the reason" in drive("story.mjs")


def test_refactorings_and_fixes_of_many() -> None:
    assert "a rule ignored on a line" in drive("refactor.mjs")


def test_the_walkthrough() -> None:
    assert "a step is done" in drive("walkthrough.mjs")


def test_the_cell_graph_beside_the_notebook() -> None:
    assert "is extracted from the graph" in drive("graph.mjs")


def test_a_missing_server_is_one_clear_message() -> None:
    assert "the command that installs it" in drive("missing.mjs")


def test_a_server_that_dies_is_started_again() -> None:
    assert "started again" in drive("crash.mjs")


def test_notebooks_are_tests_and_are_mended_on_save() -> None:
    assert "compared with what the file shows" in drive("checks.mjs")


def test_what_the_next_commit_concerns() -> None:
    assert "has to run again" in drive("commit.mjs")
