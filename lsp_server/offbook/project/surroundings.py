"""What is around a saved notebook, as rules ask for it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from offbook.project.files import find_root
from offbook.project.workspace import Workspace, workspace_at
from offbook.rules.surroundings import Answer


@dataclass(frozen=True, slots=True)
class NotebookSurroundings:
    """Answers the rules' questions about what lies outside a notebook.

    It is small and can be sent to another process.

    Attributes:
        path: the notebook's file.
        root: its workspace.
        folders: where code may look for files: the notebook's folder, and that of the settings, in which some tools
            run notebooks.
    """

    path: Path
    root: Path
    folders: tuple[str, ...]

    @staticmethod
    def of(path: Path, settings_root: Path) -> NotebookSurroundings:
        """Return what is around a notebook file; ``settings_root`` is the folder of its settings."""
        path = path.resolve()
        return NotebookSurroundings(path, find_root(path), (str(path.parent), str(settings_root.resolve())))

    def answer(self, kind: str, key: str) -> Answer:
        """Answer a question, see :data:`offbook.rules.surroundings.OUTSIDE`."""
        if kind == "file":
            return any(os.path.exists(os.path.join(folder, key)) for folder in self.folders)  # noqa: PTH110, PTH118
        assert kind == "import", kind
        found = self._workspace.dependencies(self.path.parent).undeclared(key)
        return None if found is None or self._workspace.has_module(key) else found

    @property
    def _workspace(self) -> Workspace:
        return workspace_at(self.root)
