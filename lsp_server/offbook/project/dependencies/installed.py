"""What is installed in the environment that a notebook would use; nothing of it is run."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import cached_property, lru_cache
from pathlib import Path

from offbook.project.dependencies.requirements import normalize, read, requirement_name


class Environment:
    """The distributions of one environment, from their metadata."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        self._folders = folders
        self._reached: dict[frozenset[str], frozenset[str]] = {}

    @staticmethod
    def around(root: Path) -> Environment:
        """Return the workspace's own environment, else the active one, else the one that offbook is installed in."""
        prefixes = [root / name for name in (".venv", "venv", "env", ".env")]
        prefixes += [Path(os.environ[name]) for name in ("VIRTUAL_ENV", "CONDA_PREFIX") if os.environ.get(name)]
        for prefix in prefixes:
            if (prefix / "pyvenv.cfg").is_file() or (prefix / "conda-meta").is_dir():
                found = (*prefix.glob("lib/python3*/site-packages"), *prefix.glob("Lib/site-packages"))
                if found:
                    return _environment(found, tuple(map(_changed, found)))
        found = tuple(Path(entry) for entry in sys.path if entry.endswith(("site-packages", "dist-packages")))
        return _environment(found, tuple(map(_changed, found)))

    @cached_property
    def _metadata(self) -> dict[str, Path]:
        """Return the metadata folder of every distribution, by its normalised name."""
        found: dict[str, Path] = {}
        for folder in reversed(self._folders):
            for entry in _listing(folder):
                if entry.endswith(".dist-info"):
                    found[normalize(entry.partition("-")[0])] = folder / entry
        return found

    def version(self, distribution: str) -> str:
        """Return a distribution's version; empty where it is not installed."""
        folder = self._metadata.get(distribution)
        return folder.name.removesuffix(".dist-info").partition("-")[2] if folder else ""

    def source(self, module: str) -> str | None:
        """Return the text of a module, or of the ``__init__`` of a package; ``None`` where there is no such file."""
        path = module.replace(".", "/")
        files = (folder / end for folder in self._folders for end in (f"{path}/__init__.py", f"{path}.py"))
        return next((text for file in files if file.is_file() and (text := read(file))), None)

    @cached_property
    def added_folders(self) -> tuple[Path, ...]:
        """The folders that its ``.pth`` files put on the path: those of projects that are installed as they stand.

        Lines that run code are left out. See https://docs.python.org/3/library/site.html.
        """
        found: list[Path] = []
        for folder in self._folders:
            for name in sorted(_listing(folder)):
                if name.endswith(".pth") and not name.startswith("."):
                    lines = map(str.rstrip, read(folder / name).removeprefix("\ufeff").splitlines())
                    plain = (line for line in lines if line and not line.startswith(("#", "import ", "import\t")))
                    found += (Path(os.path.normpath(folder / line)) for line in plain)
        return tuple(path for path in dict.fromkeys(found) if path.is_dir())

    def holds(self, top: str) -> bool:
        """Tell whether a top-level module or package, of whatever kind, lies in its own folders."""
        return any(_module_name(name) == top for folder in self._folders for name in _listing(folder))

    def provider(self, module: str) -> str:
        """Return the distribution whose files a top-level module is; empty where none is known."""
        here = any((folder / module).is_dir() or (folder / f"{module}.py").is_file() for folder in self._folders)
        return self._providers.get(module, "") if here else ""

    @cached_property
    def _providers(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, folder in self._metadata.items():
            for module in _modules(folder):
                found.setdefault(module, name)
        return found

    def requires(self, declared: frozenset[str], distribution: str) -> bool:
        """Tell whether one of the declared distributions, as it is installed, needs another."""
        known = self._reached.get(declared)
        if known is None:
            known = self._reached[declared] = self._needs_of_all(declared)
        return distribution in known

    def _needs_of_all(self, declared: frozenset[str]) -> frozenset[str]:
        """Return what some distributions need, and what that needs, and so on."""
        reached: set[str] = set()
        waiting = list(declared)
        while waiting:
            new = self._needs(waiting.pop()) - reached
            reached |= new
            waiting += new
        return frozenset(reached)

    def _needs(self, distribution: str) -> set[str]:
        folder = self._metadata.get(distribution)
        if folder is None:
            return set()
        header = read(folder / "METADATA").partition("\n\n")[0].splitlines()
        lines = (line.partition(":")[2] for line in header if line.startswith("Requires-Dist:"))
        return {requirement_name(line) for line in lines if "extra ==" not in line}


@lru_cache(maxsize=16)
def _environment(folders: tuple[Path, ...], _changed: tuple[int, ...]) -> Environment:
    """Return the environment of some folders; its distributions are the same while none came or went."""
    return Environment(folders)


def _changed(folder: Path) -> int:
    """Return when something in a folder came or went last."""
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0


def _module_name(name: str) -> str:
    """Return what an import calls a file or folder of this name; empty where an import does not find it."""
    stem, dot, _ = name.partition(".")
    return stem if not dot or name.endswith((".py", ".pyc", ".so", ".pyd")) else ""


def _modules(folder: Path) -> Iterator[str]:
    """Yield the top-level modules of a distribution, from its list of files."""
    for line in read(folder / "RECORD").splitlines():
        top, slash, _ = line.partition(",")[0].partition("/")
        if (slash or top.endswith(".py")) and top.removesuffix(".py").isidentifier():
            yield top.removesuffix(".py")


def _listing(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208  (names alone)
    except OSError:
        return []
