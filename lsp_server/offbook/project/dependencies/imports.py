"""Tells whether an import is provided for: by Python, by the workspace, or by what the workspace declares."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from offbook.project.dependencies.declarations import Declarations, DeclaredIn, find_declarations
from offbook.project.dependencies.installed import Environment
from offbook.project.dependencies.names import comes_along, is_given, known_distributions
from offbook.project.dependencies.requirements import normalize
from offbook.rules.surroundings import Undeclared


class Dependencies:
    """The dependencies of the notebooks of one folder, as they are when it is made."""

    def __init__(self, folder: Path, root: Path, declared_in: DeclaredIn | None = None) -> None:
        self._folder = folder
        self._root = root
        self._declared_in = declared_in

    @cached_property
    def declarations(self) -> Declarations:
        """What is declared."""
        return find_declarations(self._folder, self._root, self._declared_in)

    @cached_property
    def _main(self) -> Path | None:
        return self.declarations.main

    @cached_property
    def _environment(self) -> Environment:
        return Environment.around(self._root)

    def undeclared(self, module: str) -> Undeclared | None:
        """Return what a top-level module needs and nobody declares.

        ``None`` where all is well, where nobody knows which distribution provides it, and in a workspace that
        declares no dependencies at all.
        """
        declared = self.declarations
        main = self._main
        if main is None or is_given(module) or not declared.complete:
            return None
        names = declared.names
        known = known_distributions(module)
        if normalize(module) in names or any(name in names for name in known):
            return None
        if not known and any(normalize(module) in name.split("-") for name in names):
            return None  # `foo` may well come from `python-foo` or `foo-gpu`
        distribution = known[0] if known else self._environment.provider(module)
        if not distribution or distribution in names:
            return None
        if comes_along(distribution, names) or self._environment.requires(names, distribution):
            return None
        return Undeclared(distribution, self._version(distribution), self._shown(main))

    def _version(self, distribution: str) -> str:
        return self._environment.version(distribution)

    def _shown(self, file: Path) -> str:
        return file.relative_to(self._root).as_posix() if file.is_relative_to(self._root) else file.name
