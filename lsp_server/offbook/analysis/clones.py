"""Runs of statements that occur more than once in a notebook.

Statements are compared by their shape: the tree without the names of variables and without literals, but with what is
called and which attributes are used. Two runs of the same shapes are clones where their names map one to one. This
is the token-based search of Kamiya, Kusumoto and Inoue (CCFinder, IEEE TSE 28, 2002), on trees.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple
from weakref import WeakKeyDictionary

from msgspec import Struct, field

from offbook.analysis.facts import CellFacts
from offbook.analysis.nodes import walk
from offbook.notebook import CellId

LEAST_STATEMENTS = 6
_LEAST_KINDS = 4
_LEAST_SIZE = 60
LONGEST_WINDOW = 60
"""A run that is not varied within so many statements is a list of the same call."""
_PLAIN = (ast.Import, ast.ImportFrom, ast.Pass, ast.Global)


class Shape(NamedTuple):
    """One statement, seen without its variables' names and literals.

    Attributes:
        node: the statement.
        digest: the same for statements of the same shape.
        kind: what it does first of all, see :func:`rough_key`.
        names: the variables, in order.
        weight: how many statements it is, with those inside it; 0 for imports, texts and plain constants.
        size: how many nodes its tree has.
    """

    node: ast.stmt
    digest: int
    kind: str
    names: tuple[str, ...]
    weight: int
    size: int


class Place(NamedTuple):
    """A run of statements: from ``start`` up to, and without, ``end`` in one block of a cell."""

    cell: CellId
    block: Sequence[Shape]
    start: int
    end: int


class _Block(NamedTuple):
    """Statements one below the other, and a rough key for each: statements of one shape have the same."""

    nodes: Sequence[ast.stmt]
    keys: tuple[str, ...]


class _Blocks(Struct, eq=False):
    """What is kept of a cell: its own block and those of its functions, and shapes once they were needed."""

    blocks: tuple[_Block, ...]
    shapes: dict[ast.stmt, Shape] = field(default_factory=dict)

    def shape(self, node: ast.stmt) -> Shape:
        known = self.shapes.get(node)
        if known is None:
            known = self.shapes[node] = _shape(node)
        return known


_known: WeakKeyDictionary[CellFacts, _Blocks] = WeakKeyDictionary()


def _blocks_of(facts: CellFacts) -> _Blocks:
    known = _known.get(facts)
    if known is None:
        bodies = [facts.tree.body if facts.tree else [], *(definition.node.body for definition in facts.definitions)]
        blocks = (_Block(body, tuple(map(rough_key, body))) for body in bodies if _is_long(body))
        known = _known[facts] = _Blocks(tuple(blocks))
    return known


def _is_long(nodes: Sequence[ast.stmt]) -> bool:
    """Tell whether statements may be, or hold, enough of them for a clone."""
    return len(nodes) >= LEAST_STATEMENTS or any(hasattr(node, "body") for node in nodes)


def _runs(cells: Sequence[tuple[CellId, CellFacts]]) -> Iterator[tuple[CellId, tuple[Shape, ...]]]:
    """Yield the runs of statements, none of which is the only one of its rough key; the others are never looked at."""
    kept = [(cell, _blocks_of(facts)) for cell, facts in cells]
    counts = Counter(key for _, blocks in kept for block in blocks.blocks for key in block.keys)
    for cell, blocks in kept:
        for block in blocks.blocks:
            pairs = zip(block.nodes, block.keys, strict=True)
            for repeated, group in groupby(pairs, key=lambda pair: counts[pair[1]] > 1):
                nodes = [node for node, _ in group] if repeated else []
                if _is_long(nodes):
                    yield cell, tuple(map(blocks.shape, nodes))


def rough_key(node: ast.AST) -> str:
    """Return a cheap key that statements of the same shape share."""
    if isinstance(node, ast.Expr | ast.Assign | ast.Return) and node.value is not None:
        return f"{type(node).__name__}{rough_key(node.value)}"
    if isinstance(node, ast.Call):
        function = node.func
        name = function.id if isinstance(function, ast.Name) else rough_key(function)
        return f"{name}({len(node.args)},{'='.join(keyword.arg or '*' for keyword in node.keywords)})"
    if isinstance(node, ast.Attribute):
        return f"{rough_key(node.value)}.{node.attr}"
    if isinstance(node, ast.Subscript | ast.Await):
        return f"{type(node).__name__}{rough_key(node.value)}"
    body = getattr(node, "body", None)
    if isinstance(body, list) and body:
        return f"{type(node).__name__}{len(body)}{rough_key(body[0])}{type(body[-1]).__name__}"
    return type(node).__name__


def find_clones(cells: Sequence[tuple[CellId, CellFacts]]) -> Iterator[list[Place]]:
    """Yield the groups of runs that are alike, longest possible, each with its places in document order."""
    windows: dict[tuple[int, ...], list[Place]] = {}
    for cell, run in _runs(cells):
        for place in _windows(cell, run):
            windows.setdefault(tuple(shape.digest for shape in run[place.start : place.end]), []).append(place)
    taken: set[int] = set()
    for places in windows.values():
        first = places[0]
        group = [place for place in places[1:] if _alike(first, place)]
        free = _disjoint([place for place in (first, *group) if not _touches(place, taken)])
        if len(free) < 2 or free[0] is not first:
            continue
        grown = _grown(free)
        for place in grown:
            taken.update(id(inner) for shape in place.block[place.start : place.end] for inner in walk(shape.node))
        yield grown


def _windows(cell: CellId, block: Sequence[Shape]) -> Iterator[Place]:
    """Yield, for every statement of a block, the shortest run from there that is long and varied enough."""
    for start in range(len(block)):
        if not block[start].weight:
            continue
        weight = size = 0
        compound = False
        kinds: set[str] = set()
        for end in range(start, min(start + LONGEST_WINDOW, len(block))):
            weight += block[end].weight
            size += block[end].size
            kinds.add(block[end].kind)
            compound = compound or block[end].weight >= LEAST_STATEMENTS - 1
            varied = compound or len(kinds) >= _LEAST_KINDS
            if weight >= LEAST_STATEMENTS and size >= _LEAST_SIZE and varied:
                yield Place(cell, block, start, end + 1)
                break


def _alike(first: Place, second: Place) -> bool:
    """Tell whether the names of two runs of the same shapes map one to one."""
    pairs = dict(zip(_names(first), _names(second), strict=True))
    return all(pairs[one] == other for one, other in zip(_names(first), _names(second), strict=True)) and len(
        set(pairs.values())
    ) == len(pairs)


def _names(place: Place) -> Iterator[str]:
    for shape in place.block[place.start : place.end]:
        yield from shape.names


def _touches(place: Place, taken: set[int]) -> bool:
    return any(id(shape.node) in taken for shape in place.block[place.start : place.end])


def _disjoint(places: list[Place]) -> list[Place]:
    """Return places, of those that overlap the first; they come in document order."""
    kept: list[Place] = []
    ends: dict[int, int] = {}
    for place in places:
        if ends.get(id(place.block), 0) <= place.start:
            kept.append(place)
            ends[id(place.block)] = place.end
    return kept


def _grown(places: list[Place]) -> list[Place]:
    """Extend runs downwards while all of them stay alike and apart."""
    pairings = [_Pairing(places[0], place) for place in places[1:]]
    while True:
        longer = [place._replace(end=place.end + 1) for place in places]
        if any(place.end > len(place.block) for place in longer):
            return places
        added = [place.block[place.end - 1] for place in longer]
        if len({shape.digest for shape in added}) > 1 or len(_disjoint(longer)) < len(longer):
            return places
        if not all(pairing.takes(added[0], shape) for pairing, shape in zip(pairings, added[1:], strict=True)):
            return places
        places = longer


class _Pairing:
    """The names of two runs, which map one to one."""

    def __init__(self, first: Place, second: Place) -> None:
        self._there = dict(zip(_names(first), _names(second), strict=True))
        self._back = {other: one for one, other in self._there.items()}

    def takes(self, first: Shape, second: Shape) -> bool:
        """Add a statement to each run; tell whether their names still map one to one."""
        pairs = zip(first.names, second.names, strict=True)
        return all(
            self._there.setdefault(one, other) == other and self._back.setdefault(other, one) == one
            for one, other in pairs
        )


def _shape(node: ast.stmt) -> Shape:
    names: list[str] = []
    parts: list[str] = []
    size = weight = 0
    waiting: list[ast.AST] = [node]
    while waiting:
        part = waiting.pop()
        size += 1
        weight += isinstance(part, ast.stmt) and not _is_plain(part)
        children: list[ast.AST] = []
        parts.append(type(part).__name__)
        if isinstance(part, ast.Name):
            names.append(part.id)
            continue
        if isinstance(part, ast.Constant):
            parts.append(type(part.value).__name__)
            continue
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name):
            parts.append(part.func.id)
            children = [*part.args, *part.keywords]
        else:
            for key in part._fields:
                value = getattr(part, key, None)
                if isinstance(value, ast.AST):
                    if value._fields:
                        children.append(value)
                    else:  # a context or an operator
                        size += 1
                        parts.append(type(value).__name__)
                elif isinstance(value, list):
                    children += [item for item in value if isinstance(item, ast.AST)]
                    parts.append(str(len(value)))
                elif key in ("attr", "arg") and isinstance(value, str) and not isinstance(part, ast.arg):
                    parts.append(value)
                elif isinstance(part, ast.arg | ast.FunctionDef | ast.ClassDef) and isinstance(value, str):
                    names.append(value)
        waiting += reversed(children)
    return Shape(node, hash(tuple(parts)), rough_key(node), tuple(names), weight, size)


def _is_plain(node: ast.stmt) -> bool:
    """Tell whether a statement says nothing that one would write only once: imports, plain values, layers."""
    if isinstance(node, _PLAIN):
        return True
    if isinstance(node, ast.Expr):
        value = node.value
        called = isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "print"
        shown = isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "show"
        return isinstance(value, ast.Constant | ast.Name) or called or shown
    if not isinstance(node, ast.Assign):
        return False
    layer = isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Call)  # x = Dense(3)(x)
    return layer or isinstance(node.value, ast.Constant | ast.Name)
