"""What a notebook or module defines, as a tree for outlines and for the search for symbols."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct

from offbook.analysis import CellFacts, span_of
from offbook.project.unit import Unit
from offbook.text import Position, Span, split_lines

SymbolKind = Literal["function", "method", "class", "variable", "constant"]


class OutlineItem(Struct, frozen=True):
    """One definition.

    Attributes:
        name: its name.
        kind: what it is; a variable with an upper-case name is a constant.
        whole: the statement.
        span: the name.
        children: methods and attributes of a class, functions in a function.
    """

    name: str
    kind: SymbolKind
    whole: Span
    span: Span
    children: tuple[OutlineItem, ...] = ()


def outline_of(facts: CellFacts) -> tuple[OutlineItem, ...]:
    """Return what one source defines, in order; a variable is listed where it is bound first."""
    return outline(facts.tree, facts.masked.text) if facts.tree is not None else ()


def outline(tree: ast.Module, text: str) -> tuple[OutlineItem, ...]:
    """Return what a parsed text defines."""
    return tuple(_items(tree.body, split_lines(text), in_class=False, seen=set()))


def definitions_of(unit: Unit) -> Iterator[tuple[int, OutlineItem]]:
    """Yield the top-level definitions of a unit, with the number of their source."""
    seen: set[str] = set()
    for number, (_, facts) in enumerate(unit.sources):
        for item in outline_of(facts):
            if item.kind in ("function", "class") or item.name not in seen:
                seen.add(item.name)
                yield number, item


def _items(body: Iterable[ast.stmt], lines: list[str], in_class: bool, seen: set[str]) -> Iterator[OutlineItem]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            is_class = isinstance(node, ast.ClassDef)
            children = tuple(_items(node.body, lines, is_class, set())) if is_class else ()
            kind: SymbolKind = "class" if is_class else "method" if in_class else "function"
            yield OutlineItem(node.name, kind, span_of(node), _name_span(node, lines), children)
            continue
        for target in _targets(node):
            if isinstance(target, ast.Name) and target.id not in seen:
                seen.add(target.id)
                kind = "constant" if target.id.isupper() and len(target.id) > 1 else "variable"
                yield OutlineItem(target.id, kind, span_of(node), span_of(target))
        for inner in ("body", "orelse", "finalbody"):
            yield from _items(getattr(node, inner, ()), lines, in_class, seen)


def _targets(node: ast.stmt) -> Iterator[ast.expr]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    for target in targets:
        yield from target.elts if isinstance(target, ast.Tuple | ast.List) else (target,)


def _name_span(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, lines: list[str]) -> Span:
    """Return where a definition's name stands: behind its keyword."""
    line = node.lineno - 1
    column = max(lines[line].find(node.name, node.col_offset + 3), node.col_offset)
    return Span(Position(line, column), Position(line, column + len(node.name)))
