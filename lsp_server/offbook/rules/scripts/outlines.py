"""Runs of statements, as digests that are the same in every process: what an index of a workspace is made of.

An outline says roughly what a statement does: what it calls, with how many arguments, and what is inside it. Runs of
the same outlines may be clones; :func:`exact_digest` tells whether they are.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import NamedTuple

from offbook.analysis.clones import LEAST_STATEMENTS, LONGEST_WINDOW, rough_key

_LEAST_KINDS = 4
_LEAST_NODES = 60
_SETTINGS = frozenset(
    "set set_option set_style set_theme set_context set_palette use seed filterwarnings simplefilter reset_orig "
    "chdir init_notebook_mode register_matplotlib_converters figure show subplots subplot tight_layout title "
    "xlabel ylabel xlim ylim legend grid axis xticks yticks suptitle head tail info describe "
    "config_inline_backend".split()
)
"""Calls of these, alone in a statement, set something up, decorate a figure or look at data."""


_LAYERS = ("forward", "call")


class Run(NamedTuple):
    """Statements one below the other in one block.

    Attributes:
        nodes: the statements.
        digest: the same for runs of the same outlines.
        weight: how many statements they are, with those inside them.
    """

    nodes: tuple[ast.stmt, ...]
    digest: str
    weight: int


class _Outline(NamedTuple):
    key: str
    weight: int


def runs_of(tree: ast.Module | None, source: str) -> Iterator[Run]:
    """Yield, for every statement of a cell and of its functions and classes, the shortest run that says enough."""
    if tree is None or (source.count("\n") < LEAST_STATEMENTS - 1 and ";" not in source):
        return
    for block in _blocks(tree.body):
        try:
            outlines = [_outline(node) for node in block]
        except RecursionError:  # a chain of thousands of `elif`
            continue
        for start, first in enumerate(outlines):
            if not first.weight:
                continue
            end, weight = _shortest(outlines, start)
            if end:
                keys = [outline.key for outline in outlines[start:end]]
                yield Run(tuple(block[start:end]), _digest(keys), weight)


def _shortest(outlines: Sequence[_Outline], start: int) -> tuple[int, int]:
    """Return where the shortest run that says enough ends, and its weight; zeros where it would be too long."""
    weight = 0
    compound = False
    kinds: set[str] = set()
    for end in range(start, min(start + LONGEST_WINDOW, len(outlines))):
        outline = outlines[end]
        weight += outline.weight
        compound = compound or outline.weight >= LEAST_STATEMENTS - 1
        if outline.weight:
            kinds.add(outline.key)
        if weight >= LEAST_STATEMENTS and (compound or len(kinds) >= _LEAST_KINDS):
            return end + 1, weight
    return 0, 0


def cell_digest(source: str) -> str:
    """Return what is the same for cells of the same code; empty for a cell of one line, which says little."""
    lines = [line.strip() for line in source.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return _digest(lines)[:8] if len(lines) > 1 else ""


def _blocks(body: list[ast.stmt]) -> Iterator[list[ast.stmt]]:
    """Yield a block, and the bodies of the functions and classes in it, without those that list a network's layers."""
    yield body
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name not in _LAYERS:
            yield from _blocks(node.body)


def _outline(node: ast.stmt) -> _Outline:
    inner = [_outline(statement) for statement in _inside(node)]
    if not inner:
        return _Outline(rough_key(node), 0 if _is_setting(node) else 1)
    keys = ";".join(outline.key for outline in inner)
    weight = 0 if getattr(node, "name", "") in _LAYERS else 1 + sum(outline.weight for outline in inner)
    return _Outline(f"{type(node).__name__}{{{keys}}}", weight)


def _inside(node: ast.AST) -> Iterator[ast.stmt]:
    for name in ("body", "orelse", "finalbody", "handlers", "cases"):
        for item in getattr(node, name, None) or ():
            if isinstance(item, ast.stmt):
                yield item
            else:
                yield from _inside(item)


def _is_setting(node: ast.stmt) -> bool:
    """Tell whether a statement is one that every notebook has: imports, settings, labels, prints, plain values."""
    if isinstance(node, ast.Import | ast.ImportFrom | ast.Pass | ast.Global | ast.Nonlocal | ast.Delete):
        return True
    if isinstance(node, ast.Expr):
        value = node.value
        if isinstance(value, ast.Call):
            function = value.func
            if isinstance(function, ast.Name):
                return function.id in ("print", "display")
            return isinstance(function, ast.Attribute) and function.attr in _SETTINGS
        return isinstance(value, ast.Constant | ast.Name | ast.Attribute | ast.Subscript)
    if not isinstance(node, ast.Assign):
        return False
    if all(isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets):
        return any(_owner(target) in ("rcParams", "environ", "options") for target in node.targets)
    layer = isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Call)
    return layer or isinstance(node.value, ast.Constant | ast.Name)


def _owner(target: ast.AST) -> str:
    """Return the name that stands before the last dot or bracket."""
    value = getattr(target, "value", None)
    return value.attr if isinstance(value, ast.Attribute) else getattr(value, "id", "")


def exact_digest(nodes: Sequence[ast.stmt]) -> str:
    """Return what is the same for runs that differ in nothing but literals and the names of variables, one to one.

    Empty for a run that is too short to matter.
    """
    numbers: dict[str, int] = {}
    parts: list[str] = []
    waiting: list[object] = list(reversed(nodes))
    size = 0
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            parts.append(f"n{numbers.setdefault(part, len(numbers))}")
            continue
        size += 1
        parts.append(type(part).__name__)
        if isinstance(part, ast.Constant):
            parts.append(type(part.value).__name__)
        elif isinstance(part, ast.Call) and isinstance(part.func, ast.Name):
            parts.append(part.func.id)
            waiting += [*reversed(part.keywords), *reversed(part.args)]
        elif isinstance(part, ast.AST):
            waiting += reversed(list(_children(part, parts)))
    return _digest(parts) if size >= _LEAST_NODES else ""


def _children(node: ast.AST, parts: list[str]) -> Iterator[ast.AST | str]:
    """Yield what is inside a node, and the names of variables; what else the node says is added to the parts."""
    for key in node._fields:
        value = getattr(node, key, None)
        if isinstance(value, ast.AST):
            yield value
        elif isinstance(value, list):
            parts.append(str(len(value)))
            yield from (item for item in value if isinstance(item, ast.AST))
        elif isinstance(value, str):
            if (key == "id") or (key in ("arg", "name") and not isinstance(node, ast.keyword | ast.alias)):
                yield value
            else:
                parts.append(value)


def _digest(parts: Sequence[str]) -> str:
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
