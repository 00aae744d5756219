"""Diagnostics and fixes: what a rule found, as values that every face can show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import ClassVar, Literal

from msgspec import Struct, field

from offbook.notebook import CellChange, CellId, InsertCell
from offbook.text import Edit, Span

DOCUMENTATION = "https://offbook.readthedocs.io/rules"


class Severity(Enum):
    """How much a finding matters; the value is the letter used in lists."""

    ERROR = "E"
    WARNING = "W"
    INFORMATION = "I"
    HINT = "H"


class Applicability(Enum):
    """What a fix may do: ``SAFE`` keeps what the code computes; ``UNSAFE`` may not; ``DISPLAY`` is only shown."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    DISPLAY = "display-only"


class CellEdits(Struct, frozen=True):
    """Edits of one cell's source."""

    cell: CellId
    edits: tuple[Edit, ...]


Run = Literal["", "cell", "below", "all"]
"""What an editor could run to mend a finding: the cell, it and all below, or all in a restarted kernel."""


class Fix(Struct, frozen=True):
    """How to mend a finding: edits inside cells, or changes of whole cells, never both on one cell; or a run."""

    title: str
    applicability: Applicability
    edits: tuple[CellEdits, ...] = ()
    changes: tuple[CellChange, ...] = ()
    run: Run = ""


class Proposal(Struct, frozen=True):
    """A refactoring that mends a finding; a face offers it where there is that refactoring.

    Attributes:
        title: what it would do, as a menu says it.
        refactoring: its id (``extract.module``).
        options: its options, as plain data.
    """

    CELLS: ClassVar = frozenset({"cell", "cells", "above"})
    """The options that name cells, in all refactorings."""

    title: str
    refactoring: str
    options: Mapping[str, object] = field(default_factory=dict)

    @property
    def cells(self) -> Iterator[CellId]:
        """The cells that its options name."""
        for name in self.CELLS & self.options.keys():
            value = self.options[name]
            yield from value if isinstance(value, list) else [CellId(str(value))]


class Related(Struct, frozen=True):
    """Another place that explains a finding."""

    cell: CellId
    span: Span
    message: str


class Diagnostic(Struct, frozen=True):
    """One finding, in one cell.

    Attributes:
        code: the rule's code (``OB101``).
        name: the rule's name (``use-before-definition``).
        severity: how much it matters.
        message: what is wrong, in the user's words; names stand in backticks.
        cell: where; a finding about an output stands on the cell's first line.
        span: the place in the cell's source.
        fix: how to mend it, where that is known.
        related: other places that explain it.
        proposal: the refactoring that mends it, where one does.
    """

    code: str
    name: str
    severity: Severity
    message: str
    cell: CellId
    span: Span
    fix: Fix | None = None
    related: tuple[Related, ...] = ()
    proposal: Proposal | None = None

    @property
    def involved(self) -> Iterator[CellId]:
        """The cells in whose texts it names places: its own, and those of its related places and its fix."""
        yield self.cell
        yield from (place.cell for place in self.related)
        if self.fix is not None:
            yield from (part.cell for part in self.fix.edits)
            yield from (change.cell for change in self.fix.changes if not isinstance(change, InsertCell))

    @property
    def url(self) -> str:
        """The rule's page."""
        return f"{DOCUMENTATION}/{self.code}"
