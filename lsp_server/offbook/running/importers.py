"""Finds what imports a module, directly or through other modules, from the sources alone."""

from __future__ import annotations

import ast
import posixpath
import shlex
from collections.abc import Collection, Iterator, Mapping

from offbook.analysis import analyze
from offbook.notebook import Notebook


def find_importers(notebooks: Mapping[str, Notebook], modules: Mapping[str, str], changed: Collection[str]) -> set[str]:
    """Return the notebooks that import a changed module, directly or through other modules, or ``%run`` it.

    Where a name may mean several modules, each of them counts: rather one notebook too many than one too few.

    Args:
        notebooks: by path from the top folder, with ``/``.
        modules: the sources of all modules, by path.
        changed: the paths of changed modules; those that are gone as well.
    """
    named = _names({*modules, *changed})
    wanted: dict[str, set[str]] = {}
    for path, source in modules.items():
        wanted[path] = _resolved(path, _module_imports(source), named)
    for path, notebook in notebooks.items():
        wanted[path] = _resolved(path, _notebook_imports(notebook), named) | set(_scripts(path, notebook))
    reached = set(changed)
    while new := {path for path, uses in wanted.items() if path not in reached and uses & reached}:
        reached |= new
    return reached & notebooks.keys()


Imported = tuple[int, str]
"""The level of a relative import (0: absolute), and the dotted name."""


def _names(paths: Collection[str]) -> dict[str, set[str]]:
    """Return every dotted name under which a module might be imported, from whatever folder."""
    found: dict[str, set[str]] = {}
    for path in paths:
        parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
        for start in range(len(parts)):
            found.setdefault(".".join(parts[start:]), set()).add(path)
    return found


def _resolved(path: str, imports: Iterator[Imported], named: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    folders = path.split("/")[:-1]
    for level, name in imports:
        prefix = folders[: len(folders) - level + 1] if level else []
        parts = [part for part in name.split(".") if part]
        for end in range(len(parts) + 1):
            found |= named.get(".".join([*prefix, *parts[:end]]), set())
    return found


def _module_imports(source: str) -> Iterator[Imported]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.level, f"{node.module or ''}.{alias.name}") for alias in node.names)


def _notebook_imports(notebook: Notebook) -> Iterator[Imported]:
    for facts in analyze(notebook).facts.values():
        for item in facts.imports:
            yield item.level, f"{item.module}.{item.name}" if item.name else item.module


def _scripts(path: str, notebook: Notebook) -> Iterator[str]:
    """Yield the files that the notebook runs with ``%run``."""
    for facts in analyze(notebook).facts.values():
        for magic in facts.masked.magics:
            if magic.name == "run" and magic.argument:
                try:
                    words = [word for word in shlex.split(magic.argument) if not word.startswith("-")]
                except ValueError:
                    continue
                yield from (posixpath.normpath(posixpath.join(posixpath.dirname(path), word)) for word in words[:1])
