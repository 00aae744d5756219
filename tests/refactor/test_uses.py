"""Add parameter and rename definition: what changes, and that a fresh run prints the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from markdown_cases import Case, read_cases, run

from offbook.analysis import analyze
from offbook.notebook import Notebook, apply_changes
from offbook.notebook.percent import parse_percent
from offbook.project.project import Project
from offbook.refactor import Context, Plan, Refusal, find_refactoring
from offbook.rules.checker import check

CASES = [(kind, case) for kind in ("parameter", "rename") for case in read_cases(f"{kind}.md")]
IDS = {"parameter": "add.parameter", "rename": "rename.definition"}


def ask(refactoring: str, notebook: Notebook, root: Path, options: dict[str, object]) -> Plan | Refusal:
    known = find_refactoring(refactoring)
    return known.run(Context(analyze(notebook), Project(root)), known.convert(options))


def options_of(kind: str, case: Case) -> dict[str, object]:
    words: dict[str, object] = dict(line.split(": ", 1) for line in case.parts[kind].strip().splitlines())
    if kind == "parameter":
        return {**words, "variables": str(words["variables"]).split(", ")}
    return {**words, "cell": "second"}


@pytest.mark.parametrize(("kind", "case"), CASES, ids=[case.name for _, case in CASES])
def test_a_fresh_run_prints_the_same(kind: str, case: Case, tmp_path: Path) -> None:
    notebook = case.notebook("before", tmp_path / "notebook.ipynb")
    result = ask(IDS[kind], notebook, tmp_path, options_of(kind, case))
    if "refused" in case.parts:
        assert isinstance(result, Refusal), result
        assert case.parts["refused"].strip() in result.reason
        return
    assert isinstance(result, Plan), result
    after = apply_changes(notebook, result.notebooks[0].changes)
    expected = case.notebook("after", notebook.path)
    assert [cell.source for cell in after.cells] == [cell.source for cell in expected.cells]
    printed = run(notebook, tmp_path)
    assert "Error" not in printed
    assert run(after, tmp_path) == printed


def test_what_the_rules_propose_removes_their_findings(tmp_path: Path) -> None:
    planned = dict.fromkeys(IDS, 0)
    for kind, case in CASES:
        code = {"parameter": "OB405", "rename": "OB106"}[kind]
        notebook = parse_percent(case.parts["before"], tmp_path / "notebook.ipynb")
        found = [item for item in check(analyze(notebook)) if item.code == code]
        for item in found:
            if item.proposal is None:
                continue
            result = ask(item.proposal.refactoring, notebook, tmp_path, dict(item.proposal.options))
            if isinstance(result, Plan):
                after = apply_changes(notebook, result.notebooks[0].changes)
                left = [other.message for other in check(analyze(after)) if other.code == code]
                assert item.message not in left
                planned[kind] += 1
    assert all(planned.values()), planned
