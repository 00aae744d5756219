"""What is known of the name under the cursor, as Markdown."""

from __future__ import annotations

import ast
import inspect

from offbook.analysis import CellFacts
from offbook.notebook import CellId
from offbook.project.navigation import Navigator, Units, Use
from offbook.project.unit import Unit
from offbook.refactor import Place
from offbook.text import Span, split_lines

_SHOWN = 300
"""So many characters of a statement are shown."""


def describe(units: Units, place: Place) -> tuple[str, Span] | None:
    """Return Markdown on the name at a place that the workspace defines, and where it stands; else ``None``."""
    navigator = Navigator(units)
    use = navigator.use_at(place)
    if use is None:
        return None
    for found in navigator.definition(place):
        unit = units.unit(found.path)
        number = unit.number(found.cell) if unit is not None else None
        if unit is None or number is None:
            continue
        facts = unit.sources[number][1]
        node = _statement(facts, found.span)
        if node is None:
            return f"module `{found.path.name}`", use.span
        if isinstance(node, ast.Import | ast.ImportFrom):
            return None
        return _described(unit, use, facts, node, found.cell), use.span
    return None


def _statement(facts: CellFacts, span: Span) -> ast.stmt | None:
    """Return the innermost statement in which a definition's name stands."""
    if span.start == span.end:
        return None
    line = span.start.line + 1
    inside = [
        node
        for node in ast.walk(facts.tree or ast.Module([], []))
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    return max(inside, key=lambda node: node.lineno, default=None)


def _described(unit: Unit, use: Use, facts: CellFacts, node: ast.stmt, cell: CellId | None) -> str:
    where = f"`{unit.path.name}`"
    if cell is not None and unit.path == use.unit.path:
        where = "this cell" if unit.number(cell) == use.number else f"code cell {(unit.number(cell) or 0) + 1}"
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        text = ast.get_docstring(node)
        documentation = f"\n\n{inspect.cleandoc(text)}" if text else ""
        return f"```python\n{_signature(node)}\n```\n\ndefined in {where}{documentation}"
    lines = split_lines(facts.source)[node.lineno - 1 : node.end_lineno]
    lines[-1] = lines[-1][: node.end_col_offset] if lines else ""
    shown = "\n".join(lines)[node.col_offset :]
    if len(shown) > _SHOWN:
        shown = shown[:_SHOWN].rstrip() + " ..."
    return f"```python\n{shown}\n```\n\nbound in {where}"


def _signature(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> str:
    if isinstance(node, ast.ClassDef):
        bases = [*map(ast.unparse, node.bases), *(ast.unparse(word) for word in node.keywords)]
        return f"class {node.name}" + (f"({', '.join(bases)})" if bases else "")
    returns = f" -> {ast.unparse(node.returns)}" if node.returns is not None else ""
    prefix = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    return f"{prefix} {node.name}({ast.unparse(node.args)}){returns}"
