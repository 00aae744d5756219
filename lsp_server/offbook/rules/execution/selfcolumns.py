"""Columns that are recoded: ``df["a"] = df["a"].map({"no": 0, "yes": 1})`` finds nothing to recode the second time."""

from __future__ import annotations

import ast

from offbook.analysis.nodes import text_of, walk

_NEUTRAL = frozenset("copy astype fillna round".split())
_SHIFTING = frozenset("shift diff pct_change cumsum".split())
_FUNCTIONS = frozenset("log log2 log10 log1p exp expm1 sqrt square".split())


def recodes(statement: ast.Assign, tree: ast.Module) -> list[ast.AST] | None:
    """Return the other parts of a value that recodes its own target, a column; ``None`` where it is not known to.

    Links of a chain that change nothing the second time may stand around the one that does.
    """
    target, node = text_of(statement.targets[0]), statement.value
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _NEUTRAL:
        node = node.func.value
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    if node.func.attr in _FUNCTIONS:
        is_own = len(node.args) == 1 and text_of(node.args[0]) == target
        return [] if is_own and _is_assigned_once(target, tree) else None
    if text_of(node.func.value) != target:
        return None
    if node.func.attr in _SHIFTING:
        return [*node.args, *node.keywords]
    if node.func.attr in ("map", "apply") and len(node.args) == 1:
        argument = node.args[0]
        changes = _renames(argument, tree) if node.func.attr == "map" else None
        return [argument] if changes or (isinstance(argument, ast.Lambda) and _tests_old_value(argument)) else None
    return None


def _renames(argument: ast.expr, tree: ast.Module) -> bool:
    """Tell whether a dictionary, or a name for one in this cell, gives values that are none of its own keys."""
    if isinstance(argument, ast.Name):
        values = [node.value for node in walk(tree) if isinstance(node, ast.Assign) and _is_named(node, argument.id)]
        argument = values[0] if len(values) == 1 else argument
    if not isinstance(argument, ast.Dict) or not argument.keys:
        return False
    if not all(isinstance(part, ast.Constant) for part in (*argument.keys, *argument.values)):
        return False
    return not {text_of(key) for key in argument.keys if key} & {text_of(value) for value in argument.values}


def _tests_old_value(function: ast.Lambda) -> bool:
    """Tell whether ``lambda x: 1 if x == "yes" else 0`` asks for a text, and gives numbers alone."""
    body = function.body
    if not isinstance(body, ast.IfExp) or not isinstance(body.test, ast.Compare) or len(function.args.args) != 1:
        return False
    test = body.test
    asked = test.comparators[0]
    is_asked = isinstance(test.left, ast.Name) and test.left.id == function.args.args[0].arg
    is_text = isinstance(asked, ast.Constant) and isinstance(asked.value, str)
    given = [node.value if isinstance(node, ast.Constant) else "" for node in (body.body, body.orelse)]
    differ = all(isinstance(value, int | float) for value in given) and given[0] != given[1]
    return is_asked and is_text and differ and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq)


def _is_assigned_once(target: str, tree: ast.Module) -> bool:
    """Tell whether a cell assigns to a column in one place: else it may go there and back."""
    assigned = [text_of(place) for node in walk(tree) if isinstance(node, ast.Assign) for place in node.targets]
    return assigned.count(target) == 1


def _is_named(node: ast.Assign, name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
