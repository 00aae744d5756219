"""Lines that fit and apply a transformer by hand, and those that give a model what it made."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Literal, NamedTuple

from offbook.notebook import CellId

PREDICTING = frozenset(("decision_function", "predict", "predict_log_proba", "predict_proba", "score"))
"""Methods of a model that a pipeline hands on after it has transformed the rows."""

How = Literal["fit", "fit_transform", "transform"]
_METHODS: dict[str, How] = {"fit": "fit", "fit_transform": "fit_transform", "transform": "transform"}


class When(NamedTuple):
    """A top-level statement's place: the cell's index among all cells, and the statement's number in the cell."""

    cell: int
    statement: int


class Step(NamedTuple):
    """``target = transformer.fit_transform(source)``, or ``transform``, or ``fit`` without a target."""

    when: When
    cell: CellId
    node: ast.Assign | ast.Expr
    how: How
    transformer: ast.Name
    source: ast.Name
    target: str


class Use(NamedTuple):
    """``model.predict(rows)``: the call, the model's name in it, and the rows that a pipeline is given instead."""

    when: When
    cell: CellId
    call: ast.Call
    model: ast.Name
    source: str


class ModelFit(NamedTuple):
    """``model.fit(rows, y)`` as a statement, or ``model = Model().fit(rows, y)`` (``made`` is its ``Model()``)."""

    when: When
    cell: CellId
    node: ast.Expr | ast.Assign
    call: ast.Call
    model: str
    made: ast.Call | None


@dataclass(frozen=True, slots=True)
class ByHand:
    """Everything that becomes one pipeline.

    Attributes:
        transformer: the transformer's name.
        steps: the lines that go; the first fits it on the training rows.
        fit: where the model is fitted.
        uses: where the model is used on transformed rows.
    """

    transformer: str
    steps: tuple[Step, ...]
    fit: ModelFit
    uses: tuple[Use, ...]


def read_step(when: When, cell: CellId, node: ast.stmt) -> Step | None:
    """Return the step that a statement is; ``None`` for any other."""
    target = ""
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        target = node.targets[0].id
    elif not isinstance(node, ast.Expr):
        return None
    call = node.value
    if not isinstance(call, ast.Call) or call.keywords or len(call.args) != 1:
        return None
    function, source = call.func, call.args[0]
    if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Name):
        return None
    how = _METHODS.get(function.attr)
    if how is None or not isinstance(source, ast.Name) or bool(target) == (how == "fit"):
        return None
    return Step(when, cell, node, how, function.value, source, target)


def read_fit(when: When, cell: CellId, node: ast.stmt, call: ast.Call) -> ModelFit | None:
    """Return the fit of a model that a statement is, where ``call`` is the call of ``fit`` in it."""
    function = call.func
    if not isinstance(function, ast.Attribute) or function.attr != "fit" or call.keywords or len(call.args) > 2:
        return None
    if isinstance(node, ast.Expr) and node.value is call and isinstance(function.value, ast.Name):
        return ModelFit(when, cell, node, call, function.value.id, None)
    if (
        isinstance(node, ast.Assign)
        and node.value is call
        and len(node.targets) == 1
        and isinstance(node.targets[0], ast.Name)
        and isinstance(function.value, ast.Call)
    ):
        return ModelFit(when, cell, node, call, node.targets[0].id, function.value)
    return None
