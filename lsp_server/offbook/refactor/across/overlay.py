"""A workspace as it will be once some files are written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from offbook.analysis import Analysis
from offbook.refactor.plan import FileChange
from offbook.refactor.registry import Workspace


class Overlay:
    """A workspace with planned files over it; its notebooks are those of the workspace."""

    def __init__(self, workspace: Workspace, files: Iterable[FileChange]) -> None:
        self._workspace = workspace
        self._files = {file.path: file.after for file in files}

    @property
    def root(self) -> Path:
        """The workspace's folder."""
        return self._workspace.root

    def read(self, path: Path) -> str | None:
        """Return the text of a file."""
        return self._files[path] if path in self._files else self._workspace.read(path)

    def is_folder(self, path: Path) -> bool:
        """Tell whether there will be a folder."""
        return self._workspace.is_folder(path) or any(path in file.parents for file in self._files)

    def holds_modules(self, path: Path) -> bool:
        """Tell whether a folder will hold modules."""
        own = any(file.parent == path and file.suffix == ".py" for file in self._files)
        return own or self._workspace.holds_modules(path)

    def library(self, module: str) -> str | None:
        """Return the text of an installed module."""
        return self._workspace.library(module)

    @property
    def added_folders(self) -> tuple[Path, ...]:
        """The folders that the environment puts on the path."""
        return self._workspace.added_folders

    def is_installed(self, top: str) -> bool:
        """Tell whether the environment has a module or package of this name."""
        return self._workspace.is_installed(top)

    def notebooks_with(self, words: Sequence[str]) -> Iterable[Analysis]:
        """Return the notebooks in whose file a word stands."""
        return self._workspace.notebooks_with(words)

    def notebooks_defining(self, names: Iterable[str]) -> Iterable[Analysis]:
        """Return the notebooks that define a name."""
        return self._workspace.notebooks_defining(names)

    def notebooks_in(self, folder: Path) -> Iterable[Analysis]:
        """Return the notebooks of a folder."""
        return self._workspace.notebooks_in(folder)
