import json
from pathlib import Path
from typing import Any

import pytest

from offbook.app.checking import check_file
from offbook.app.fix import fix_notebook, write_fixed
from offbook.errors import UserError
from offbook.rules import RuleSettings


def write(path: Path, *cells: dict[str, Any]) -> Path:
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1))
    return path


def code(number: int, source: str, lines: int = 0) -> dict[str, Any]:
    output = {"output_type": "stream", "name": "stdout", "text": [f"{n}\n" for n in range(lines)]}
    return {
        "cell_type": "code",
        "id": f"c{number}",
        "source": source,
        "metadata": {},
        "outputs": [output] if lines else [],
        "execution_count": None,
    }


def messy(folder: Path) -> Path:
    return write(
        folder / "a.ipynb",
        code(0, "import matplotlib.pyplot as plt\nx = df = f()", lines=150),
        code(1, "plt.plot(x)"),
        code(2, "df.head()"),
        code(3, "df = g(df)"),
    )


def sources(path: Path) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(path.read_text())["cells"]]


def test_safe_fixes_leave_what_is_computed(tmp_path: Path) -> None:
    path = messy(tmp_path)
    settings = RuleSettings({"OB102", "OB201", "OB202", "OB301"})
    result = fix_notebook(check_file(path, settings), settings)
    assert result.fixed == 2
    assert {item.code for item in result.left.diagnostics} == {"OB102", "OB202"}
    write_fixed(path, result)
    assert sources(path)[1:3] == ['plt.plot(x)\nplt.xlabel("index")\nplt.ylabel("x")', "df.head()"]
    assert len(json.loads(path.read_text())["cells"][0]["outputs"][0]["text"]) == 21


def test_unsafe_fixes_remove_cells(tmp_path: Path) -> None:
    path = messy(tmp_path)
    settings = RuleSettings({"OB102", "OB201", "OB202", "OB301"})
    write_fixed(path, fix_notebook(check_file(path, settings), settings, unsafe=True))
    assert len(sources(path)) == 3


def test_a_file_that_changed_meanwhile_is_not_written(tmp_path: Path) -> None:
    path = messy(tmp_path)
    settings = RuleSettings({"OB102", "OB201", "OB202", "OB301"})
    result = fix_notebook(check_file(path, settings), settings)
    path.write_text(path.read_text() + "\n")
    before = path.read_bytes()
    with pytest.raises(UserError, match="changed while"):
        write_fixed(path, result)
    assert path.read_bytes() == before


def test_a_clean_notebook_is_not_touched(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ipynb", code(0, "x = 1"))
    stamp = path.stat().st_mtime_ns
    settings = RuleSettings({"OB102", "OB201", "OB202", "OB301"})
    result = fix_notebook(check_file(path, settings), settings)
    write_fixed(path, result)
    assert (result.fixed, path.stat().st_mtime_ns) == (0, stamp)
