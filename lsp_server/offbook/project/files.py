"""Finds the notebooks and modules of a workspace: fast, bounded, and without what others put there."""

from __future__ import annotations

import os
from pathlib import Path

from msgspec import Struct

_SKIPPED = frozenset("node_modules __pycache__ site-packages dist-packages build dist".split())
ROOT_MARKS = ("pyproject.toml", "offbook.toml", ".git")
_ENVIRONMENT_MARKS = ("pyvenv.cfg", "conda-meta")
_LIMIT = 50_000
"""At most so many folder entries are looked at, so that an editor opened on a whole disk stays quick."""


class ProjectFiles(Struct, frozen=True):
    """What a walk has found, sorted; ``complete`` is false where the walk was cut short."""

    notebooks: tuple[Path, ...]
    modules: tuple[Path, ...]
    complete: bool


def find_files(root: Path, limit: int = _LIMIT) -> ProjectFiles:
    """Return the notebooks and modules below ``root``, without hidden folders, environments and installed packages.

    Folders near the root come first; links to folders are not followed.
    """
    notebooks: list[str] = []
    modules: list[str] = []
    folders = [str(root)]
    for folder in folders:
        if limit <= 0:
            break
        try:
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError:
            continue  # a folder that may not be read holds nothing for us
        names = {entry.name for entry in entries}
        if not names.isdisjoint(_ENVIRONMENT_MARKS):
            continue
        limit -= len(entries)
        for entry in entries:
            name = entry.name
            if name.endswith(".ipynb"):
                notebooks.append(entry.path)
            elif name.endswith(".py"):
                modules.append(entry.path)
            elif not name.startswith(".") and name not in _SKIPPED and entry.is_dir(follow_symlinks=False):
                folders.append(entry.path)
    return ProjectFiles(tuple(map(Path, sorted(notebooks))), tuple(map(Path, sorted(modules))), limit > 0)


def is_own(path: Path, root: Path) -> bool:
    """Tell whether a file below ``root`` is the project's own: :func:`find_files` would find it."""
    if not path.is_relative_to(root):
        return False
    names = path.relative_to(root).parts[:-1]
    folders = [root, *(root.joinpath(*names[: depth + 1]) for depth in range(len(names)))]
    if any(name.startswith(".") or name in _SKIPPED for name in names):
        return False
    return not any(map(_is_environment, folders))


def _is_environment(folder: Path) -> bool:
    return any((folder / mark).exists() for mark in _ENVIRONMENT_MARKS)


def find_root(path: Path) -> Path:
    """Return the workspace that a file belongs to: the nearest folder above it that is marked as a project's.

    Marks are ``pyproject.toml``, ``offbook.toml`` and ``.git``; without any, it is the file's own folder.
    """
    folder = path.resolve().parent
    for candidate in (folder, *folder.parents):
        if any(os.path.exists(f"{candidate}/{mark}") for mark in ROOT_MARKS):  # noqa: PTH110  (fast)
            return candidate
    return folder
