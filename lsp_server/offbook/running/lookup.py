"""Looks for a module or file that a run did not find, and says where it is instead."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

_DISTRIBUTIONS = {
    "Bio": "biopython",
    "PIL": "pillow",
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "dotenv": "python-dotenv",
    "fitz": "PyMuPDF",
    "git": "GitPython",
    "igraph": "python-igraph",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "umap": "umap-learn",
    "yaml": "pyyaml",
}
"""Import names whose distribution is named otherwise."""

_PRUNED = frozenset({"node_modules", "__pycache__", "site-packages", "venv", "env", "build", "dist"})
_FOLDERS = 2000
"""How many folders are looked into at most."""


def explain_module(module: str, cwd: Path, root: Path, python: str, hidden: frozenset[str]) -> str:
    """Say why a module could not be imported.

    Args:
        module: its dotted name, as in the error.
        cwd: the folder in which the notebook ran.
        root: the workspace.
        python: the kernel's executable.
        hidden: relative paths of files that git does not track.
    """
    parts = module.split(".")
    own = [Path(*parts).with_suffix(".py"), Path(*parts) / "__init__.py"]
    for path in sorted(hidden):
        if any(Path(path) == name or path.endswith(f"/{name.as_posix()}") for name in own):
            return f"`{module}` is in `{path}`, which is not in git, so a clone would not have it: `git add {path}`."
    for folder in _folders(root):
        for name in own:
            if (folder / name).is_file():
                found = (folder / name).relative_to(root).as_posix()
                where = os.path.relpath(folder, cwd)
                return (
                    f"`{module}` is in `{found}`, where a kernel that starts in `{_shown(cwd, root)}` does not look. "
                    f"Install the project (`pip install -e .`), or put `{where}` on `sys.path` in the first cell."
                )
    top = parts[0]
    install = _DISTRIBUTIONS.get(top, top)
    kernel = f" ({python})" if python else ""
    if len(parts) > 1:
        return f"`{module}` is imported but not installed in this kernel{kernel}: `{top}` may be another version."
    return f"`{module}` is imported but not installed in this kernel{kernel}. Try `pip install {install}` there."


def explain_file(
    path: str, cwd: Path, root: Path, tracked: Callable[[Path], bool] | None, hidden: frozenset[str]
) -> str:
    """Say why a file could not be read.

    Args:
        path: the path as in the error.
        cwd: the folder in which the notebook ran.
        root: the workspace.
        tracked: tells whether git tracks a file.
        hidden: relative paths of files that git does not track and the run did not see.
    """
    wanted = Path(path).expanduser()
    full = Path(os.path.normpath(cwd / wanted))
    if wanted.is_absolute() and not full.is_relative_to(root):
        return f"`{path}` is a path on one machine only. Use a path relative to the notebook's folder."
    inside = full.relative_to(root).as_posix() if full.is_relative_to(root) else path
    if inside in hidden:
        return f"It reads `{inside}`, which is not in git, so a clone would not have it: `git add {inside}`."
    if full.exists():
        return f"`{inside}` is there now: the run makes it only later."
    for folder in _folders(root):
        if folder != cwd and (folder / wanted).exists():
            found = (folder / wanted).relative_to(root).as_posix()
            return (
                f"The kernel starts in the notebook's folder, `{_shown(cwd, root)}`, and there is no `{path}`. "
                f"`{found}` exists: read `{os.path.relpath(folder / wanted, cwd)}`."
            )
    known = " It is in git, but not in your folder: `git restore` brings it back." if _is(tracked, full) else ""
    return f"There is no `{inside}`.{known}"


def _is(tracked: Callable[[Path], bool] | None, path: Path) -> bool:
    return tracked is not None and tracked(path)


def _shown(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _folders(root: Path) -> Iterator[Path]:
    """Yield the workspace's folders, the nearest to its root first, without environments and caches."""
    level = [root]
    seen = 0
    while level and seen < _FOLDERS:
        yield from level
        seen += len(level)
        level = [Path(entry.path) for folder in level for entry in _subfolders(folder)]


def _subfolders(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(
                (
                    entry
                    for entry in entries
                    if entry.name not in _PRUNED
                    and not entry.name.startswith(".")
                    and entry.is_dir(follow_symlinks=False)
                ),
                key=lambda entry: entry.name,
            )
    except OSError:
        return []
