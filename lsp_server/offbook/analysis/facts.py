"""What one cell does, as frozen values: the result of :func:`offbook.analysis.cell.analyze_cell`."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Literal, NamedTuple

from offbook.notebook import MaskedSource
from offbook.text import Span

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
        definite: whether every run of the cell that ends normally binds it.
        node: the statement (or walrus expression) that binds it; ``None`` for magics.
    """

    name: str
    span: Span
    kind: BindingKind
    definite: bool
    node: ast.AST | None


class Read(NamedTuple):
    """A name that is looked up while the cell runs.

    Attributes:
        name: the name.
        span: where it stands; for names inside magics, the magic.
        exposure: whether an earlier cell's value can be seen.
        guarded: inside ``try`` with a handler for ``NameError`` or broader, or behind a test such as
            ``'x' in globals()``.
        node: the expression; ``None`` inside magics.
    """

    name: str
    span: Span
    exposure: Exposure
    guarded: bool
    node: ast.Name | None


class DeferredRead(NamedTuple):
    """A notebook name that a function's or lambda's body looks up, when it is called.

    Attributes:
        name: the name.
        span: where it stands.
        owner: the top-level function or class that it stands in; empty for lambdas.
        guarded: as for :class:`Read`.
    """

    name: str
    span: Span
    owner: str
    guarded: bool


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


class SyntaxProblem(NamedTuple):
    """Why a cell is no Python: the parser's words and the place; ``python2`` where it reads as Python 2."""

    message: str
    span: Span
    python2: bool


@dataclass(frozen=True, slots=True, eq=False)
class CellFacts:
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
    display: ast.expr | None = None
    dynamic: bool = False
