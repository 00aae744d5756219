"""What the rules are given for one notebook: the user's settings, and what is around the file."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from offbook.config import Settings, find_settings
from offbook.project import NotebookSurroundings
from offbook.rules import RuleSettings


def rules_for(settings: Settings, path: Path, *, waits: bool = True) -> RuleSettings:
    """Return which rules are checked in a saved notebook, how, and where they look around.

    Args:
        settings: the user's.
        path: the notebook's file.
        waits: whether an answer may take as long as reading the workspace, see :class:`NotebookSurroundings`.
    """
    return replace(settings.for_path(path), surroundings=NotebookSurroundings.of(path, settings.root, waits=waits))


class FolderRules:
    """The same for many notebooks at one moment: what the notebooks of a folder have in common is found once."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[Settings, NotebookSurroundings]] = {}

    def find(self, path: Path) -> RuleSettings | None:
        """Return what :func:`rules_for` does, with the settings that hold for the file; ``None`` if they exclude it."""
        inside = path.resolve()
        if inside.parent not in self._known:
            settings = find_settings(inside.parent)
            self._known[inside.parent] = settings, NotebookSurroundings.of(inside, settings.root)
        settings, around = self._known[inside.parent]
        if settings.excludes(path):
            return None
        return replace(settings.for_path(path), surroundings=replace(around, path=inside))
