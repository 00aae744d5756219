"""Moves imports to the cell at the top that holds the others."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from offbook.analysis import CellFacts
from offbook.diagnostics import Applicability, CellEdits, Fix
from offbook.notebook import CellChange, CellId, DeleteCell
from offbook.rules.views import NotebookView
from offbook.text import Edit, Lines, Position, Span

Importing = ast.Import | ast.ImportFrom


class Moved(NamedTuple):
    """An import statement, and its cell."""

    cell: CellId
    statement: Importing


def moving_fix(notebook: NotebookView, imports: Sequence[Moved]) -> Fix | None:
    """Return a fix that moves statements behind the first imports of the notebook.

    ``None`` where a statement shares its lines with others, or where a name of it means something else further up.
    """
    target = next(iter(notebook.cells_with("imports")), None)
    facts = notebook.facts(target) if target is not None else None
    place = _behind_imports(facts) if facts is not None else None
    unique = list({id(found.statement): found for found in imports}.values())
    if target is None or facts is None or place is None or not all(_movable(notebook, target, item) for item in unique):
        return None
    new = "".join(f"\n{ast.unparse(statement)}" for _, statement in unique)
    edits = [CellEdits(target, (Edit(Span(place, place), new),))]
    emptied: list[CellChange] = []
    for cell in dict.fromkeys(found.cell for found in unique):
        statements = [statement for other, statement in unique if other == cell]
        here = notebook.facts(cell)
        assert here is not None and here.tree is not None, "a movable statement stands in Python"
        if len(statements) == len(here.tree.body) and not here.masked.magics and "#" not in here.source:
            emptied.append(DeleteCell(cell))
        else:
            lines = Lines(here.source)
            edits.append(CellEdits(cell, tuple(Edit(_whole_lines(lines, item), "") for item in statements)))
    title = "Move the import to the top" if len(unique) == 1 else "Move the imports to the top"
    return Fix(title, Applicability.SAFE, tuple(edits), tuple(emptied))


def _behind_imports(facts: CellFacts) -> Position | None:
    """Return the end of the line of the last import among those at the top of a cell."""
    last: ast.stmt | None = None
    for statement in facts.tree.body if facts.tree else []:
        if isinstance(statement, Importing):
            last = statement
        elif last is not None:
            break
    if last is None or facts.tree is None:
        return None
    line = (last.end_lineno or last.lineno) - 1
    if any(other is not last and other.lineno - 1 == line for other in facts.tree.body):
        return None
    return Position(line, len(Lines(facts.source).line(line)))


def _movable(notebook: NotebookView, target: CellId, moved: Moved) -> bool:
    facts = notebook.facts(moved.cell)
    if facts is None or facts.tree is None or moved.statement not in facts.tree.body or moved.cell == target:
        return False
    if notebook.number(target) >= notebook.number(moved.cell) or not _alone(facts, moved.statement):
        return False
    return all(_means_the_same(notebook, moved, name) for name in _bound(moved.statement))


def _means_the_same(notebook: NotebookView, moved: Moved, name: str) -> bool:
    """Tell whether nothing but imports of the same binds a name, and nothing reads it above the import at once."""
    text = ast.dump(moved.statement)
    number = notebook.number(moved.cell)
    for found in notebook.occurrences(name):
        if any(ast.dump(binding.node) != text for binding in found.events.bindings if binding.node is not None):
            return False
        if found.number < number and any(read.guarded for read in found.events.reads):
            return False
    return name != "*"


def _bound(statement: Importing) -> Iterator[str]:
    for alias in statement.names:
        yield alias.asname or (alias.name if isinstance(statement, ast.ImportFrom) else alias.name.partition(".")[0])


def _alone(facts: CellFacts, statement: ast.stmt) -> bool:
    """Tell whether a statement shares no line with another one, or with a comment."""
    lines = Lines(facts.source)
    last = (statement.end_lineno or statement.lineno) - 1
    before = lines.line(statement.lineno - 1)[: statement.col_offset]
    after = lines.line(last)[statement.end_col_offset :]
    return not before.strip() and not after.strip()


def _whole_lines(lines: Lines, statement: ast.stmt) -> Span:
    """Return the lines of a statement, with the line break behind them, or before them at the end of the cell."""
    first, last = statement.lineno - 1, (statement.end_lineno or statement.lineno) - 1
    if last < lines.end.line:
        return Span.of(first, 0, last + 1, 0)
    start = Position(first - 1, len(lines.line(first - 1))) if first else Position(0, 0)
    return Span(start, lines.end)
