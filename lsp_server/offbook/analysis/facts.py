"""What one cell does, as frozen values: the result of :func:`offbook.analysis.cell.analyze_cell`."""

from __future__ import annotations

import ast
from functools import cached_property
from typing import Literal, NamedTuple

from msgspec import Struct, field

from offbook.notebook import MaskedSource
from offbook.text import Span

Place = ast.AST | Span
"""A node of the parsed cell, or a span where there is none (names inside magics)."""


def span_of(place: Place) -> Span:
    """Return where a node stands. Columns of parsed cells count code points (see :mod:`offbook.analysis.parse`)."""
    if isinstance(place, Span):
        return place
    node: ast.expr = place  # type: ignore[assignment]  # every node that facts name has a place
    line, column = node.lineno - 1, node.col_offset
    return Span.of(line, column, (node.end_lineno or node.lineno) - 1, node.end_col_offset or column)


BindingKind = Literal[
    "assign", "augment", "import", "function", "class", "for", "with", "except", "walrus", "match", "magic", "global"
]

Exposure = Literal["exposed", "maybe", "local"]
"""Whether a read can see what earlier cells left: always, on some paths, or never (the cell binds it first)."""


class Binding(NamedTuple):
    """A name that the cell binds at the notebook's top level.

    Attributes:
        name: the name.
        span: where the name stands.
        kind: the form of the binding; ``global`` for ``global`` in a function's body (bound when it is called).
        definite: whether every run of the cell that ends normally binds it, here or in another branch.
        node: the statement (or walrus expression) that binds it; ``None`` for magics.
        unconditional: whether it stands in no branch, loop or handler.
    """

    name: str
    span: Span
    kind: BindingKind
    definite: bool
    node: ast.AST | None
    unconditional: bool = False


class Read(NamedTuple):
    """A name that is looked up while the cell runs.

    Attributes:
        name: the name.
        place: the expression; for names inside magics, the magic's span.
        exposure: whether an earlier cell's value can be seen.
        guarded: inside ``try`` with a handler for ``NameError`` or broader, or behind a test such as
            ``'x' in globals()``.
    """

    name: str
    place: Place
    exposure: Exposure
    guarded: bool

    @property
    def span(self) -> Span:
        """Where the name stands."""
        return span_of(self.place)


class DeferredRead(NamedTuple):
    """A notebook name that a function's or lambda's body looks up, when it is called.

    Attributes:
        name: the name.
        place: the expression.
        owner: the top-level function or class that it stands in; empty for lambdas.
        guarded: as for :class:`Read`.
    """

    name: str
    place: Place
    owner: str
    guarded: bool

    @property
    def span(self) -> Span:
        """Where the name stands."""
        return span_of(self.place)


class Mutation(NamedTuple):
    """A change of an object in place, through a name.

    Attributes:
        name: the top-level name; the object may have others.
        span: the expression or target.
        how: ``subscript`` (``x[0] = 1``), ``attribute`` (``x.a = 1``), ``augment`` (``x += 1``), ``method``
            (``x.append(1)``) or ``inplace`` (``x.drop(..., inplace=True)``).
        detail: the method's or attribute's name; else empty.
        owner: the function in whose body it stands; empty at top level.
    """

    name: str
    span: Span
    how: Literal["subscript", "attribute", "augment", "method", "inplace"]
    detail: str
    owner: str


class Import(NamedTuple):
    """One imported name: ``from module import name as bound``, or ``import module as bound`` (``name`` is empty).

    ``bound`` is ``*`` for a star import; ``top`` tells whether it stands at the notebook's top level.
    """

    module: str
    name: str
    bound: str
    level: int
    span: Span
    top: bool
    guarded: bool
    node: ast.Import | ast.ImportFrom


class Deletion(NamedTuple):
    """``del name`` at top level."""

    name: str
    span: Span
    definite: bool


class Definition(NamedTuple):
    """A function or class that the cell defines at top level (not inside ``if`` or ``for``)."""

    name: str
    kind: Literal["function", "class"]
    span: Span
    whole: Span
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Call(NamedTuple):
    """A call and the top-level function or class in whose body it stands (empty at top level, ``<lambda>`` in one)."""

    node: ast.Call
    owner: str


