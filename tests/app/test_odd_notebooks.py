"""Files as the world holds them: each is one clear message or findings, never a crash, and never a long wait."""

import json
import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from offbook.app.check import check_paths
from offbook.app.checking import check_file
from offbook.app.results import NotebookCheck
from offbook.rules import RuleSettings
from offbook.rules.checker import INTERNAL_CODE


def cell(source: object, **values: object) -> dict[str, object]:
    return {
        "cell_type": "code",
        "id": "a",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "source": source,
        **values,
    }


def notebook(*cells: object, **values: object) -> dict[str, object]:
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **values}


def kernel(name: str, source: str = "x <- 1") -> dict[str, object]:
    return notebook(cell(source), metadata={"kernelspec": {"name": name}})


def stored(data: dict[str, object]) -> dict[str, object]:
    return notebook(cell("x = 1", execution_count=1, outputs=[data]))


def write(path: Path, content: object) -> Path:
    if isinstance(content, str):
        content = content.encode("utf-8", "surrogatepass")
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def checked(path: Path) -> NotebookCheck:
    result = check_file(path, RuleSettings())
    assert not [item for item in result.diagnostics if item.code == INTERNAL_CODE]
    return result


TEXT = json.dumps(notebook(cell("x = 1")))
REFUSED: dict[str, tuple[Any, str]] = {
    "empty": ("", "the file is empty"),
    "byte order mark alone": (b"\xef\xbb\xbf", "the file is empty"),
    "truncated": (TEXT[:70], "not valid JSON"),
    "two documents": (TEXT + TEXT, "not valid JSON"),
    "a merge conflict": ("<<<<<<< HEAD\n" + TEXT, "merge conflict"),
    "no notebook": ({"a": 1}, "does not say its nbformat"),
    "a list": ([], "no JSON object"),
    "utf-16": (TEXT.encode("utf-16"), "UTF-16 text, not UTF-8"),
    "latin-1": (json.dumps(notebook(cell("é")), ensure_ascii=False).encode("latin-1"), "not UTF-8"),
    "nul bytes": (b"\0" * 100, "not valid JSON"),
    "deep JSON": ("[" * 100_000 + "]" * 100_000, "nested too deeply"),
    "a number of 6,000 digits": (TEXT.replace("null", "1" + "0" * 6000), "a number that is too long"),
    "nbformat 2": ({"nbformat": 2, "worksheets": []}, "nbformat 2 is too old"),
    "nbformat 5": ({"nbformat": 5, "cells": []}, "newer than offbook knows"),
    "nbformat is true": ({"nbformat": True, "cells": []}, "does not say its nbformat"),
    "cells of another kind": (notebook({"cell_type": "widget"}), "unknown type 'widget'"),
    "source is an object": (notebook(cell({"a": 1})), "its source is not text"),
    "source is a number": (notebook(cell(["a", 1])), "its source is not text"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_notebook_is_one_message(name: str, tmp_path: Path) -> None:
    content, message = REFUSED[name]
    assert message in checked(write(tmp_path / "a.ipynb", content)).problem


READ: dict[str, tuple[Any, list[str]]] = {
    "python 2": (notebook(cell("print 'a'\nx = 0777")), ["OB100"]),
    "nbformat 3": (
        {"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": ["y"], "language": "python"}]}]},
        ["OB102"],
    ),
    "nbformat 3 without worksheets": ({"nbformat": 3}, []),
    "source is null": (notebook(cell(None)), []),
    "R": (kernel("ir"), []),
    "Julia": (kernel("julia-1.9"), []),
    "Scala": (kernel("apache_toree_scala"), []),
    "bash": (kernel("bash", "echo $x"), []),
    "Python by another name": (kernel("irregular", "y"), ["OB102"]),
    "byte order mark": (b"\xef\xbb\xbf" + TEXT.encode(), []),
    "carriage returns": (notebook(cell("x = 1\rif x:\r    y\r\n\rx")), ["OB102"]),
    "nul in a source": (notebook(cell("x = '\0'\ny")), ["OB100"]),
    "half an emoji": (notebook(cell("x = '\ud83d'\ny", id="\ud83d")), ["OB102"]),
    "ids that repeat or are no text": (notebook(cell("x"), cell("y", id=3), cell("z", id=None)), ["OB102"] * 3),
    "NaN": (TEXT.replace("null", "NaN"), []),
    "a key that stands twice": (TEXT.replace('"source": "x = 1"', '"source": "x", "source": "y"'), ["OB102"]),
    "metadata of another shape": (notebook(cell("y"), metadata={"kernelspec": [1], "language_info": "x"}), ["OB102"]),
    "many parentheses": (notebook(cell("x = " + "(" * 5000 + ")" * 5000)), ["OB100"]),
    "a long sum": (notebook(cell("x = " + "+".join("1" * 20_000))), ["OB100"]),
    "a long chain": (notebook(cell("x" + ".a()" * 20_000)), ["OB100"]),
}


