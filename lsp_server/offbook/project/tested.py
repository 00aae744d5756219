"""Which functions of a workspace's modules its tests call."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from offbook.analysis import SyntaxProblem
from offbook.analysis.nodes import walk
from offbook.analysis.parse import parse_cell
from offbook.project.unit import read_text
from offbook.text.patterns import pattern

_WORD = pattern(r"[^\W\d]\w*")
_MOST = 500
"""So many files of tests are read."""
_LARGEST = 1_000_000


def is_test(path: Path) -> bool:
    """Tell whether pytest would look for tests in a file, by its name."""
    return path.suffix == ".py" and (path.name.startswith("test_") or path.stem.endswith("_test"))


def untested(file: Path, name: str, modules: Iterable[Path]) -> bool:
    """Tell whether no test calls a function of a module.

    A test that mentions the function counts, and so does one of another function of the same file that calls it.

    Args:
        file: the module.
        name: the function's name.
        modules: all modules of the workspace.
    """
    if is_test(file) or file.name == "conftest.py":
        return False
    functions = _functions(*_version(file))
    if name not in functions:
        return False
    words: set[str] = set()
    for test in [path for path in modules if is_test(path)][:_MOST]:
        words |= _words(*_version(test))
    reached = [other for other in functions if other in words or f">>> {other}(" in functions[other]]
    for other in reached:
        called = _WORD.findall(functions[other])
        reached += [found for found in functions if found in called and found not in reached]
    return name not in reached


def _version(path: Path) -> tuple[Path, int, int]:
    try:
        status = path.stat()
    except OSError:
        return path, 0, 0
    return path, status.st_mtime_ns, status.st_size


@lru_cache(maxsize=_MOST)
def _words(path: Path, _time: int, size: int) -> frozenset[str]:
    text = read_text(path) if size <= _LARGEST else None
    return frozenset(_WORD.findall(text or ""))


@lru_cache(maxsize=100)
def _functions(path: Path, _time: int, size: int) -> Mapping[str, str]:
    """Return the sources of a module's functions; those without a result are left out."""
    text = read_text(path) if size <= _LARGEST else None
    tree = parse_cell((text or "").removeprefix("\ufeff"))
    if text is None or isinstance(tree, SyntaxProblem):
        return {}
    lines = text.removeprefix("\ufeff").splitlines()
    return {
        node.name: "\n".join(lines[node.lineno - 1 : node.end_lineno])
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _returns(node)
    }


def _returns(function: ast.AST) -> bool:
    """Tell whether a function has a result: what only draws, prints or saves is seldom tested."""
    return any(
        isinstance(node, ast.Yield | ast.YieldFrom)
        or (isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant))
        for node in walk(function)
    )
