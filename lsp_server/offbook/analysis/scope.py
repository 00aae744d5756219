"""Python's scopes inside one cell: which names are the notebook's own.

The rules are those of the language reference, section 4.2 (naming and binding): a function's names are local where it
binds them anywhere; class bodies run at once, and their names are invisible to the functions in them; comprehension
targets are hidden from the outside; ``global`` reaches the notebook.
"""

from __future__ import annotations

import ast
from typing import Literal

from msgspec import Struct, field

from offbook.analysis.facts import Mutation


class Frame(Struct):
    """One scope while its code is walked.

    Attributes:
        kind: ``module`` is the notebook's top level; lambdas count as functions.
        parent: the scope around it; ``None`` for the module.
        owner: the top-level definition that it stands in, ``<lambda>`` in a lambda outside of any.
        bound: names that the scope binds, so far.
        outer: names declared ``global``.
        nonlocal_names: names declared ``nonlocal``.
        hidden: targets of the comprehensions (and type parameters) that are open in this scope.
        reads: names looked up in a function, with what guards them; resolved at the function's end.
        mutations: likewise.
    """

    kind: Literal["module", "function", "class"]
    parent: Frame | None
    owner: str
    bound: set[str] = field(default_factory=set)
    outer: set[str] = field(default_factory=set)
    nonlocal_names: set[str] = field(default_factory=set)
    hidden: list[set[str]] = field(default_factory=list)
    reads: list[tuple[ast.Name, bool]] = field(default_factory=list)
    mutations: list[Mutation] = field(default_factory=list)

    def hides(self, name: str) -> bool:
        """Tell whether a comprehension that is open here binds the name."""
        return any(name in names for names in self.hidden)

    def enclosing(self) -> Frame:
        """Return the scope in which a nested function's free names are looked up next: classes are left out."""
        frame = self.parent
        assert frame is not None, "the module has no enclosing scope"
        while frame.kind == "class" and frame.parent is not None:
            frame = frame.parent
        return frame


class Loop:
    """A loop while its body is walked.

    Attributes:
        depth: how many branches are open at the body's top.
        bound: names that the body has bound so far, on any path.
        breaks: what is bound where the loop is left by ``break``.
        left: whether a round may have ended before the place where the walk stands.
        later_rounds: places, among all reads, of those that not every round reaches.
    """

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.bound: set[str] = set()
        self.breaks: list[Bound] = []
        self.left = False
        self.later_rounds: list[int] = []


class Bound(Struct):
    """What the cell has bound at top level so far: on every path, and on some path."""

    definite: set[str] = field(default_factory=set)
    possible: set[str] = field(default_factory=set)

    def copy(self) -> Bound:
        """Return an independent copy, for one branch."""
        return Bound(set(self.definite), set(self.possible))

    def merge(self, branches: list[Bound]) -> None:
        """Become what holds after one of the branches was taken; none at all means that this place is not reached."""
        if branches:
            self.definite = set.intersection(*(branch.definite for branch in branches))
            self.possible = set.union(*(branch.possible for branch in branches))
