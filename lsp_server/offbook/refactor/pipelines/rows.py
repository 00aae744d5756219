"""Rows that a pipeline transforms later than the lines by hand did: nothing may change them until then."""

from __future__ import annotations

import ast

from offbook.analysis import span_of
from offbook.refactor.module.names import Names
from offbook.refactor.pipelines.library import is_model
from offbook.refactor.pipelines.steps import ByHand
from offbook.refactor.pipelines.timeline import Reading, Timeline

_FACTS = frozenset("dtype dtypes empty ndim shape size".split())
_LABELS = frozenset(("columns", "index"))
_PARTS = frozenset(("head", "sample", "tail"))
"""What they give may share memory with the rows."""
_TELLS = frozenset("copy corr count describe info isna isnull max mean median min nunique std sum value_counts".split())
_READERS = frozenset(("display", "len", "print", "type"))
_MODELS = frozenset(("fit", "fit_transform", "predict", "predict_proba", "score", "transform"))


def check_rows(time: Timeline, names: Names, ours: ByHand) -> None:
    """Refuse where the rows could be another object, or hold something else, when the pipeline reads them.

    From the split on, other code may only look at them: it could keep them under another name, and change them.

    Raises:
        RefusedError: with the place.
    """
    last, own = ours.last, {id(step.source) for step in ours.lines}
    outer = [rows.step for rows in ours.steps[ours.transformer]]
    for name in dict.fromkeys(step.source.id for step in outer):
        first = next(step for step in outer if step.source.id == name)
        start = max(when for when, _, _ in time.bindings(name) if when < first.when)
        again = sorted(
            rows.step.when
            for found in ours.steps.values()
            for rows in found
            if rows.source == rows.step.source.id == rows.step.target == name
        )
        twice = len([step for step in outer if step.source.id == step.target == name]) > 1
        if any(start < when <= last and when not in again for when, _, _ in time.bindings(name)) or twice:
            raise time.scene.refuse(
                f"`{name}` gets another value before the pipeline would read it", first.cell, span_of(first.node)
            )
        for what, at, (cell, span) in time.changes(name):
            if at is None or start < at <= last:
                raise time.scene.refuse(f"`{name}` is {what} before the pipeline would read it", cell, span)
        for reading in time.readings(name):
            when = reading.when
            ends = again[0] if again else last  # what reads the name below `again` gets transformed rows
            inside = when is None or start < when <= ends
            if inside and id(reading.place) not in own and not _only_looks(time, names, reading):
                raise time.scene.refuse(
                    f"cell {time.scene.number(reading.cell)} could change the rows of `{name}`, or keep them",
                    reading.cell,
                    span_of(reading.place),
                    f"Give it `{name}.copy()`, or move it above the split or below the last prediction.",
                )


def _only_looks(time: Timeline, names: Names, reading: Reading) -> bool:
    """Tell whether a place reads rows and neither changes nor keeps them."""
    node: ast.AST = reading.place
    above = time.above(reading.cell, node)
    if isinstance(above, ast.Subscript) and above.value is node and isinstance(above.ctx, ast.Load):
        node, above = above, time.above(reading.cell, above)
        return isinstance(above, ast.Call) and node in above.args and (_is_told(time, above) or _is_drawn(names, above))
    if isinstance(above, ast.Expr):
        return True
    if isinstance(above, ast.Attribute):
        return isinstance(above.ctx, ast.Load) and _is_look(time, reading, above)
    if not isinstance(above, ast.Call) or node not in above.args:
        return False
    return _is_told(time, above) or _is_drawn(names, above) or _is_models(time, names, above)


def _is_look(time: Timeline, reading: Reading, node: ast.Attribute) -> bool:
    above = time.above(reading.cell, node)
    if node.attr in _FACTS:
        return not isinstance(above, ast.Attribute)
    if not isinstance(above, ast.Call) or above.func is not node:
        return node.attr in _LABELS and not isinstance(above, ast.Attribute | ast.Subscript)
    if node.attr in _PARTS:
        around = time.above(reading.cell, above)
        return isinstance(around, ast.Expr) or (isinstance(around, ast.Call) and _is_told(time, around))
    return node.attr in _TELLS


def _is_told(time: Timeline, call: ast.Call) -> bool:
    """Tell whether a call only tells something of its arguments: ``print(rows)``, ``len(rows)``."""
    return isinstance(call.func, ast.Name) and call.func.id in _READERS and not time.bindings(call.func.id)


def _is_drawn(names: Names, call: ast.Call) -> bool:
    """Tell whether a call draws its arguments: ``plt.scatter(rows, y)``."""
    return names.dotted(call.func).startswith("matplotlib.pyplot.")


def _is_models(time: Timeline, names: Names, call: ast.Call) -> bool:
    """Tell whether a call gives rows to an estimator of scikit-learn, made so that it leaves them as they are."""
    function = call.func
    if not isinstance(function, ast.Attribute) or function.attr not in _MODELS:
        return False
    made: list[ast.AST | None] = [function.value]
    if isinstance(function.value, ast.Name):
        made = [getattr(node, "value", None) for _, node, _ in time.bindings(function.value.id)]
    return bool(made) and all(
        isinstance(item, ast.Call) and is_model(names, item) and _leaves_rows(names, item) for item in made
    )


def _leaves_rows(names: Names, made: ast.Call) -> bool:
    """Tell whether an estimator is made of what can be seen here, and not told to work in place."""
    for node in ast.walk(made):
        if isinstance(node, ast.keyword) and (node.arg is None or "copy" in node.arg or "overwrite" in node.arg):
            return False
        if isinstance(node, ast.Name) and not names.dotted(node):
            return False
    return not any(isinstance(item, ast.Constant) and isinstance(item.value, bool) for item in made.args)
