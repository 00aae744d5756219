"""A folder that holds what is staged, with the untracked data files of the work tree beside it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from offbook.vcs.git import GitError
from offbook.vcs.index import Index, StagedFile

_CODE = frozenset({".py", ".pyi", ".pyx", ".pyd", ".so", ".pyc", ".ipynb"})
"""What a clone would miss: untracked code is not shown to the run."""

_LARGE = 32 * 2**20
"""Bytes above which a file is linked to the work tree's, and not copied."""

_COPIED = 512 * 2**20
"""Bytes of untracked files that are copied in all; the rest is linked."""


def write_staged_tree(index: Index, top: Path, folder: Path, skip: Callable[[Path], bool]) -> frozenset[str]:
    """Write the staged files and the untracked data files into ``folder``.

    Staged files come from the index, whatever the work tree holds. A large one that is the same in the work tree is
    a link to it there. Untracked files come from the work tree; code among them is left out. Submodules are written in
    the same way, as the commits that are staged of them.

    Args:
        index: the index.
        top: the top folder of the work tree.
        folder: where to write; it exists and is empty.
        skip: tells which folders of the work tree hold nothing of the user's (environments, caches).

    Returns:
        The untracked code that was left out, as paths from the top folder.
    """
    staged = index.files()
    linked = _linked(index, staged)
    index.check_out([path for path, file in staged.items() if not file.submodule and path not in linked], folder)
    for path in linked:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).symlink_to(top / path)
    hidden: set[str] = set()
    foreign, written = [], set()
    for path in (path for path, file in staged.items() if file.submodule):
        found = _write_submodule(top / path, staged[path].blob, folder / path, skip)
        if found is None:
            foreign.append(f"{path}/")
        else:
            written.add(top / path)
            hidden.update(f"{path}/{name}" for name in found)
    others = _add_untracked(top, folder, staged, tuple(foreign), lambda inner: inner in written or skip(inner))
    return others.union(hidden)


def _write_submodule(top: Path, commit: str, folder: Path, skip: Callable[[Path], bool]) -> frozenset[str] | None:
    """Write a commit of a submodule; ``None`` where that is not there, so that the work tree has to do."""
    if not (top / ".git").exists():
        return None
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / ".offbook-index"
    try:
        return write_staged_tree(Index.of_commit(top, commit, file), top, folder, skip)
    except GitError:
        return None
    finally:
        file.unlink(missing_ok=True)


def _linked(index: Index, staged: dict[str, StagedFile]) -> set[str]:
    """Return the large staged files that the work tree has just so."""
    sizes = index.sizes(file for file in staged.values() if file.regular)
    large = {path for path, size in sizes.items() if size > _LARGE}
    return large - index.edited() if large else set()


def _add_untracked(
    top: Path, folder: Path, staged: dict[str, StagedFile], submodules: tuple[str, ...], skip: Callable[[Path], bool]
) -> frozenset[str]:
    hidden = set()
    left = _COPIED
    for path in _walk(top, skip):
        name = path.relative_to(top).as_posix()
        if name in staged:
            continue
        if path.suffix in _CODE and not name.startswith(submodules):
            hidden.add(name)
            continue
        left -= _show(path, folder / name, min(_LARGE, left))
    return frozenset(hidden)


def _show(path: Path, target: Path, limit: int) -> int:
    """Copy a file, or link it where it is larger than ``limit`` or cannot be copied; return the bytes copied."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        size = path.stat().st_size
        if size <= limit:
            shutil.copy2(path, target)
            return size
    except OSError:
        target.unlink(missing_ok=True)
    target.symlink_to(path)
    return 0


def _walk(folder: Path, skip: Callable[[Path], bool]) -> Iterator[Path]:
    """Yield all files; links to folders are yielded as they are, and not entered."""
    for here, folders, names in os.walk(folder):
        inside = Path(here)
        links = [name for name in folders if (inside / name).is_symlink()]
        folders[:] = sorted(name for name in folders if name not in links and not skip(inside / name))
        for name in sorted([*names, *links]):
            path = inside / name
            if path.is_file() or path.is_symlink():
                yield path
