from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from offbook.project.index import IndexedFile, WorkspaceIndex


def notebook(source: str) -> str:
    cell = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": source}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    module, book = tmp_path / "m.py", tmp_path / "n.ipynb"
    module.write_text("def area(radius):\n    return radius\n")
    book.write_text(notebook("from m import area\nsize = area(2)"))
    return module, book


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OFFBOOK_CACHE_DIR", str(tmp_path / "kept"))
    return tmp_path / "kept" / "index"


def look(root: Path, files: tuple[Path, Path]) -> dict[Path, IndexedFile]:
    return WorkspaceIndex(root).refresh(files)


def test_words_and_definitions(tmp_path: Path, files: tuple[Path, Path]) -> None:
    found = look(tmp_path, files)
    assert [entry.definitions for entry in found.values()] == [("area",), ("size",)]
    assert [[entry.mentions(word) for word in ("area", "radius", "rad", "size")] for entry in found.values()] == [
        [True, True, False, False],
        [True, False, False, True],
    ]


def test_only_what_changed_is_read_again(
    tmp_path: Path, files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = look(tmp_path, files)
    read: list[Path] = []
    real = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read.append(path) or real(path))
    assert look(tmp_path, files) == before
    assert not set(read) & set(files)
    files[0].write_text("def volume(radius): pass\n")
    assert look(tmp_path, files)[files[0]].definitions == ("volume",)
    assert files[0] in read and files[1] not in read


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"\x93\x01\x02\x03"])
def test_a_damaged_index_is_built_again(damage: bytes, tmp_path: Path, kept: Path, files: tuple[Path, Path]) -> None:
    before = look(tmp_path, files)
    for file in kept.iterdir():
        file.write_bytes(damage)
    assert look(tmp_path, files) == before


def test_an_index_of_another_version_is_not_used(
    tmp_path: Path, files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    look(tmp_path, files)
    monkeypatch.setattr("offbook.project.index.version", lambda: "0.0.0")
    stamp = files[0].stat()
    files[0].write_text("def arex(radius):\n    return radius\n")
    os.utime(files[0], ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert look(tmp_path, files)[files[0]].definitions == ("arex",)


def test_broken_and_missing_files(tmp_path: Path) -> None:
    broken, gone = tmp_path / "b.ipynb", tmp_path / "gone.py"
    broken.write_text("{")
    found = WorkspaceIndex(tmp_path).refresh([broken, gone])
    assert list(found) == [broken]
    assert found[broken].definitions == ()


def test_a_folder_that_cannot_be_written_is_no_problem(tmp_path: Path, files: tuple[Path, Path]) -> None:
    (tmp_path / "kept").write_text("a file")
    assert len(look(tmp_path, files)) == 2
