"""Copies of a workspace, in which a notebook may write what it likes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from offbook.errors import UserError

LIMIT = 2 * 2**30
"""Bytes of a workspace that are copied at most."""

FILES = 50_000
"""Files of a workspace that are copied at most."""

PRUNED = frozenset(
    ".git .hg .svn .venv venv .tox .nox node_modules __pycache__ .ipynb_checkpoints .mypy_cache .pytest_cache "
    ".ruff_cache .hypothesis .cache .eggs site-packages".split()
)
"""Folders that hold nothing of the user's own."""


def is_pruned(folder: Path) -> bool:
    """Tell whether a folder holds nothing of the user's own: histories, caches, environments."""
    return folder.name in PRUNED or (folder / "pyvenv.cfg").is_file() or (folder / "conda-meta").is_dir()


def copy_workspace(root: Path, copy: Path) -> None:
    """Copy a workspace's files to a folder that does not exist yet; links become what they point to.

    Raises:
        UserError: where it is too large to copy.
    """
    bytes_left = min(LIMIT, shutil.disk_usage(copy.parent).free // 2)
    files_left = FILES
    copy.mkdir()
    for source, target in _files(root, copy, (root.resolve(),)):
        try:
            bytes_left -= source.stat().st_size
            files_left -= 1
            if bytes_left < 0 or files_left < 0:
                raise UserError(
                    f"{root} is too large to be copied for a trial run (more than {LIMIT >> 30} GB, {FILES} files, or "
                    "half of the free disk). Open a smaller folder, or move the data out of it."
                )
            shutil.copy2(source, target)
        except PermissionError:
            continue


def _files(folder: Path, copy: Path, above: tuple[Path, ...]) -> Iterator[tuple[Path, Path]]:
    """Make the folders and yield the files, each with the place where it goes."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except PermissionError:
        return
    for entry in entries:
        path, target = Path(entry.path), copy / entry.name
        if entry.is_file():
            yield path, target
        elif entry.is_dir() and not is_pruned(path):
            real = path.resolve()
            if real not in above:
                target.mkdir()
                yield from _files(path, target, (*above, real))


Snapshot = dict[str, tuple[int, int]]
"""Size and time of change, in nanoseconds, of every file of a folder."""


def snapshot(folder: Path) -> Snapshot:
    """Note the state of all files in a folder, caches left out."""
    found: Snapshot = {}
    for top, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in PRUNED]
        for name in names:
            if name.endswith((".pyc", ".pyo")):
                continue
            path = Path(top, name)
            state = path.lstat()
            found[path.relative_to(folder).as_posix()] = (state.st_size, state.st_mtime_ns)
    return found


def written(folder: Path, before: Snapshot) -> dict[str, bool]:
    """Return the files that are new, changed (both true) or gone (false) since the snapshot."""
    now = snapshot(folder)
    changed = {name: True for name, state in now.items() if before.get(name) != state}
    return {**changed, **{name: False for name in before if name not in now}}
