"""Which notebooks a command is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from offbook.errors import UserError
from offbook.notebook.modulefile import is_module


def find_notebooks(paths: Iterable[Path], *, modules: bool = False) -> list[Path]:
    """Return the notebooks that are named, and all in the folders that are named; each once.

    Args:
        paths: notebooks and folders.
        modules: whether Python modules may be named, too; in folders they are not looked for.

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
        elif path.suffix != ".ipynb" and not (modules and is_module(path)):
            kinds = ".ipynb, or in .py for a module" if modules else ".ipynb"
            raise UserError(f"{path} is not a notebook: its name does not end in {kinds}")
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
