"""SARIF beside its whole schema: TypeScript's types, which are made from the schema of SARIF 2.1.0."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from offbook.cli.main import run

pytestmark = pytest.mark.slow


@pytest.fixture
def holds(tmp_path: Path, root: Path) -> Any:
    """Return what a compiler says of documents that should be SARIF; nothing is right."""

    def holds(*documents: Any) -> list[str]:
        compiler = root / "node_modules" / "typescript" / "bin" / "tsc"
        types = root / "node_modules" / "@types" / "sarif" / "index.d.ts"
        assert compiler.is_file() and types.is_file(), "packages of npm are missing: run `make test`"
        for number, document in enumerate(documents):
            literal = json.dumps(document, indent=1)
            text = f"import type {{ Log }} from 'sarif';\nexport const log: Log = {literal};\n"
            (tmp_path / f"log{number}.ts").write_text(text)
        options = {"strict": True, "noEmit": True, "types": [], "module": "preserve", "paths": {"sarif": [str(types)]}}
        (tmp_path / "tsconfig.json").write_text(json.dumps({"compilerOptions": options}))
        done = subprocess.run(
            ["node", str(compiler), "--project", "."], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        return done.stdout.splitlines()

    return holds


def notebook(path: Path, source: str) -> None:
    cell: dict[str, Any] = {
        "cell_type": "code",
        "id": "a",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "source": source,
    }
    path.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))


def test_checks_and_runs_follow_the_whole_schema(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], holds: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    notebook(tmp_path / "a b.ipynb", "import matplotlib.pyplot as plt\nplt.plot([1], [total])\nplt.show()")
    (tmp_path / "broken.ipynb").write_text("{")
    found = []
    for command in ("check", "run"):
        run([command, "--format", "sarif", "."])
        found.append(json.loads(capsys.readouterr().out))
    assert [len(document["runs"][0]["results"]) > 0 for document in found] == [True, True]
    assert holds(*found) == []


def test_what_is_no_sarif_is_found(holds: Any) -> None:
    tool = {"driver": {"name": "offbook"}}
    wrong = (
        {"version": "2.0.0", "runs": []},
        {"version": "2.1.0", "runs": [{}]},
        {"version": "2.1.0", "runs": [{"tool": tool, "results": [{"level": "bad", "message": {"text": ""}}]}]},
        {"version": "2.1.0", "runs": [{"tool": tool, "results": [{"message": {"text": ""}, "place": 1}]}]},
        {"version": "2.1.0", "runs": [{"tool": tool, "results": [{"ruleId": "OB101"}]}]},
    )
    said = holds(*wrong)
    assert {line.partition("(")[0] for line in said if ": error" in line} == {f"log{n}.ts" for n in range(len(wrong))}
