"""What is known of a workspace as a whole; it is looked at again when some time has passed."""

from __future__ import annotations

import time
from functools import cached_property
from pathlib import Path
from threading import Lock

from offbook.project.dependencies import Dependencies
from offbook.project.files import ProjectFiles, find_files

_FRESH = 2.0
"""Seconds for which nothing is looked at again."""


class Workspace:
    """A workspace as it was at one moment; everything is found when it is first asked for."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._dependencies: dict[Path, Dependencies] = {}

    @cached_property
    def files(self) -> ProjectFiles:
        """The notebooks and modules."""
        return find_files(self.root)

    def dependencies(self, folder: Path) -> Dependencies:
        """Return the dependencies of the notebooks in a folder."""
        known = self._dependencies.get(folder)
        return known or self._dependencies.setdefault(folder, Dependencies(folder, self.root))

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


def forget_workspaces() -> None:
    """Have every workspace looked at again, as files have changed."""
    with _lock:
        _kept.clear()
