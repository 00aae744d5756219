"""Finds what imports a module, directly or through other modules, from the sources alone."""

from __future__ import annotations

import ast
import posixpath
import shlex
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from offbook.analysis import analyze
from offbook.notebook import Notebook
from offbook.text.patterns import pattern

_PROJECT_FILES = frozenset({"pyproject.toml", "setup.py", "setup.cfg"})

_MOVES = pattern(r"(?im)\bsys\s*\.\s*path\b|from\s+sys\s+import|pythonpath|\bchdir\b|^\s*%?cd\s|addsitedir")
"""Code that changes the folders from which Python imports."""


def find_importers(
    notebooks: Mapping[str, Notebook],
    modules: Mapping[str, str],
    changed: Collection[str],
    roots: Collection[str] = ("",),
) -> set[str]:
    """Return the notebooks that import a changed module, directly or through other modules, or ``%run`` it.

    A name means what Python would import: a module of the notebook's folder (or of a script's that it runs), or else of
    one of the ``roots``. Where
    the code changes where Python looks, it may mean every module of that name: rather one notebook too many than one
    too few.

    Args:
        notebooks: by path from the top folder, with ``/``.
        modules: the sources of all modules, by path.
        changed: the paths of changed modules; those that are gone as well.
        roots: the folders from which everybody may import, see :func:`import_roots`.
    """
    search = _Search(modules, changed, roots)
    return {path for path, notebook in notebooks.items() if search.concerns(path, notebook)}


def import_roots(paths: Iterable[str], extra: Iterable[str] = ()) -> set[str]:
    """Return the folders of a repository whose modules can be imported everywhere, once it is installed.

    Those are the top folder and the folders of projects, and ``src`` in them.

    Args:
        paths: all files, from the top folder.
        extra: other folders, such as those of ``PYTHONPATH``.
    """
    projects = {posixpath.dirname(path) for path in paths if posixpath.basename(path) in _PROJECT_FILES} | {""}
    return projects | {posixpath.join(folder, "src") for folder in projects} | set(extra)


class Imported(NamedTuple):
    """The level of a relative import (0: absolute), and the dotted name."""

    level: int
    name: str


class _Search:
    """One question: what do some changes concern?"""

    def __init__(self, modules: Mapping[str, str], changed: Collection[str], roots: Collection[str]) -> None:
        self.modules = modules
        self.changed = set(changed)
        self.roots = roots
        self.known = {*modules, *changed}
        self.named = _names(self.known)
        self.imports: dict[str, list[Imported]] = {}

    def concerns(self, path: str, notebook: Notebook) -> bool:
        """Tell whether a notebook is a changed file, or imports one."""
        if path in self.changed:
            return True
        code = "\n".join(cell.source for cell in notebook.cells if cell.kind == "code")
        wanted = list(_notebook_imports(notebook))
        scripts = set(_scripts(path, notebook))
        reached = self._reached(path, wanted, scripts, anywhere=_MOVES.search(code) is not None)
        if not reached & self.changed and any(_MOVES.search(self.modules.get(module, "")) for module in reached):
            reached = self._reached(path, wanted, scripts, anywhere=True)
        return not reached.isdisjoint(self.changed)

    def _reached(self, path: str, wanted: list[Imported], scripts: set[str], *, anywhere: bool) -> set[str]:
        """Return all files that run when a notebook does."""
        homes = {posixpath.dirname(file) for file in (path, *scripts)}
        new = scripts | self._resolved(path, wanted, homes, anywhere=anywhere)
        reached: set[str] = set()
        while new:
            reached |= new
            found = (self._resolved(module, self._of(module), homes, anywhere=anywhere) for module in new)
            new = set().union(*found) - reached
        return reached

    def _of(self, module: str) -> list[Imported]:
        """Return what a module imports."""
        if module not in self.imports:
            self.imports[module] = list(_module_imports(self.modules.get(module, "")))
        return self.imports[module]

    def _resolved(self, path: str, wanted: list[Imported], homes: set[str], *, anywhere: bool) -> set[str]:
        found: set[str] = set()
        folders = path.split("/")[:-1]
        for level, name in wanted:
            parts = [part for part in name.split(".") if part]
            if level:
                found |= self._below("/".join(folders[: len(folders) - level + 1]), parts, 0)
            elif anywhere:
                found |= set().union(*(self.named.get(".".join(parts[:end]), ()) for end in range(len(parts) + 1)))
            else:
                found |= self._from_folders(homes, parts)
        return found

    def _from_folders(self, homes: set[str], parts: list[str]) -> set[str]:
        """Return what an absolute name means: a module that is in the notebook's folder hides all others."""
        hides = any(not self._below(home, parts[:1], 1).isdisjoint(self.modules) for home in homes)
        folders = homes if hides else homes.union(self.roots)
        return set().union(*(self._below(folder, parts, 1) for folder in folders))

    def _below(self, folder: str, parts: list[str], least: int) -> set[str]:
        """Return the modules and packages of a dotted name, the outer packages among them."""
        names = [posixpath.join(folder, *parts[:end]) for end in range(least, len(parts) + 1)]
        return self.known.intersection(f"{name}{end}" for name in names for end in (".py", "/__init__.py"))


def _names(paths: Collection[str]) -> dict[str, set[str]]:
    """Return every dotted name under which a module might be imported, from whatever folder."""
    found: dict[str, set[str]] = {}
    for path in paths:
        parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
        for start in range(len(parts)):
            found.setdefault(".".join(parts[start:]), set()).add(path)
    return found


def _module_imports(source: str) -> Iterator[Imported]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Imported(0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (Imported(node.level, f"{node.module or ''}.{alias.name}") for alias in node.names)


def _notebook_imports(notebook: Notebook) -> Iterator[Imported]:
    for facts in analyze(notebook).facts.values():
        for item in facts.imports:
            yield Imported(item.level, f"{item.module}.{item.name}" if item.name else item.module)


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
