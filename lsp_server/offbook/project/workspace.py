"""What is known of a workspace as a whole; it is looked at again when some time has passed."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from threading import Lock

from offbook.project.clones import CloneIndex, Entry
from offbook.project.dependencies import Declared, Dependencies, read_declared
from offbook.project.files import ProjectFiles, find_files
from offbook.project.modules import module_file, search_bases

_FRESH = 2.0
"""Seconds for which nothing is looked at again."""
_READS = 100
"""So many files are read for the sake of another one's check."""


class Workspace:
    """A workspace as it was at one moment; everything is found when it is first asked for."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._dependencies: dict[Path, Dependencies] = {}
        self._declared: dict[Path, tuple[tuple[Path, Declared], ...]] = {}
        self._beside: dict[str, frozenset[str]] = {}
        self._modules: dict[tuple[str, str], Path | None] = {}
        self._clones: CloneIndex | None = None
        self._indexing = Lock()

    @cached_property
    def files(self) -> ProjectFiles:
        """The notebooks and modules."""
        return find_files(self.root)

    def dependencies(self, folder: Path) -> Dependencies:
        """Return the dependencies of the notebooks in a folder."""
        known = self._dependencies.get(folder)
        return known or self._dependencies.setdefault(folder, Dependencies(folder, self.root, self._declared_in))

    def _declared_in(self, folder: Path) -> tuple[tuple[Path, Declared], ...]:
        known = self._declared.get(folder)
        return self._declared.setdefault(folder, read_declared(folder)) if known is None else known

    def module(self, dotted: str, importer: Path) -> Path | None:
        """Return the file that ``import dotted`` in a notebook runs, where it lies in the workspace."""
        key = (dotted, os.path.dirname(importer))  # noqa: PTH120  (fast)
        if key not in self._modules:
            beside = self._beside.get(key[1]) or self._beside.setdefault(key[1], self._find_beside(importer))
            top = dotted.lstrip(".").partition(".")[0]
            there = top in beside or f"{top}.py" in beside
            self._modules[key] = module_file(dotted, 0, importer, self.root, Path.is_file) if there else None
        return self._modules[key]

    def _find_beside(self, importer: Path) -> frozenset[str]:
        """Return the names in all folders where imports of a notebook look."""
        names: set[str] = set()
        for folder in search_bases(0, importer, self.root):
            with contextlib.suppress(OSError):
                names.update(os.listdir(folder))  # noqa: PTH208  (fast)
        return frozenset(names)

    @cached_property
    def _module_names(self) -> frozenset[str]:
        """The names that imports of the workspace's own modules can begin with, wherever they look."""
        names: set[str] = set()
        for module in self.files.modules:
            inside = module.relative_to(self.root)
            names.update(inside.parts[:-1])
            names.add(inside.stem)
        return frozenset(names)

    def has_module(self, name: str) -> bool:
        """Tell whether a module or package of the workspace has this name."""
        return name in self._module_names

    @property
    def clones(self) -> CloneIndex:
        """The index of runs of statements, brought up to date as far as it takes no long time."""
        return self.index_clones({})

    def index_clones(self, known: Mapping[Path, Entry], reads: int | None = _READS) -> CloneIndex:
        """Bring the index of runs of statements up to date.

        Args:
            known: entries of files that were just read.
            reads: so many others are read at most.
        """
        with self._indexing:
            if self._clones is None:
                files = (*self.files.notebooks, *self.files.modules)
                self._clones = _indexes[self.root] = CloneIndex.build(
                    self.root, files, known, _indexes.get(self.root), reads
                )
            return self._clones


_indexes: dict[Path, CloneIndex] = {}
_kept: dict[Path, tuple[float, Workspace]] = {}
_lock = Lock()


def workspace_at(root: Path) -> Workspace:
    """Return the workspace of a folder, as it was some seconds ago at most."""
    now = time.monotonic()
    with _lock:
        known = _kept.get(root)
        if known is None or now - known[0] > _FRESH:
            known = _kept[root] = (now, Workspace(root))
        return known[1]


def known_clones(root: Path) -> CloneIndex | None:
    """Return the last index of runs of statements that was made of a workspace in this process."""
    return _indexes.get(root)


def refresh_clones(root: Path) -> bool:
    """Bring the index of runs of statements up to date; tell whether it changed."""
    before = _indexes.get(root)
    after = workspace_at(root).index_clones({}, None)
    return before is None or before.entries != after.entries


def forget_workspaces() -> None:
    """Have every workspace looked at again, as files have changed."""
    with _lock:
        _kept.clear()
