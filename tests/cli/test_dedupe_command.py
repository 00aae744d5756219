from __future__ import annotations

from pathlib import Path

import pytest
from cli_notebook import sources, write_notebook

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
    return write_notebook(tmp_path, COPY.format("a", 1), COPY.format("b", 5), "print(a, b)")


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


AREA = "import math\ndef area(r):\n    return math.pi * r ** 2\nprint(area({0}))"


def write_others(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        write_notebook(folder, text).rename(folder / f"{name}.ipynb")
    write_notebook(folder, AREA.format(1))


def test_what_notebooks_share_goes_to_a_module_and_each_is_run(
    notebook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_others(notebook.parent, b=AREA.format(2), c=AREA.format(3))
    assert run(["dedupe", "notebook.ipynb", "--across", "--write", "--verify"]) == 0
    err = capsys.readouterr().err
    assert "Share `area` of 3 notebooks by `utils.py`\n" in err
    assert "Same results before and after, in fresh kernels (3 cells)." in err
    for name in ("notebook", "b", "c"):
        assert f"wrote {name}.ipynb" in err
        [source] = sources(notebook.parent / f"{name}.ipynb")
        assert source.startswith("import math\nfrom utils import area\nprint(")


def test_a_notebook_that_cannot_run_is_named(notebook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_others(notebook.parent, b=AREA.format(2), c=AREA.format("missing"))
    before = {path: path.read_bytes() for path in notebook.parent.iterdir()}
    assert run(["dedupe", "notebook.ipynb", "--across", "--write", "--verify"]) == 1
    err = capsys.readouterr().err
    assert "The original does not run: c.ipynb, " in err
    assert "Of the others: Same results before and after, in fresh kernels (2 cells)." in err
    assert {path: path.read_bytes() for path in notebook.parent.iterdir()} == before
