"""What a refactoring answers: a plan of every change, or the reason why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from offbook.notebook import CellChange, CellId
from offbook.text import Span


@dataclass(frozen=True, slots=True)
class NotebookChange:
    """Changes of one notebook."""

    path: Path
    changes: tuple[CellChange, ...]


@dataclass(frozen=True, slots=True)
class FileChange:
    """A text file that is created (``before`` is ``None``) or rewritten.

    A plan is stale where the file no longer holds ``before``.
    """

    path: Path
    before: str | None
    after: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a refactoring would change; nothing has changed yet.

    Attributes:
        refactoring: the id of the refactoring (``extract.module``).
        title: what it does, as a user would say it.
        notebooks: changed notebooks.
        files: created and changed text files.
        summary: what moves where, one sentence each.
        warnings: what the user should know before applying it.
        moved: cells whose outputs another cell shows afterwards, with that cell; all others keep their id.
        removed: cells that are gone with what they show, since nothing needs it.
        unsafe: whether it is written only once a run before and after it showed the same.
    """

    refactoring: str
    title: str
    notebooks: tuple[NotebookChange, ...] = ()
    files: tuple[FileChange, ...] = ()
    summary: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    moved: tuple[tuple[CellId, CellId], ...] = ()
    removed: tuple[CellId, ...] = ()
    unsafe: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the workspace something stands; ``cell`` is ``None`` in a text file."""

    path: Path
    cell: CellId | None
    span: Span


@dataclass(frozen=True, slots=True)
class Remedy:
    """More options with which a refactoring may do what it has refused; ``title`` is what they do, for a button."""

    title: str
    options: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a refactoring cannot be shown safe, where, and what the user could do."""

    reason: str
    where: Place | None = None
    advice: str = ""
    remedy: Remedy | None = None
