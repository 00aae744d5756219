"""What a block of code certainly evaluates, once it starts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from offbook.analysis.nodes import text_of, walk
from offbook.text.patterns import pattern

_BLOCKS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_LATER = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_CATCHING = pattern(r"suppress|raises|ignor", re.IGNORECASE)
"""Context managers that may catch what fails in them."""
_LEAVES = (ast.Return, ast.Raise, ast.Break, ast.Continue)


def catches(node: ast.AST) -> bool:
    """Tell whether a statement may catch what fails in it."""
    if isinstance(node, ast.With | ast.AsyncWith):
        return any(_CATCHING.search(text_of(item.context_expr)) for item in node.items)
    return isinstance(node, ast.Try) or type(node).__name__ == "TryStar"


def evaluated(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Yield what a block certainly evaluates if it starts: nothing behind a branch that may leave it."""
    for statement in body:
        if isinstance(statement, _BLOCKS):
            continue
        if isinstance(statement, ast.If | ast.While):
            yield from _parts(statement.test)
        elif isinstance(statement, ast.For):
            yield from _parts(statement.iter)
        elif isinstance(statement, ast.With):
            for item in statement.items:
                yield from _parts(item.context_expr)
            if catches(statement):
                return
            yield from evaluated(statement.body)
        elif not (isinstance(statement, ast.Match) or catches(statement)):
            yield from _parts(statement)
        if _may_leave(statement):
            return


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of a statement or expression that are certainly evaluated with it."""
    yield node
    inner: list[ast.AST]
    if isinstance(node, ast.BoolOp):
        inner = [node.values[0]]
    elif isinstance(node, ast.IfExp | ast.Assert):
        inner = [node.test]
    elif isinstance(node, _LATER):
        inner = []
    else:
        inner = list(ast.iter_child_nodes(node))
    for part in inner:
        yield from _parts(part)


def _may_leave(statement: ast.stmt) -> bool:
    """Tell whether a statement may end its block, or may catch what fails in it."""
    return catches(statement) or any(isinstance(node, _LEAVES) for node in walk(statement))
