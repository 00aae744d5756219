from __future__ import annotations

import json
from pathlib import Path

import pytest

from offbook.cli.main import run


def write(path: Path, *tags: str) -> str:
    """Write a notebook with a cell that has an output, one without, and a Markdown cell; return its text."""
    shown = {"name": "stdout", "output_type": "stream", "text": ["1\n"]}
    code = {"cell_type": "code", "execution_count": 3, "id": "a", "metadata": {"tags": [*tags]}, "outputs": [shown]}
    empty = {
        "cell_type": "code",
        "execution_count": None,
        "id": "b",
        "metadata": {},
        "outputs": [],
        "source": ["x  =  1"],
    }
    text = {"cell_type": "markdown", "id": "c", "metadata": {"own": 1.50}, "source": ["# Größe"]}
    cells = [{**code, "source": ["print(1)"]}, empty, text]
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False), encoding="utf-8")
    return path.read_text(encoding="utf-8")


def test_outputs_go_and_all_else_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "n.ipynb"
    before = json.loads(write(path))
    assert run(["clean-outputs", str(tmp_path)]) == 1
    assert capsys.readouterr().out == f"{path}: outputs removed (1 cell)\n"
    before["cells"][0].update(outputs=[], execution_count=None)
    cleaned = path.read_text(encoding="utf-8")
    assert cleaned == json.dumps(before, indent=2, ensure_ascii=False)
    assert run(["clean-outputs", str(path)]) == 0
    assert (capsys.readouterr().out, path.read_text(encoding="utf-8")) == ("", cleaned)


def test_a_check_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "n.ipynb"
    before = write(path)
    assert run(["clean-outputs", "--check", str(path)]) == 1
    assert (capsys.readouterr().out, path.read_text(encoding="utf-8")) == (f"{path}: has outputs (1 cell)\n", before)


@pytest.mark.parametrize("tag", ["offbook:keep-output", "keep_output"])
def test_a_tag_keeps_them(tmp_path: Path, tag: str) -> None:
    path = tmp_path / "n.ipynb"
    before = write(path, tag)
    assert run(["clean-outputs", str(path)]) == 0
    assert path.read_text(encoding="utf-8") == before


def test_pointers_are_left_alone_and_broken_files_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pointer = tmp_path / "a.ipynb"
    pointer.write_text(f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 1\n")
    assert run(["clean-outputs", str(pointer)]) == 0
    (tmp_path / "b.ipynb").write_text("{")
    assert run(["clean-outputs", str(tmp_path)]) == 2
    assert "b.ipynb" in capsys.readouterr().err
