"""The part of a cell on which the value of one name rests."""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from offbook.analysis.facts import CellFacts
from offbook.analysis.nodes import walk
from offbook.notebook import Magic
from offbook.text import Span

_SAME_AGAIN = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Slice(NamedTuple):
    """The statements of a cell that have to do with the value of a name.

    Attributes:
        text: what they say, without comments and layout; the same for cells that leave the same value.
        needs: the names that they look up, and the name.
        repeatable: whether they give the same value whenever they run: imports, definitions, constants.
    """

    text: tuple[str, ...]
    needs: frozenset[str]
    repeatable: bool


@lru_cache(maxsize=2000)
def slice_for(facts: CellFacts, name: str) -> Slice:
    """Return the part of a cell that has to do with the value of a name (Weiser, Program Slicing, 1981).

    Statements that only look at something are left out; all of a cell that is no Python belongs to it.
    """
    if facts.tree is None or facts.opaque:
        return Slice(code_of(facts), frozenset(facts.by_name), False)
    writes, reads = _events(facts)
    needs, chosen = {name}, []
    for number in reversed(range(len(facts.tree.body))):
        if writes[number] & needs:
            chosen.append(facts.tree.body[number])
            needs |= reads[number]
    magics = [magic for magic in facts.masked.magics if needs & {*magic.binds, *magic.reads}]
    text = (*map(_magic_text, magics), *map(ast.dump, chosen))
    return Slice(text, frozenset(needs), not magics and all(map(_repeatable, chosen)))


def code_of(facts: CellFacts) -> tuple[str, ...]:
    """Return what a cell says, without comments and layout."""
    if facts.tree is None:
        return (facts.source.strip(),)
    return (*map(_magic_text, facts.masked.magics), ast.dump(facts.tree), "shown" if facts.display is not None else "")


def _magic_text(magic: Magic) -> str:
    return f"{magic.kind} {magic.name} {magic.argument}"


def _events(facts: CellFacts) -> tuple[list[set[str]], list[set[str]]]:
    """Return the names that each statement at the top writes, and those that it reads."""
    assert facts.tree is not None, "only Python has statements"
    starts = [_start(statement) for statement in facts.tree.body]
    writes: list[set[str]] = [set() for _ in starts]
    reads: list[set[str]] = [set() for _ in starts]

    def note(kept: list[set[str]], events: Iterable[tuple[str, Span]]) -> None:
        for name, span in events:
            place = bisect_right(starts, (span.start.line, span.start.column)) - 1
            if place >= 0:
                kept[place].add(name)

    note(writes, ((item.name, item.span) for item in facts.bindings))
    note(writes, ((item.name, item.span) for item in facts.mutations if not item.owner))
    note(writes, ((item.name, item.span) for item in facts.deletions))
    note(reads, ((item.name, item.span) for item in facts.reads))
    note(reads, ((item.name, item.span) for item in facts.deferred))
    return writes, reads


def _start(statement: ast.stmt) -> tuple[int, int]:
    """Return where a statement starts, its decorators included."""
    nodes: list[ast.stmt | ast.expr] = [statement, *getattr(statement, "decorator_list", ())]
    return min((node.lineno - 1, node.col_offset) for node in nodes)


def _repeatable(statement: ast.stmt) -> bool:
    if isinstance(statement, _SAME_AGAIN):
        return True
    value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
    constant = (ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.Set, ast.UnaryOp, ast.Load, ast.USub, ast.BinOp)
    return value is not None and all(isinstance(node, (*constant, ast.operator)) for node in walk(value))
