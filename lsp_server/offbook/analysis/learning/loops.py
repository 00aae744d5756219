"""Reads what the head of a loop tells: the names that it binds, and its steps."""

from __future__ import annotations

import ast

from offbook.analysis.nodes import text_of, walk


def names_bound_in(loop: ast.AST) -> frozenset[str]:
    """Return the names that a loop binds."""
    names = (part for part in walk(loop) if isinstance(part, ast.Name))
    return frozenset(name.id for name in names if isinstance(name.ctx, ast.Store))


def counts_by_one(over: ast.expr) -> bool:
    """Tell whether a loop goes over ``range(n)`` or ``range(start, n)``."""
    if not isinstance(over, ast.Call) or text_of(over.func) not in ("range", "trange", "np.arange"):
        return False
    return len(over.args) < 3 and not over.keywords
