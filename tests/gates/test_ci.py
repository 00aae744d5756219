"""The action for GitHub, step by step as its runner would do it, and the workflows of the guide."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
EXPRESSION = re.compile(r"\$\{\{ inputs\.(\w+) \}\}")


def notebook(path: Path, source: str, shown: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    outputs = [{"output_type": "stream", "name": "stdout", "text": shown}] if shown else []
    cell = {"cell_type": "code", "execution_count": 1, "id": "c", "metadata": {}, "outputs": outputs, "source": source}
    document = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(document, indent=1), encoding="utf-8")


def begins(condition: str, inputs: dict[str, str], statuses: list[int]) -> bool:
    """Tell what GitHub would make of a step's condition, in the forms that the action uses."""
    holds = {
        "!cancelled()": True,
        "steps.look.outcome == 'success'": statuses[:1] == [0],
        **{f"inputs.{name} == 'true'": value == "true" for name, value in inputs.items()},
    }
    parts = condition.split(" && ") if condition else []
    return all(holds[part] for part in parts) and ("!cancelled()" in parts or not any(statuses))


def run_action(folder: Path, *, offbook: bool = True, **given: str) -> list[tuple[str, int, str]]:
    """Return the steps that run, each with its exit status and what it prints."""
    inputs = {name: given.get(name, value["default"]) for name, value in ACTION["inputs"].items()}
    assert not given.keys() - inputs.keys()
    commands = folder.parent / "commands"
    commands.mkdir(exist_ok=True)
    script = f"#!/bin/sh\nexec '{sys.executable}' -c 'from offbook.cli import main; main()' \"$@\"\n"
    if offbook:
        (commands / "offbook").write_text(script)
        (commands / "offbook").chmod(0o755)
    done = []
    for step in ACTION["runs"]["steps"]:
        if not begins(step.get("if", ""), inputs, [status for _, status, _ in done]):
            continue
        own = {name: EXPRESSION.sub(lambda found: inputs[found[1]], text) for name, text in step.get("env", {}).items()}
        assert "${{" not in step["run"], "an input that becomes part of a script may be a script"
        ran = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=folder,
            env={**os.environ, "PATH": f"{commands}{os.pathsep}/usr/bin{os.pathsep}/bin", **own},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        done.append((step["name"], ran.returncode, ran.stdout))
    return done


def test_the_action_checks_and_runs(tmp_path: Path) -> None:
    folder = tmp_path / "repository"
    notebook(folder / "my notebooks" / "good.ipynb", "value = 1\nprint(value)", "2\n")
    notebook(folder / "bad.ipynb", "1 / 0")
    found = run_action(folder, check="false")
    assert [(name, status) for name, status, _ in found] == [("Look for offbook", 0), ("Run", 1)]
    assert re.search(r"^::error file=bad\.ipynb,line=\d+.*ZeroDivisionError", found[1][2], re.MULTILINE)
    (folder / "bad.ipynb").unlink()
    found = run_action(folder, paths="my notebooks/good.ipynb\nmy notebooks\n", report="page.html", jobs="1")
    assert [(name, status) for name, status, _ in found] == [("Look for offbook", 0), ("Check", 0), ("Run", 0)]
    assert "good.ipynb" in (folder / "page.html").read_text(encoding="utf-8")
    assert [status for _, status, _ in run_action(folder, compare="true", check="false")] == [0, 1]


def test_findings_do_not_keep_notebooks_from_being_run(tmp_path: Path) -> None:
    folder = tmp_path / "repository"
    notebook(folder / "n.ipynb", "missing_name")
    found = run_action(folder)
    assert [status for _, status, _ in found] == [0, 1, 1]
    assert "OB102" in found[1][2] and "NameError" in found[2][2]


def test_an_environment_without_offbook_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "repository"
    folder.mkdir()
    ((name, status, said),) = run_action(folder, offbook=False)
    assert (name, status) == ("Look for offbook", 1) and "Install offbook" in said


BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_workflows_of_the_guide_are_yaml_and_name_the_inputs_of_the_action() -> None:
    blocks = [yaml.safe_load(text) for text in BLOCK.findall((ROOT / "docs" / "ci.md").read_text(encoding="utf-8"))]
    assert any("jobs" in block for block in blocks) and any("notebooks" in block for block in blocks)
    steps = [step for block in blocks if isinstance(block, list) for step in block]
    (own,) = [step["with"] for step in steps if "offbook" in step.get("uses", "")]
    assert own.keys() <= ACTION["inputs"].keys()
