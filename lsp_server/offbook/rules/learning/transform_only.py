"""The fix that transforms the test rows with what was fitted on the training rows."""

from __future__ import annotations

import ast

from offbook.analysis.learning.events import Fit, History
from offbook.analysis.learning.rows import has_side
from offbook.analysis.nodes import text_of, walk
from offbook.diagnostics import Applicability, CellEdits, Fix
from offbook.notebook import CellId
from offbook.rules.views import NotebookView
from offbook.text import Edit, Position, Span

_METHOD = "fit_transform"


def transform_only(notebook: NotebookView, history: History, fit: Fit) -> Fix | None:
    """Return the fix where the same object was last fitted on the same columns of the training rows.

    Both fits stand outside of loops, so that no other column lies between. It is unsafe, as results change.
    """
    before = [other for other in history.fits[: history.fits.index(fit)] if other.transformer is fit.transformer]
    function = _method(fit)
    if function is None or function.attr != _METHOD or not before:
        return None
    first = before[-1]
    columns = _columns(fit)
    if (
        has_side(first.data.rows, "test")
        or columns is None
        or columns != _columns(first)
        or not all(_is_plain(notebook, item) for item in (first, fit))
    ):
        return None
    end = Position((function.end_lineno or 1) - 1, function.end_col_offset or 0)
    edit = Edit(Span(Position(end.line, end.column - len(_METHOD)), end), "transform")
    title = f"Only `transform` it with what `{text_of(function.value)}` learned from the training set; results change"
    return Fix(title, Applicability.UNSAFE, (CellEdits(fit.spot.cell, (edit,)),))


def _method(fit: Fit) -> ast.Attribute | None:
    """Return the method that fits, where it is called on a plain name with one argument."""
    node = fit.spot.node
    function = node.func if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords else None
    return function if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) else None


def _columns(fit: Fit) -> str | None:
    """Return what is taken of the fitted frame: its columns as text, nothing for all of it; ``None`` for all else."""
    node = fit.spot.node
    given = node.args[0] if isinstance(node, ast.Call) and node.args else None
    if isinstance(given, ast.Name):
        return ""
    return text_of(given.slice) if isinstance(given, ast.Subscript) and isinstance(given.value, ast.Name) else None


def _is_plain(notebook: NotebookView, fit: Fit) -> bool:
    """Tell whether a fit stands at the top of its cell, in no loop and no function."""
    return any(part is fit.spot.node for node in _statements(notebook, fit.spot.cell) for part in walk(node))


def _statements(notebook: NotebookView, cell: CellId) -> list[ast.stmt]:
    facts = notebook.facts(cell)
    body = facts.tree.body if facts is not None and facts.tree is not None else []
    return [node for node in body if isinstance(node, ast.Expr | ast.Assign)]
