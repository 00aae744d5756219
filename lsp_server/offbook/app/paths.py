"""Which notebooks a command is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from offbook.errors import UserError


def find_notebooks(paths: Iterable[Path]) -> list[Path]:
    """Return the notebooks that are named, and all in the folders that are named; each once.

    Raises:
        UserError: where a path is missing or no notebook.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        if path.is_dir():
            for inside in _notebooks_in(path):
                found.setdefault(inside.resolve(), inside)
        elif not path.exists():
            raise UserError(f"{path}: there is no such file or folder")
        elif path.suffix != ".ipynb":
            raise UserError(f"{path} is not a notebook: its name does not end in .ipynb")
        else:
            found.setdefault(path.resolve(), path)
    return list(found.values())


def _notebooks_in(folder: Path) -> Iterator[Path]:
    """Yield a folder's notebooks, without checkpoints, environments and hidden folders."""
    try:
        entries = sorted(folder.iterdir(), key=lambda path: (path.is_dir(), path.name))
    except OSError as error:
        raise UserError(f"{folder} cannot be read: {error.strerror or error}") from None
    for path in entries:
        if path.is_dir() and not path.is_symlink():
            if not path.name.startswith(".") and path.name != "node_modules" and not (path / "pyvenv.cfg").exists():
                yield from _notebooks_in(path)
        elif path.suffix == ".ipynb" and path.is_file():
            yield path
