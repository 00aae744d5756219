"""What the files around a notebook declare as dependencies."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from offbook.project.dependencies.projects import Declared, pipfile, pixi_file, pyproject_file, setup_cfg, setup_py
from offbook.project.dependencies.requirements import conda_file, installed_by, read, requirements_file
from offbook.project.files import ROOT_MARKS

_REQUIREMENTS = re.compile(r"(?i)(?!.*(?:doc|lint)).*requirements?.*\.(?:txt|in)$")
_CONDA = re.compile(r"(?i).*(?:environment|conda|\benv).*\.ya?ml$")
_IMAGE = re.compile(r"(?i)(?:docker|container)file\b.*|postbuild|apt\.txt")
_FOLDERS = frozenset(
    "requirements requirement reqs binder .binder env envs environment environments conda setup docker".split()
)
"""Folders in which projects keep such files."""
_ABOVE = 3
"""So many folders above the notebook are looked at, where nothing marks a project."""
_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Declarations:
    """What the files around a notebook declare.

    Attributes:
        names: distributions, normalised.
        files: where dependencies are declared, the nearest to the notebook first.
        complete: whether everything could be read.
    """

    names: frozenset[str]
    files: tuple[Path, ...]
    complete: bool

    @property
    def main(self) -> Path | None:
        """The file that a new dependency belongs in; ``None`` where there is none."""
        ranked = sorted(self.files, key=lambda file: _rank(file.name))
        return ranked[0] if ranked else None


def find_declarations(folder: Path, root: Path) -> Declarations:
    """Return what is declared for a notebook in a folder: there, in the folders above it, and in the workspace's."""
    names: set[str] = set()
    files: list[Path] = []
    complete = True
    for file in _candidates(folder, root):
        declared = _read(file)
        if declared is not None:
            names |= declared.names
            complete &= declared.complete
            if declared.declares:
                files.append(file)
    return Declarations(frozenset(names), tuple(files), complete)


def _read(file: Path) -> Declared | None:
    """Return what one file declares; ``None`` for one that has nothing to do with it."""
    reader = _READERS.get(file.name)
    if reader is None:
        if _CONDA.fullmatch(file.name):
            reader = _conda
        elif _IMAGE.fullmatch(file.name):
            reader = _image
        elif _REQUIREMENTS.fullmatch(file.name) or (
            file.parent.name.startswith("req") and file.suffix in (".txt", ".in")
        ):
            reader = _requirements
        else:
            return None
    try:
        small = file.is_file() and file.stat().st_size <= _LARGEST
    except OSError:
        return None
    return reader(file, read(file)) if small else None


def _conda(_file: Path, text: str) -> Declared:
    found = conda_file(text)
    return Declared(found, declares=bool(found))


def _image(_file: Path, text: str) -> Declared:
    return Declared(installed_by(text), declares=False)


def _requirements(file: Path, text: str) -> Declared:
    return Declared(requirements_file(file, text))


_READERS: dict[str, Callable[[Path, str], Declared]] = {
    "pyproject.toml": pyproject_file,
    "setup.cfg": lambda _, text: setup_cfg(text),
    "setup.py": lambda _, text: setup_py(text),
    "Pipfile": lambda _, text: pipfile(text),
    "pixi.toml": lambda _, text: pixi_file(text),
}


def _candidates(folder: Path, root: Path) -> Iterator[Path]:
    """Yield the files of the folders from the notebook's up to the workspace's, nearest first."""
    for place in _places(folder, root):
        for path in _entries(place):
            if path.name in _FOLDERS:
                yield from _entries(path)
            else:
                yield path


def _places(folder: Path, root: Path) -> Iterator[Path]:
    if any((root / mark).exists() for mark in ROOT_MARKS):
        above = [place for place in (folder, *folder.parents) if place.is_relative_to(root)]
        yield from above
        return
    home = Path(os.path.expanduser("~"))  # noqa: PTH111  (Path.home() raises where there is none)
    yield folder
    for place in folder.parents[:_ABOVE]:
        if place in (home, Path(place.anchor)):
            return
        yield place


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _rank(name: str) -> int:
    order = ("pyproject.toml", "requirements.txt", "environment.yml")
    return order.index(name) if name in order else len(order)
