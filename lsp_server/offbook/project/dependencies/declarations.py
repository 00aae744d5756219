"""What the files around a notebook declare as dependencies."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct

from offbook.project.dependencies.projects import Declared, pipfile, pixi_file, pyproject_file, setup_cfg, setup_py
from offbook.project.dependencies.requirements import conda_file, installed_by, read, requirements_file
from offbook.project.files import ROOT_MARKS
from offbook.text.patterns import pattern

_REQUIREMENTS = pattern(r"(?i)(?!.*(?:doc|lint)).*requirements?.*\.(?:txt|in)$")
_CONDA = pattern(r"(?i).*(?:environment|conda|\benv).*\.ya?ml$")
_IMAGE = pattern(r"(?i)(?:docker|container)file\b.*|postbuild|apt\.txt")
_FOLDERS = frozenset(
    "requirements requirement reqs binder .binder env envs environment environments conda setup docker".split()
)
"""Folders in which projects keep such files."""
_ABOVE = 3
"""So many folders above the notebook are looked at, where nothing marks a project."""
_LARGEST = 1_000_000
_ENDINGS = (".txt", ".in", ".yml", ".yaml")
_STARTS = ("docker", "container", "postbuild")

Reader = Callable[[Path, str], Declared]
DeclaredIn = Callable[[Path], tuple[tuple[Path, Declared], ...]]


class Declarations(Struct, frozen=True):
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


def find_declarations(folder: Path, root: Path, declared_in: DeclaredIn | None = None) -> Declarations:
    """Return what is declared for a notebook in a folder: there, in the folders above it, and in the workspace's.

    Args:
        folder: the notebook's.
        root: the workspace's.
        declared_in: what one folder declares, where that is kept; by default it is read.
    """
    names: set[str] = set()
    files: list[Path] = []
    complete = True
    for place in _places(folder, root):
        for file, declared in (declared_in or read_declared)(place):
            names |= declared.names
            complete &= declared.complete
            if declared.declares:
                files.append(file)
    return Declarations(frozenset(names), tuple(files), complete)


def read_declared(folder: Path) -> tuple[tuple[Path, Declared], ...]:
    """Return what the files of one folder declare, and those of the folders in it that are meant for such files."""
    found = []
    for name in _names(folder):
        inside = [(folder / name, other) for other in _names(folder / name)] if name in _FOLDERS else [(folder, name)]
        for place, file in inside:
            reader = _reader(place.name, file)
            declared = _read(place / file, reader) if reader else None
            if declared is not None:
                found.append((place / file, declared))
    return tuple(found)


def _reader(folder: str, name: str) -> Reader | None:
    """Return what reads a file; ``None`` for one that has nothing to do with dependencies."""
    if name in _READERS:
        return _READERS[name]
    lower = name.lower()
    if not lower.endswith(_ENDINGS) and not lower.startswith(_STARTS):
        return None  # most files
    if _CONDA.fullmatch(name):
        return _conda
    if _IMAGE.fullmatch(name):
        return _image
    if _REQUIREMENTS.fullmatch(name) or (folder.startswith("req") and name.endswith((".txt", ".in"))):
        return _requirements
    return None


def _read(file: Path, reader: Reader) -> Declared | None:
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


_READERS: dict[str, Reader] = {
    "pyproject.toml": pyproject_file,
    "setup.cfg": lambda _, text: setup_cfg(text),
    "setup.py": lambda _, text: setup_py(text),
    "Pipfile": lambda _, text: pipfile(text),
    "pixi.toml": lambda _, text: pixi_file(text),
}


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


def _names(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208  (fast)
    except OSError:
        return []


def _rank(name: str) -> int:
    order = ("pyproject.toml", "requirements.txt", "environment.yml")
    return order.index(name) if name in order else len(order)
