"""The fix that reads a secret from the environment instead of holding it."""

from __future__ import annotations

import ast
import re

from offbook.analysis import span_of
from offbook.analysis.nodes import walk
from offbook.diagnostics import Applicability, CellEdits, Fix
from offbook.rules.views import CellView
from offbook.text import Edit, Position, Span


def from_environment(cell: CellView, secret: Span, what: str) -> Fix | None:
    """Return the fix for a secret that is all of one piece of text; ``None`` where it is a part of one.

    It is unsafe: the code fails until the variable is set, which is the point.

    Args:
        cell: the cell.
        secret: the secret, without its quotes.
        what: what it is, in words; a variable is named after it where nothing else names it.
    """
    tree = cell.here.tree
    found = _text_of(tree, secret) if tree is not None else None
    if tree is None or found is None:
        return None
    node, named = found
    statement = next((part for part in tree.body if span_of(part).covers(secret.start)), None)
    if statement is None:
        return None
    variable = re.sub(r"\W+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", named or what)).strip("_").upper()
    edits = [Edit(span_of(node), f'os.environ["{variable}"]')]
    if not _has_os(cell, statement.lineno - 1):
        place = Position(statement.lineno - 1, statement.col_offset)
        edits.insert(0, Edit(Span(place, place), "import os\n" + " " * statement.col_offset))
    title = f"Read it from the environment variable `{variable}`"
    return Fix(title, Applicability.UNSAFE, (CellEdits(cell.id, tuple(edits)),))


def _text_of(tree: ast.Module, secret: Span) -> tuple[ast.Constant, str] | None:
    """Return the text whose whole value is the secret, and what it is given to."""
    for node in walk(tree):
        for text, named in _given(node):
            span = span_of(text)
            whole = span.start.line == span.end.line == secret.start.line == secret.end.line
            if whole and span.start.column in (secret.start.column - 1, secret.start.column - 2):
                return (text, named) if span.end.column == secret.end.column + 1 else None
    return None


def _given(node: ast.AST) -> list[tuple[ast.Constant, str]]:
    """Return the texts that a node gives to a name, an argument, a key or an item, with that."""
    pairs: list[tuple[ast.AST | None, str]] = []
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        pairs.append((node.value, _name_of(node.targets[0])))
    elif isinstance(node, ast.AnnAssign):
        pairs.append((node.value, _name_of(node.target)))
    elif isinstance(node, ast.Call):
        pairs += [(argument, "") for argument in node.args]
        pairs += [(keyword.value, keyword.arg or "") for keyword in node.keywords]
    elif isinstance(node, ast.Dict):
        pairs += [(value, _word(key)) for key, value in zip(node.keys, node.values, strict=True)]
    return [(value, name) for value, name in pairs if isinstance(value, ast.Constant) and isinstance(value.value, str)]


def _name_of(target: ast.expr) -> str:
    if isinstance(target, ast.Name):
        return target.id
    if isinstance(target, ast.Attribute):
        return target.attr
    return _word(target.slice) if isinstance(target, ast.Subscript) else ""


def _word(node: ast.AST | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _has_os(cell: CellView, line: int) -> bool:
    """Tell whether ``import os`` has run by then."""
    if cell.imported_from("os") != "os":
        return False
    number = cell.number(cell.id)
    imports = (
        (found.number, binding.span.start.line, binding.unconditional)
        for found in cell.occurrences("os")
        for binding in found.events.bindings
    )
    return any(sure and (at < number or (at == number and row < line)) for at, row, sure in imports)
