"""Tells where ``+`` puts rows below rows."""

from __future__ import annotations

import ast

from offbook.analysis.learning.rows import disjoint
from offbook.analysis.learning.values import Data


def stacks(node: ast.BinOp, left: Data, right: Data) -> bool:
    """Tell whether ``+`` puts a list of rows below another: lists by their making, or rows that cannot be added up."""
    if not isinstance(node.op, ast.Add) or left.predicted_by is not None or right.predicted_by is not None:
        return False
    return _is_list(node.left) or _is_list(node.right) or disjoint(left.rows, right.rows)


def _is_list(node: ast.expr) -> bool:
    """Tell whether an expression makes a list of data, so that ``+`` puts another below it."""
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    return (isinstance(function, ast.Name) and function.id == "list") or (
        isinstance(function, ast.Attribute) and function.attr == "tolist"
    )
