"""What the rules are given for one notebook: the user's settings, and what is around the file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from offbook.config import Settings
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
