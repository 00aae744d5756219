from __future__ import annotations

import json
from pathlib import Path

import pytest

from offbook.cli.main import run

COPY = """{0} = [{1}, 2]
{0}.append({1})
{0}.sort(reverse=True)
texts = [str(value).upper() for value in sorted({0})]
{0}[0] += len(texts[0].strip()) + len({0}[:2]) - 1
most = max({0}) + len(texts)
print({0}, most)"""


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text("")
    path = tmp_path / "notebook.ipynb"
    cells = [
        {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": source}
        for source in [COPY.format("a", 1), COPY.format("b", 5), "print(a, b)"]
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path.write_text(json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 4}, indent=1))
    return path


def sources(path: Path) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(path.read_text())["cells"]]


def test_copies_go_to_a_module_verified(notebook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["dedupe", "notebook.ipynb", "--to", "utils.py", "--name", "spread", "--write", "--verify"]) == 0
    err = capsys.readouterr().err
    assert "`spread` stands for 2 copies, in cells 1 and 2.\n  It takes `a_value`.\n  It returns `a`.\n" in err
    assert "Same results before and after" in err
    assert sources(notebook) == [
        "from utils import spread",
        "a = spread(a_value=1)",
        "b = spread(a_value=5)",
        "print(a, b)",
    ]
    assert "def spread(a_value):\n    a = [a_value, 2]\n" in (notebook.parent / "utils.py").read_text()


def test_without_copies_it_says_so(notebook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = notebook.read_bytes()
    assert run(["dedupe", "notebook.ipynb", "--cells", "3", "--write"]) == 2
    assert "no six statements or more of the chosen cells stand in the notebook twice" in capsys.readouterr().err
    assert notebook.read_bytes() == before
