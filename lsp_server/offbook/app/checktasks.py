"""What is to be checked, and what came of it: both go from process to process."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct, field

from offbook.app.checkcache import Outside, Reading
from offbook.app.results import NotebookCheck
from offbook.rules import RuleSettings


class Task(Struct, frozen=True):
    """A notebook, the rules for it, and whether its text is kept for fixes and for places in the file."""

    path: Path
    settings: RuleSettings
    texts: bool


class Done(Struct, frozen=True):
    """A result with all that says how long it holds; ``reading`` is ``None`` where it cannot be kept."""

    check: NotebookCheck
    reading: Reading | None = None
    outside: Outside = field(default_factory=dict)
    suppressed: bool = False
