"""What is around a saved notebook, as rules ask for it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from offbook.rules.surroundings import Answer


@dataclass(frozen=True, slots=True)
class NotebookSurroundings:
    """Answers the rules' questions about what lies outside a notebook.

    It is small and can be sent to another process.

    Attributes:
        folders: where code may look for files: the notebook's folder, and that of the settings, in which some tools
            run notebooks.
    """

    folders: tuple[str, ...]

    @staticmethod
    def of(path: Path, root: Path) -> NotebookSurroundings:
        """Return what is around a notebook file; ``root`` is the folder of its settings."""
        return NotebookSurroundings((str(path.resolve().parent), str(root.resolve())))

    def answer(self, kind: str, key: str) -> Answer:
        """Answer a question, see :data:`offbook.rules.surroundings.OUTSIDE`."""
        assert kind == "file", kind
        return any(os.path.exists(os.path.join(folder, key)) for folder in self.folders)  # noqa: PTH110, PTH118  (fast)
