"""Another editor: the language server in a real Neovim, with nothing but Neovim's own client."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

STEPS = """\
TOKEN = "ghp_a8Zk3LmQ9xW2vB7nC5tR1yU6iO4pEsDfGhJk"


def scale(value):
    \"\"\"Return twice the value.\"\"\"
    return 2 * value


print(scale(2))
"""
NOTEBOOK = """{
 "cells": [
  {"cell_type": "code", "execution_count": null, "id": "a", "metadata": {}, "outputs": [],
   "source": [
    "from steps import scale\\n",
    "scale(21)"
   ]}
 ],
   "metadata": {}, "nbformat": 4, "nbformat_minor": 5
}
"""


def drive(folder: Path) -> dict[str, Any]:
    nvim = shutil.which("nvim")
    if nvim is None:
        pytest.fail("Neovim is missing: install it, or run `make test`, which does")
    answers = folder / ".answers"
    environment = {
        **os.environ,
        "OFFBOOK_SERVER": json.dumps([sys.executable, "-m", "offbook", "lsp"]),
        "OFFBOOK_ANSWERS": str(answers),
        "XDG_STATE_HOME": str(folder / ".state"),
        "XDG_CACHE_HOME": str(folder / ".cache"),
    }
    script = Path(__file__).with_name("neovim.lua")
    run = [nvim, "--headless", "--clean", "-n", "-c", f"luafile {script}"]
    done = subprocess.run(run, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert answers.exists(), f"{done.stdout}\n{done.stderr}"
    told: dict[str, Any] = json.loads(answers.read_text())
    assert "problem" not in told, told["problem"]
    return told


def test_the_story_in_neovim(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "trips"\n')
    (tmp_path / "steps.py").write_text(STEPS)
    (tmp_path / "report.ipynb").write_text(NOTEBOOK)
    told = drive(tmp_path)
    assert told["finding"] == {"code": "OB602", "line": 1}
    assert told["fixed"][:2] == ["import os", 'TOKEN = os.environ["TOKEN"]']
    assert "def scale(value)" in told["hover"] and "Return twice the value." in told["hover"]
    assert told["references"] == 3  # the definition, its call, and the notebook, of which Neovim knows no cells
    assert "def enlarge(value):" in (tmp_path / "steps.py").read_text()
    assert (tmp_path / "report.ipynb").read_text() == NOTEBOOK.replace("scale", "enlarge")
