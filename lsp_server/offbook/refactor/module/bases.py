"""The folders from which imports of a notebook start: its own, those that its cells name, and installed projects."""

from __future__ import annotations

import os
import posixpath
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from offbook.analysis import Analysis, PathEntry, find_path_entries
from offbook.refactor.registry import Workspace


@dataclass(frozen=True, slots=True)
class Base:
    """A folder from which imports start.

    Attributes:
        folder: the folder.
        entry: the statement that puts it on the path; ``None`` where it is there from the start.
    """

    folder: Path
    entry: PathEntry | None = None

    @property
    def travels(self) -> bool:
        """Whether it is the same in a copy of the workspace: no path of one machine names it."""
        return self.entry is None or not posixpath.isabs(self.entry.folder or "")

    def dotted(self, path: Path) -> str:
        """Return the name of a module's file, or of a package's folder, in an import from here; empty for none."""
        if not path.is_relative_to(self.folder):
            return ""
        parts = path.relative_to(self.folder).parts
        if path.suffix == ".py":
            parts = parts[:-1] if path.name == "__init__.py" else (*parts[:-1], path.stem)
        return ".".join(parts)


class Bases:
    """The folders of one notebook, its own first.

    Attributes:
        own: the notebook's folder, in which its kernel starts.
        entered: those that cells put on the path.
        unknown: changes of ``sys.path`` of which nobody can tell what they put there.
    """

    def __init__(self, analysis: Analysis, workspace: Workspace) -> None:
        self._workspace = workspace
        self.own = Base(analysis.notebook.path.parent)
        plain = is_plain(self.own.folder, workspace.root)  # behind a link, `..` is another folder
        entries = find_path_entries(analysis)
        self.unknown = tuple(entry for entry in entries if entry.folder is None or not plain)
        self.entered = tuple(
            Base(Path(os.path.normpath(self.own.folder / entry.folder)), entry)
            for entry in entries
            if entry.folder is not None and plain
        )

    @cached_property
    def every(self) -> tuple[Base, ...]:
        """All of them, each folder once."""
        every = [self.own, *self.entered, *self._installed()]
        found: dict[Path, Base] = {}
        for base in sorted(every, key=lambda base: not base.travels):
            found.setdefault(base.folder, base)
        return tuple(found.values())

    def _installed(self) -> Iterator[Base]:
        """Yield the folders of installed projects; in the workspace, as it writes its paths."""
        root = self._workspace.root
        top = root.resolve()
        for folder in self._workspace.added_folders:
            real = folder.resolve()
            yield Base(root / real.relative_to(top) if real.is_relative_to(top) else real)

    @cached_property
    def folders(self) -> tuple[Path, ...]:
        """The folders of those in the workspace, the notebook's own first."""
        root = self._workspace.root
        return tuple(base.folder for base in self.every if base is self.own or base.folder.is_relative_to(root))

    def around(self, path: Path) -> list[Base]:
        """Return those from which an import finds a file in the workspace, the nearest to the file first."""
        root = self._workspace.root
        found = [base for base in self.every if path.is_relative_to(base.folder) and base.travels]
        found = [base for base in found if base is self.own or (is_plain(base.folder, root) and is_plain(path, root))]
        return sorted(found, key=lambda base: -len(base.folder.parts))

    def holding(self, dotted: str) -> list[Base]:
        """Return those in which an import may find something."""
        return [base for base in self.every if self.holds(base, dotted)]

    def holds(self, base: Base, dotted: str) -> bool:
        """Tell whether an import may find something in one of them."""
        path = base.folder.joinpath(*dotted.split("."))
        return self._workspace.is_folder(path) or self._workspace.read(path.with_name(f"{path.name}.py")) is not None

    def is_regular(self, base: Base, top: str) -> bool:
        """Tell whether one of them has a module or package of a name, and not a mere folder: that comes last."""
        files = (base.folder / f"{top}.py", base.folder / top / "__init__.py")
        return any(self._workspace.read(file) is not None for file in files)

    def sole(self, top: str) -> Base | None:
        """Return the one in which an import of a top-level name surely finds it, if it finds it at all."""
        found = self.holding(top)
        found = [base for base in found if self.is_regular(base, top)] or found
        if len(found) != 1:
            return None
        elsewhere = found[0] is not self.own and (top in sys.stdlib_module_names or self._workspace.is_installed(top))
        return None if elsewhere else found[0]


def is_plain(path: Path, root: Path) -> bool:
    """Tell whether a path lies in the workspace, and no link stands on the way."""
    return path.is_relative_to(root) and path.resolve() == root.resolve() / path.relative_to(root)
