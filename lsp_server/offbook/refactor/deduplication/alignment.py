"""Compares two copies of statements: their names map one to one, and nothing else but literals differs."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_IGNORED = frozenset({"ctx", "kind", "type_comment", "type_ignores"})
_Parents = tuple[ast.AST, ...]


@dataclass(frozen=True, slots=True)
class Literal:
    """A literal of the first copy that is another one in the second.

    Attributes:
        node: the literal.
        other: that of the second copy.
        parents: the nodes around it, outermost first.
    """

    node: ast.Constant
    other: ast.Constant
    parents: _Parents


@dataclass(slots=True)
class Alignment:
    """How the second of two copies differs from the first.

    Attributes:
        names: each name of the first copy, and what it is called in the second.
        literals: the literals that differ, in the order of the text.
    """

    names: dict[str, str] = field(default_factory=dict)
    literals: list[Literal] = field(default_factory=list)

    def name(self, name: str) -> str:
        """Return what a name of the first copy is called in the second."""
        return self.names.get(name, name)


class DifferentError(Exception):
    """The copies differ in more than names and literals; the message says in what."""


def align(first: Sequence[ast.stmt], second: Sequence[ast.stmt]) -> Alignment:
    """Return how two copies differ.

    Raises:
        DifferentError: where one cannot stand for the other.
    """
    found = Alignment()
    back: dict[str, str] = {}
    for one, other, parents in _pairs(first, second, ()):
        if isinstance(one, ast.Name) and isinstance(other, ast.Name):
            if found.names.setdefault(one.id, other.id) != other.id or back.setdefault(other.id, one.id) != one.id:
                raise DifferentError(f"`{one.id}` and `{other.id}` do not stand for each other everywhere")
        elif isinstance(one, ast.Constant) and isinstance(other, ast.Constant) and not _same(one, other):
            found.literals.append(_literal(one, other, parents))
    return found


def _same(one: ast.Constant, other: ast.Constant) -> bool:
    return type(one.value) is type(other.value) and repr(one.value) == repr(other.value)


def _pairs(one: object, other: object, parents: _Parents) -> Iterator[tuple[ast.AST, ast.AST, _Parents]]:
    """Yield the nodes of two trees that stand at the same places."""
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        if len(one) != len(other):
            raise DifferentError("they are of different lengths")
        for item, twin in zip(one, other, strict=True):
            yield from _pairs(item, twin, parents)
    elif isinstance(one, ast.AST) and isinstance(other, ast.AST):
        if type(one) is not type(other):
            raise DifferentError("they do different things")
        yield one, other, parents
        if isinstance(one, ast.Name | ast.Constant):
            return
        for name in one._fields:
            if name not in _IGNORED:
                yield from _pairs(getattr(one, name, None), getattr(other, name, None), (*parents, one))
    elif one != other:
        raise DifferentError(f"`{one}` stands for `{other}`")


def _literal(one: ast.Constant, other: ast.Constant, parents: _Parents) -> Literal:
    """Return a literal that a parameter can stand for."""
    if type(one.value) is not type(other.value):
        raise DifferentError(f"`{one.value!r}` stands for `{other.value!r}`, which is of another type")
    if any(isinstance(parent, ast.JoinedStr) for parent in parents):
        raise DifferentError("an f-string has another text")
    if any(isinstance(parent, ast.pattern) for parent in parents):
        raise DifferentError("a pattern has another literal")
    if isinstance(parents[-1], ast.Expr):
        raise DifferentError("a text that stands by itself is another one")
    return Literal(one, other, parents)
