"""Walks syntax trees and writes expressions as text: what ``ast`` does, in a fraction of the time."""

from __future__ import annotations

import ast

_LEAVES = frozenset("id attr arg lineno level module asname kind type_comment simple conversion is_async".split())
"""Fields that hold no nodes."""
_ATOMS = frozenset({ast.Name, ast.Attribute, ast.Subscript, ast.Call})
"""Before a dot or a bracket these need no parentheses."""
_PLAIN = frozenset({str, int, bool, type(None)})


class _InnerFields(dict[type, tuple[str, ...]]):
    """The fields of each kind of nodes that may hold nodes."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        names = () if kind is ast.Constant else tuple(name for name in kind._fields if name not in _LEAVES)
        self[kind] = names
        return names


_INNER = _InnerFields()


def walk(node: ast.AST) -> list[ast.AST]:
    """Return a node and all inside it, in the order of ``ast.walk``."""
    found = [node]
    add, kind_of_node = found.append, ast.AST
    for part in found:
        for name in _INNER[type(part)]:
            value = getattr(part, name, None)
            if type(value) is list:
                for item in value:
                    if isinstance(item, kind_of_node):
                        add(item)
            elif isinstance(value, kind_of_node):
                add(value)
    return found


def text_of(node: ast.AST) -> str:
    """Return the code of a node: the text of ``ast.unparse``."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Constant):
        if type(node.value) in _PLAIN and getattr(node, "kind", None) is None:
            return repr(node.value)
    elif isinstance(node, ast.Attribute):
        if type(node.value) in _ATOMS:
            return f"{text_of(node.value)}.{node.attr}"
    elif isinstance(node, ast.Subscript):
        if type(node.value) in _ATOMS and not isinstance(node.slice, ast.Tuple):
            return f"{text_of(node.value)}[{text_of(node.slice)}]"
    elif isinstance(node, ast.Call):
        if type(node.func) in _ATOMS:
            given = [*map(text_of, node.args), *map(_keyword, node.keywords)]
            return f"{text_of(node.func)}({', '.join(given)})"
    elif isinstance(node, ast.List):
        return f"[{', '.join(map(text_of, node.elts))}]"
    return ast.unparse(node)


def _keyword(node: ast.keyword) -> str:
    return f"{node.arg}={text_of(node.value)}" if node.arg else f"**{text_of(node.value)}"
