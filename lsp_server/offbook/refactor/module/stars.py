"""What ``from module import *`` binds, as far as that is known without running anything."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import sys
from functools import cache
from pathlib import Path

from offbook.refactor.module.local import module_level
from offbook.refactor.registry import Workspace


def star_names(module: str, folder: Path, workspace: Workspace) -> frozenset[str] | None:
    """Return the names that a star import binds; ``None`` where they are not known.

    Known are modules of the standard library, files in ``folder``, and installed modules that list what
    they export (``__all__``): without a list, it depends on what else was imported.
    """
    path = folder.joinpath(*module.split("."))
    text = workspace.read(path.with_suffix(".py"))
    if text is not None:
        return _public_names(text)
    if workspace.is_folder(path):
        return None
    if module.partition(".")[0] in sys.stdlib_module_names:
        return _standard_names(module)
    text = workspace.library(module)
    tree = _parsed(text) if text is not None else None
    return (_exported(tree) or None) if tree is not None else None


@cache
def _standard_names(module: str) -> frozenset[str] | None:
    if "." in module:
        return None
    spec = importlib.util.find_spec(module)
    origin = spec.origin if spec else None
    if origin is None:
        return None
    if origin.endswith(".py"):
        return _public_names(Path(origin).read_text(encoding="utf-8"))
    found = importlib.import_module(module)  # built in or an extension module: there is no Python code to run
    names = getattr(found, "__all__", None) or [name for name in vars(found) if not name.startswith("_")]
    return frozenset(names)


def _public_names(text: str) -> frozenset[str] | None:
    """Return what ``__all__`` lists, or the public names of a module; ``None`` where code decides."""
    tree = _parsed(text)
    if tree is None:
        return None
    exported = _exported(tree)
    if exported is not None:
        return exported or None
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            return None
        if isinstance(node, ast.Import | ast.ImportFrom):
            names.update(alias.asname or alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Name) and node.id in ("globals", "exec", "vars"):
            return None
    return frozenset(name for name in names if not name.startswith("_"))


def _parsed(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError):
        return None


def _exported(tree: ast.Module) -> frozenset[str] | None:
    """Return what ``__all__`` lists: ``None`` without one, empty where code computes it."""
    found: list[str] = []
    known = 0
    for statement in tree.body:
        names = _listed(statement)
        if names is None or (known and not isinstance(statement, ast.AugAssign | ast.Expr)):
            continue
        found += names
        known += 1
    mentions = sum(isinstance(node, ast.Name) and _is_all(node) for node in module_level(tree))
    return (frozenset(found) if known == mentions else frozenset()) if mentions else None


def _listed(statement: ast.stmt) -> list[str] | None:
    """Return the names that a statement puts into ``__all__``; ``None`` where it does not, or computes them."""
    match statement:
        case ast.Assign(targets=[ast.Name("__all__")], value=ast.List(items) | ast.Tuple(items)):
            pass
        case ast.AnnAssign(target=ast.Name("__all__"), value=ast.List(items) | ast.Tuple(items)):
            pass
        case ast.AugAssign(ast.Name("__all__"), ast.Add(), ast.List(items) | ast.Tuple(items)):
            pass
        case ast.Expr(ast.Call(ast.Attribute(ast.Name("__all__"), "extend"), [ast.List(items) | ast.Tuple(items)], [])):
            pass
        case _:
            return None
    names = [item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str)]
    return names if len(names) == len(items) else None


def _is_all(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "__all__"
