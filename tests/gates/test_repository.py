from __future__ import annotations

import re
import statistics
import subprocess
from pathlib import Path

import pytest

LIMIT = 400
MEDIAN = 130
SOURCES = {".py", ".ts", ".tsx", ".mjs", ".js", ".css"}
# A path of one machine in a committed file breaks on every other; some names are those of examples.
MACHINE = re.compile(
    rb"(?<![\w.])/(?:home|Users)/(?!you\b|me\b|user\b|ada\b|ann\b)\w+/|(?<![\w.])/(?:root|work)/\w+|C:\\\\?Users\\\\?(?!ann\b)\w+"
)


def tracked(root: Path) -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=True, timeout=60).stdout
    return [path for name in listing.split(b"\0") if name and (path := root / name.decode()).is_file()]


def lines(path: Path) -> int:
    return path.read_bytes().count(b"\n")


@pytest.fixture(scope="module")
def sources(root: Path) -> list[Path]:
    found = [path for path in tracked(root) if path.suffix in SOURCES and ".gen." not in path.name]
    assert found
    return found


def test_no_source_file_is_over_the_limit(sources: list[Path], root: Path) -> None:
    over = {str(path.relative_to(root)): lines(path) for path in sources if lines(path) > LIMIT}
    assert not over


def test_the_median_source_file_is_short(sources: list[Path]) -> None:
    assert statistics.median(lines(path) for path in sources) <= MEDIAN


def test_no_file_names_a_path_of_one_machine(root: Path) -> None:
    here = Path(__file__)
    found = {
        f"{path.relative_to(root)}: {match[0].decode()}"
        for path in tracked(root)
        if path != here and (match := MACHINE.search(path.read_bytes()))
    }
    assert not found


@pytest.mark.parametrize("text", [b"cd /" + b"root/x", b'"/home/anna/data.csv"', b"C:\\Users\\anna", b"(/Users/anna/"])
def test_a_path_of_one_machine_is_seen(text: bytes) -> None:
    assert MACHINE.search(text)


@pytest.mark.parametrize("text", [b"/home/you/notebooks", b"https://example.org/root/x", b"docs/work/in/progress"])
def test_an_innocent_path_is_not(text: bytes) -> None:
    assert not MACHINE.search(text)


def test_top_level_is_as_designed(root: Path) -> None:
    folders = {path.relative_to(root).parts[0] for path in tracked(root) if len(path.relative_to(root).parts) > 1}
    assert {name for name in folders if not name.startswith(".")} == {
        "docs",
        "examples",
        "jupyter_ext",
        "lsp_server",
        "tests",
        "vscode-client",
    }
