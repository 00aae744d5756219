"""Writes the files that are derived from Python declarations: ``python -m offbook.devtools.generate [--check]``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from offbook.devtools import editor_settings, refactoring_files, rule_files, wire_types
from offbook.text import write_atomically

Generator = Callable[[], Iterator[tuple[str, str]]]
"""Yields each generated file as its path in the repository and its whole text."""

GENERATORS: tuple[Generator, ...] = (
    wire_types.generate,
    rule_files.generate,
    refactoring_files.generate,
    editor_settings.generate,
)
ROOT = Path(__file__).resolve().parents[3]


def main(arguments: list[str]) -> int:
    """Write the stale files; with ``--check``, only name them and return 1."""
    if arguments not in ([], ["--check"]):
        print("usage: python -m offbook.devtools.generate [--check]", file=sys.stderr)
        return 2
    if not (ROOT / "lsp_server").is_dir():
        print("generate: this works in offbook's source tree only (pip install -e .)", file=sys.stderr)
        return 2
    changed = stale()
    if arguments:
        for path in changed:
            print(f"{path} is stale: run `python -m offbook.devtools.generate`")
        return 1 if changed else 0
    for path, text in changed.items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        write_atomically(ROOT / path, text.encode())
        print(f"wrote {path}")
    return 0


def stale() -> dict[str, str]:
    """Return the files that do not hold what they should, by path, with what they should hold."""
    return {path: text for generator in GENERATORS for path, text in generator() if _read(ROOT / path) != text}


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