class SyntaxProblem(NamedTuple):
    """Why a cell is no Python: the parser's words and the place; ``python2`` where it reads as Python 2."""

    message: str
    span: Span
    python2: bool


class NameEvents(NamedTuple):
    """What one cell does with one name; each in the order of execution."""

    bindings: tuple[Binding, ...]
    reads: tuple[Read, ...]
    deferred: tuple[DeferredRead, ...]
    mutations: tuple[Mutation, ...]
    deletions: tuple[Deletion, ...]

    @property
    def exposed(self) -> bool:
        """Whether the cell, when it runs, always looks for a value that an earlier cell left."""
        return any(read.exposure == "exposed" for read in self.reads)

    @property
    def binds(self) -> bool:
        """Whether the cell may bind the name when it runs."""
        return any(binding.kind != "global" for binding in self.bindings)


class CellFacts(Struct, frozen=True, eq=False, dict=True, weakref=True):
    """What a code cell binds, reads, mutates, deletes, imports and displays.

    Equal by identity: the same source always gives the same object, while it is in the cache.

    Attributes:
        source: the cell's source.
        masked: its Python.
        tree: the parsed Python; ``None`` for a cell in another language or with a syntax error.
        problem: the syntax error.
        bindings: in the order of execution.
        reads: in the order of execution, functions' bodies left out.
        deferred: reads in the bodies of functions and lambdas.
        mutations: changes in place, those in functions' bodies too.
        imports: all imports, those in functions' bodies too.
        deletions: names removed at top level.
        definitions: functions and classes.
        calls: every call, in the order of evaluation as far as the text tells, those in functions' bodies too.
        display: the last expression of the cell, where its value is shown (no semicolon behind it).
        dynamic: it uses ``exec``, ``eval``, ``globals()``, ``locals()``, ``vars()`` or a magic that can bind any
            name (``%run``, ``%load``, ``%store -r``, ``%pylab``): names may come from there.
    """

    source: str
    masked: MaskedSource
    tree: ast.Module | None = None
    problem: SyntaxProblem | None = None
    bindings: tuple[Binding, ...] = ()
    reads: tuple[Read, ...] = ()
    deferred: tuple[DeferredRead, ...] = ()
    mutations: tuple[Mutation, ...] = ()
    imports: tuple[Import, ...] = ()
    deletions: tuple[Deletion, ...] = ()
    definitions: tuple[Definition, ...] = ()
    calls: tuple[Call, ...] = ()
    display: ast.expr | None = None
    dynamic: bool = False

    @cached_property
    def opaque(self) -> bool:
        """Whether the cell may bind names that nobody can see: ``exec``, ``%run``, a star import, no valid Python."""
        return self.tree is None or self.dynamic or any(found.bound == "*" for found in self.imports)

    @cached_property
    def by_name(self) -> dict[str, NameEvents]:
        """All that happens to each name at the notebook's top level."""
        found: dict[str, _Events] = {}
        for binding in self.bindings:
            found.setdefault(binding.name, _Events()).bindings.append(binding)
        for read in self.reads:
            found.setdefault(read.name, _Events()).reads.append(read)
        for deferred in self.deferred:
            found.setdefault(deferred.name, _Events()).deferred.append(deferred)
        for mutation in self.mutations:
            found.setdefault(mutation.name, _Events()).mutations.append(mutation)
        for deletion in self.deletions:
            found.setdefault(deletion.name, _Events()).deletions.append(deletion)
        return {name: events.frozen() for name, events in found.items()}


class _Events(Struct):
    bindings: list[Binding] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    deferred: list[DeferredRead] = field(default_factory=list)
    mutations: list[Mutation] = field(default_factory=list)
    deletions: list[Deletion] = field(default_factory=list)

    def frozen(self) -> NameEvents:
        return NameEvents(
            tuple(self.bindings),
            tuple(self.reads),
            tuple(self.deferred),
            tuple(self.mutations),
            tuple(self.deletions),
        )