@pytest.mark.parametrize("name", READ)
def test_what_is_odd_is_read(name: str, tmp_path: Path) -> None:
    content, codes = READ[name]
    result = checked(write(tmp_path / "a.ipynb", content))
    assert result.problem == ""
    assert sorted(item.code for item in result.diagnostics if item.code in ("OB100", "OB101", "OB102")) == codes


@pytest.mark.parametrize("step", ["-{}", "({})", "{}.a()", "{} + x", "not {}", "[{}]", "f({})", "{}[0]", "lambda: {}"])
def test_no_rule_crashes_where_the_analysis_still_reads_deep_code(step: str, tmp_path: Path) -> None:
    cells = []
    for depth in range(50, 1000, 75):
        source = "x"
        for _ in range(depth):
            source = step.format(source)
        cells.append(cell(f"import pandas as pd\nx = pd.read_csv('a')\ny = {source}\nx.plot({source})", id=str(depth)))
    assert not checked(write(tmp_path / "a.ipynb", notebook(*cells))).problem


LONG: dict[str, Callable[[int], str]] = {
    "a chain": lambda n: f"x{n + 1} = f(x{n}, {n})",
    "the same plot": lambda n: "plt.plot(x)\nplt.show()",
    "columns": lambda n: f'df["a{n}"] = df["b"] * {n}',
    "four kinds of statement": lambda n: f"a = b + {n}\na.append(b)\nf(a)\nfor c in a:\n    f(c)",
}


@pytest.mark.parametrize("name", LONG)
@pytest.mark.timeout(120)
def test_a_cell_of_many_lines_takes_time_in_proportion(name: str, tmp_path: Path) -> None:
    source = "\n".join(LONG[name](number) for number in range(4000))
    assert not checked(write(tmp_path / "a.ipynb", notebook(cell(f"x0 = x = df = b = 1\n{source}")))).problem


@pytest.mark.timeout(120)
def test_two_long_copies_take_time_in_proportion(tmp_path: Path) -> None:
    body = "\n".join(f"a{n} = make{n}(b)\na{n}.do{n}(b)" for n in range(1400))
    result = checked(write(tmp_path / "a.ipynb", notebook(cell(body), cell(body, id="b"))))
    [clone] = [item for item in result.diagnostics if item.code == "OB403"]
    assert "these 2800 statements" in clone.message


def test_five_thousand_cells(tmp_path: Path) -> None:
    cells = [cell(f"x{n + 1} = x{n} + 1", id=f"c{n}") for n in range(5000)]
    result = checked(write(tmp_path / "a.ipynb", notebook(*cells)))
    assert [item.code for item in result.diagnostics if item.code.startswith("OB10")] == ["OB102"]


@pytest.mark.parametrize(
    "output",
    [
        {"output_type": "stream", "name": "stdout", "text": "a line of output\n" * 400_000},
        {"output_type": "display_data", "metadata": {}, "data": {"image/png": "A" * 7_000_000}},
    ],
    ids=["text", "image"],
)
def test_large_outputs_are_not_kept(output: dict[str, object], tmp_path: Path) -> None:
    path = write(tmp_path / "a.ipynb", stored(output))
    size = path.stat().st_size
    tracemalloc.start()
    result = check_paths([path], texts=False)
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert result.notebooks[0].diagnostics
    assert kept < size / 4
    assert peak < 5 * size


def test_things_that_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.ipynb")
    assert checked(tmp_path / "pipe.ipynb").problem == "it is no regular file"
    (tmp_path / "folder.ipynb").mkdir()
    write(tmp_path / "folder.ipynb" / "a.ipynb", notebook(cell("y")))
    (tmp_path / "loop.ipynb").symlink_to("loop.ipynb")
    (tmp_path / "up").symlink_to(tmp_path, target_is_directory=True)
    report = check_paths([tmp_path])
    assert [found.path.name for found in report.notebooks] == ["a.ipynb"]


def test_a_notebook_that_goes_away_meanwhile(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ipynb", notebook(cell("y")))
    path.unlink()
    assert checked(path).problem == "there is no such file"
