"""What moves: the chosen definitions with all that they need, as far as it is found."""

from __future__ import annotations

from dataclasses import dataclass, field

from offbook.refactor.module.guards import Guard
from offbook.refactor.module.names import ImportedName
from offbook.refactor.module.scene import Moment, Piece, RefusedError
from offbook.refactor.plan import Refusal


class VariableError(RefusedError):
    """A definition reads a variable of the notebook; one of a function could be its parameter."""

    def __init__(self, refusal: Refusal, definition: str, variable: str) -> None:
        super().__init__(refusal)
        self.definition = definition
        self.variable = variable


@dataclass(slots=True)
class Closure:
    """What moves so far.

    Attributes:
        pieces: moving statements, each with what it reads by another name in the module.
        imports: the imports that they use, and when each is there in the notebook (``None``: always).
        builtins: the builtins that they use.
        guards: imports with a way out, which the module gets whole.
    """

    pieces: dict[Piece, dict[str, str]] = field(default_factory=dict)
    imports: dict[ImportedName, Moment | None] = field(default_factory=dict)
    builtins: set[str] = field(default_factory=set)
    guards: set[Guard] = field(default_factory=set)

    def copy(self) -> Closure:
        """Return an independent copy."""
        return Closure(dict(self.pieces), dict(self.imports), set(self.builtins), set(self.guards))

    @property
    def ordered(self) -> list[Piece]:
        """The moving statements in the order of the notebook."""
        return sorted(self.pieces, key=lambda piece: (piece.moment, piece.whole.start))

    @property
    def bound(self) -> set[str]:
        """What the moving statements bind in the module, and the imports with a way out."""
        names = {name for piece in self.pieces for name in piece.bound}
        return names.union(*(guard.names for guard in self.guards))


@dataclass(slots=True)
class Needs:
    """What one moving statement needs.

    Attributes:
        pieces: other statements that have to move.
        imports: the imports that it uses, as in :class:`Closure`.
        builtins: the builtins that it uses.
        renamed: what it reads by another name in the module.
        guards: imports with a way out, as in :class:`Closure`.
    """

    pieces: list[Piece] = field(default_factory=list)
    imports: dict[ImportedName, Moment | None] = field(default_factory=dict)
    builtins: set[str] = field(default_factory=set)
    renamed: dict[str, str] = field(default_factory=dict)
    guards: set[Guard] = field(default_factory=set)
