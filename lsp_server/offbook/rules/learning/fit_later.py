"""The fix that fits a transformer behind the split, on the training rows alone."""

from __future__ import annotations

import ast
from typing import NamedTuple

from offbook.analysis import span_of
from offbook.analysis.learning.values import Spot
from offbook.diagnostics import Applicability, CellEdits, Fix
from offbook.notebook import CellId
from offbook.rules.views import NotebookView
from offbook.text import Edit, Lines, Position, Span


class _Step(NamedTuple):
    """``after = transformer.fit_transform(before)``."""

    statement: ast.Assign
    after: str
    before: ast.Name
    transformer: ast.expr


class _Split(NamedTuple):
    """``train, test, ... = train_test_split(whole, ...)``."""

    statement: ast.Assign
    whole: ast.Name
    train: str
    test: str


def fit_behind_split(notebook: NotebookView, fitted: Spot, split: Spot) -> Fix | None:
    """Return the fix where one statement transforms all rows, and nothing but the split uses what it gives.

    It is unsafe: results change, since the test rows no longer have a part in them.

    Args:
        notebook: the notebook.
        fitted: where the transformer is fitted on all rows.
        split: where the rows are split.
    """
    step, cut = _step_at(notebook, fitted), None
    if step is not None:
        cut = _split_at(notebook, split, step.after)
    if step is None or cut is None or not _only_split(notebook, step, fitted.cell, cut, split.cell):
        return None
    named = isinstance(step.transformer, ast.Name)
    name = step.transformer.id if isinstance(step.transformer, ast.Name) else "transformer"
    if not named and notebook.occurrences(name):
        return None
    source = _source(notebook, split.cell)
    line = (cut.statement.end_lineno or 1) - 1
    end = Position(line, len(Lines(source).line(line).rstrip("\r\n")))
    if end.column != cut.statement.end_col_offset or cut.statement.col_offset:
        return None
    made = "" if named else f"\n{name} = {Lines(_source(notebook, fitted.cell)).slice(span_of(step.transformer))}"
    added = f"{made}\n{cut.train} = {name}.fit_transform({cut.train})\n{cut.test} = {name}.transform({cut.test})"
    edits = {
        fitted.cell: [Edit(_whole_lines(notebook, fitted.cell, step.statement), "")],
    }
    behind = edits.setdefault(split.cell, [])
    if cut.whole.id != step.before.id:
        behind.append(Edit(span_of(cut.whole), step.before.id))
    behind.append(Edit(Span(end, end), added))
    title = f"Fit it behind the split, on `{cut.train}` alone; results change"
    return Fix(title, Applicability.UNSAFE, tuple(CellEdits(cell, tuple(parts)) for cell, parts in edits.items()))


def _step_at(notebook: NotebookView, spot: Spot) -> _Step | None:
    statement = _statement(notebook, spot)
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return None
    target, call = statement.targets[0], statement.value
    if not isinstance(target, ast.Name) or not isinstance(call, ast.Call) or call.keywords or len(call.args) != 1:
        return None
    function, argument = call.func, call.args[0]
    if (
        not isinstance(function, ast.Attribute)
        or function.attr != "fit_transform"
        or not isinstance(argument, ast.Name)
    ):
        return None
    return _Step(statement, target.id, argument, function.value)


def _split_at(notebook: NotebookView, spot: Spot, name: str) -> _Split | None:
    statement = _statement(notebook, spot)
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return None
    target, call = statement.targets[0], statement.value
    if not isinstance(call, ast.Call) or not isinstance(target, ast.Tuple | ast.List):
        return None
    parts = [part.id for part in target.elts if isinstance(part, ast.Name)]
    for place, argument in enumerate(call.args):
        if (
            isinstance(argument, ast.Name)
            and argument.id == name
            and len(parts) == len(target.elts) == 2 * len(call.args)
        ):
            return _Split(statement, argument, parts[2 * place], parts[2 * place + 1])
    return None


def _only_split(notebook: NotebookView, step: _Step, at: CellId, cut: _Split, split: CellId) -> bool:
    """Tell whether nothing else uses what the step gives, and nothing changes what it takes before the split."""
    first, last = (notebook.number(at), step.statement.lineno), (notebook.number(split), cut.statement.lineno)
    if first >= last:
        return False
    for found in notebook.occurrences(step.after):
        if found.events.deferred or found.events.mutations or found.events.deletions:
            return False
        for read in found.events.reads:
            place = (found.number, read.span.start.line + 1)
            if place > first and read.place is not cut.whole:
                return False
        for binding in found.events.bindings:
            if first < (found.number, binding.span.start.line + 1) < last:
                return False
    taken = [step.before.id, step.transformer.id] if isinstance(step.transformer, ast.Name) else [step.before.id]
    for found in (found for name in taken for found in notebook.occurrences(name)):
        spans = [event.span for event in found.events.bindings] + [event.span for event in found.events.mutations]
        if any(first < (found.number, span.start.line + 1) < last for span in spans):
            return False
    return not _read_between(notebook, step.transformer, first, last)


def _read_between(notebook: NotebookView, transformer: ast.expr, first: tuple[int, int], last: tuple[int, int]) -> bool:
    """Tell whether the fitted transformer is used before the split, where it would not be fitted any more."""
    found = notebook.occurrences(transformer.id) if isinstance(transformer, ast.Name) else []
    reads = ((item.number, read.span.start.line + 1) for item in found for read in item.events.reads)
    return any(first < place < last for place in reads) or any(item.events.deferred for item in found)


def _statement(notebook: NotebookView, spot: Spot) -> ast.stmt | None:
    """Return the top-level statement around a spot."""
    facts = notebook.facts(spot.cell)
    body = facts.tree.body if facts is not None and facts.tree is not None else []
    return next((part for part in body if any(node is spot.node for node in ast.walk(part))), None)


def _source(notebook: NotebookView, cell: CellId) -> str:
    return notebook.cell(cell).source


def _whole_lines(notebook: NotebookView, cell: CellId, statement: ast.stmt) -> Span:
    """Return a statement's lines with one line ending, so that no empty line is left."""
    lines = Lines(_source(notebook, cell))
    first, end = statement.lineno - 1, (statement.end_lineno or statement.lineno) - 1
    if end + 1 < len(lines):
        return Span(Position(first, 0), Position(end + 1, 0))
    above = Position(first - 1, len(lines.line(first - 1).rstrip("\r\n"))) if first else Position(0, 0)
    return Span(above, Position(end, len(lines.line(end))))
