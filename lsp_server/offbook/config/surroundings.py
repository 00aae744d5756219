"""The files around a notebook."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Tells whether there is a file or folder at a path as a notebook's code names it.

    Attributes:
        folders: where code may look: the notebook's folder, and the project's, in which some tools run notebooks.
    """

    folders: tuple[str, ...]

    def __call__(self, path: str) -> bool:
        """Look for a path in each folder."""
        return any(os.path.exists(os.path.join(folder, path)) for folder in self.folders)  # noqa: PTH110, PTH118  (fast)
