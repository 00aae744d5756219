"""Which cells the analysis of models needs to see: not those that only show something."""

from __future__ import annotations

import ast
from weakref import WeakKeyDictionary

from offbook.analysis.facts import CellFacts
from offbook.analysis.learning import library
from offbook.analysis.nodes import walk

_known: WeakKeyDictionary[CellFacts, bool] = WeakKeyDictionary()
_SHOWING = library.LOOKING | library.COUNTING | library.NULL_MASKS | library.REDUCING | library.DRAWING
_SHOWS = _SHOWING | {
    "print",
    "display",
    "head",
    "tail",
    "len",
    "type",
    "format",
    "round",
    "tolist",
    "to_string",
    "show",
}


def matters(facts: CellFacts) -> bool:
    """Tell whether a cell does anything but to show values and to draw; once for a version of it."""
    found = _known.get(facts)
    if found is None:
        body = facts.tree.body if facts.tree is not None else []
        found = _known[facts] = any(not (isinstance(node, ast.Expr) and _shows(node.value)) for node in body)
    return found


def uses_models(facts: CellFacts) -> bool:
    """Tell whether a cell imports a library of machine learning."""
    return any(found.module.partition(".")[0] in library.LIBRARIES for found in facts.imports)


def _shows(node: ast.expr) -> bool:
    """Tell whether an expression changes nothing: all its calls look at something, or draw."""
    for part in walk(node):
        if isinstance(part, ast.NamedExpr | ast.Await | ast.Yield):
            return False
        if isinstance(part, ast.Call) and not _is_look(part):
            return False
    return True


def _is_look(call: ast.Call) -> bool:
    function = call.func
    name = (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )
    if any(word.arg == "inplace" for word in call.keywords):
        return False
    if name in library.SCORING or name in library.PREDICTING or name in library.METRICS:
        return False
    root: ast.expr = function
    while isinstance(root, ast.Attribute | ast.Call | ast.Subscript):
        root = root.func if isinstance(root, ast.Call) else root.value
    return name in _SHOWS or (isinstance(root, ast.Name) and root.id in library.DRAWING)
