from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from offbook.devtools.agreement import agrees, main, table


def write(path: Path, *sources: str) -> Path:
    cells = [
        {"cell_type": "code", "id": f"c{at}", "metadata": {}, "outputs": [], "execution_count": None, "source": source}
        for at, source in enumerate(sources)
    ]
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def found(theirs: tuple[str, list[int]], ours: tuple[str, list[int]]) -> dict[str, Any]:
    sides = ({"status": status, "cells": cells, "error": "", "seconds": 1} for status, cells in (theirs, ours))
    return {"folder": "f", "path": "n.ipynb", **dict(zip(("nbconvert", "offbook"), sides, strict=True))}


@pytest.mark.parametrize(
    ("theirs", "ours", "same"),
    [
        (("passed", []), ("passed", []), True),
        (("passed", []), ("differs", []), True),
        (("passed", []), ("failed", [1]), False),
        (("failed", [1]), ("failed", [1]), True),
        (("failed", [1, 4]), ("failed", [4]), True),
        (("failed", [1]), ("failed", [2]), False),
        (("failed", [1]), ("failed", []), False),
        (("timeout", []), ("timeout", [3]), True),
        (("timeout", []), ("passed", []), False),
    ],
)
def test_what_agrees(theirs: tuple[str, list[int]], ours: tuple[str, list[int]], same: bool) -> None:
    assert agrees(found(theirs, ours)) is same
    assert ("disagrees: f/n.ipynb" in table([found(theirs, ours)])) is not same


def test_both_run_and_the_folder_stays_as_it_was(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    once = "import os\nassert not os.path.exists('made')\nopen('made', 'w').close()"
    write(folder / "good.ipynb", once, "print('shown')\nprint(os.getpid())")
    write(folder / "bad.ipynb", "x = 1", "print(missing)", "print(missing)")
    (folder / "broken.ipynb").write_text("{")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    log = tmp_path / "log.jsonl"
    assert main([str(log), str(folder), "--timeout", "60"]) == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    bad, good = (json.loads(line) for line in log.read_text().splitlines())
    assert (bad["nbconvert"]["status"], bad["nbconvert"]["cells"], bad["nbconvert"]["error"]) == (
        "failed",
        [1, 2],
        "NameError",
    )
    assert (bad["offbook"]["status"], bad["offbook"]["cells"]) == ("failed", [1])
    assert (good["nbconvert"]["status"], good["offbook"]["status"]) == ("passed", "differs")
    (difference,) = good["offbook"]["differences"]
    assert difference.startswith("cell 2 shows another text: ")
    assert "2 notebooks of 1 repositories; 2 agree." in capfd.readouterr().out
    size = log.stat().st_size
    assert main([str(log), str(folder)]) == 0
    assert log.stat().st_size == size
