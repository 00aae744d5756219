"""Functions and classes, compared by what they do."""

from __future__ import annotations

import ast
from typing import Any

from offbook.analysis.nodes import walk

_NO_MATTER = frozenset({"decorator_list", "returns"})
Defining = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def fingerprint(node: object) -> object:
    """Return what is equal for definitions alike but for comments, docstrings, hints, decorators."""
    if isinstance(node, list):
        return tuple(map(fingerprint, node))
    if not isinstance(node, ast.AST):
        return repr(node)
    parts: list[object] = [type(node)]
    for key in node._fields:
        if key not in _NO_MATTER and not (key == "annotation" and isinstance(node, ast.arg)):
            value: Any = getattr(node, key, None)
            parts.append(fingerprint(_without_docstring(value) if _is_body(node, key) else value))
    return tuple(parts)


def _is_body(node: ast.AST, key: str) -> bool:
    return key == "body" and isinstance(node, Defining)


def is_stub(node: Defining) -> bool:
    """Tell whether a definition does nothing yet: ``pass``, ``...``, ``raise NotImplementedError``."""
    return all(map(_does_nothing, _without_docstring(node.body)))


def is_variant(node: Defining, name: str) -> bool:
    """Tell whether a definition builds on what the name was: ``class A(A)``, ``@f.register``, ``@x.setter``."""
    outside: list[ast.expr] = [*node.decorator_list]
    if isinstance(node, ast.ClassDef):
        outside += [*node.bases, *(keyword.value for keyword in node.keywords)]
    else:
        outside += [*node.args.defaults, *(default for default in node.args.kw_defaults if default is not None)]
    return any(isinstance(part, ast.Name) and part.id == name for root in outside for part in walk(root))


def is_extension(old: Defining, new: Defining) -> bool:
    """Tell whether a function is the old one with more parameters, all with defaults: old calls still mean the same."""
    if isinstance(old, ast.ClassDef) or isinstance(new, ast.ClassDef):
        return False
    before, after = _parameters(old.args), _parameters(new.args)
    extra = after[len(before) :] + [argument.arg for argument in new.args.kwonlyargs[len(old.args.kwonlyargs) :]]
    defaults = len(new.args.defaults) + sum(default is not None for default in new.args.kw_defaults)
    return bool(extra) and after[: len(before)] == before and len(extra) <= defaults


def _parameters(arguments: ast.arguments) -> list[str]:
    return [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]


def _does_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr | ast.Return):
        value = statement.value
        return value is None or (isinstance(value, ast.Constant) and value.value in (None, ...))
    return isinstance(statement, ast.Pass | ast.Raise)


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return a block without the text at its start."""
    first = body[0] if body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return body[1:]
    return body
