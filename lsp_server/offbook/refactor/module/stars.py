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

    Known are modules of the standard library, and files in the notebook's folder.
    """
    path = folder.joinpath(*module.split("."))
    text = workspace.read(path.with_suffix(".py"))
    if text is not None:
        return _public_names(text)
    if module.partition(".")[0] in sys.stdlib_module_names and not workspace.is_folder(path):
        return _standard_names(module)
    return None


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
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
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


def _exported(tree: ast.Module) -> frozenset[str] | None:
    """Return what ``__all__`` lists: ``None`` without one, empty where it is computed."""
    found: frozenset[str] | None = None
    for statement in module_level(tree):
        if isinstance(statement, ast.Attribute) and _is_all(statement.value):
            return frozenset()  # ``__all__.append(...)``
        if isinstance(statement, ast.AugAssign) and _is_all(statement.target):
            return frozenset()
        if isinstance(statement, ast.Assign) and any(map(_is_all, statement.targets)):
            value = statement.value
            if found is not None or not isinstance(value, ast.List | ast.Tuple):
                return frozenset()
            if not all(isinstance(item, ast.Constant) and isinstance(item.value, str) for item in value.elts):
                return frozenset()
            found = frozenset(str(item.value) for item in value.elts if isinstance(item, ast.Constant))
    return found


def _is_all(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "__all__"
