"""Lines that fit and apply a transformer by hand, and those that give a model what it made."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
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


class Rows(NamedTuple):
    """What a step gives: the step that took rows of the split, and the transformers behind it, in this order."""

    step: Step
    origin: Step
    path: tuple[str, ...]

    @property
    def source(self) -> str:
        """The name of the rows as they were before."""
        return self.origin.source.id


class Use(NamedTuple):
    """``model.predict(rows)``: the call, the model's name in it, and the rows that a pipeline is given instead."""

    when: When
    cell: CellId
    call: ast.Call
    model: ast.Name
    rows: Rows


class Look(NamedTuple):
    """``rows.shape``, which is that of the rows that a pipeline is given."""

    when: When
    cell: CellId
    place: ast.Name
    rows: Rows


class ModelFit(NamedTuple):
    """``model.fit(rows, y)``, ``model = model.fit(rows, y)`` or ``model = Model().fit(rows, y)``.

    ``made`` is the ``Model()`` of the last one.
    """

    when: When
    cell: CellId
    node: ast.Expr | ast.Assign
    call: ast.Call
    model: str
    made: ast.Call | None


@dataclass(slots=True)
class Learner:
    """A model that becomes the end of a pipeline: where it is fitted, on which rows, and where it is used."""

    fit: ModelFit
    rows: Rows
    uses: list[Use] = field(default_factory=list)

    @property
    def last(self) -> When:
        """When the pipeline is last used."""
        return max([self.fit.when, *(use.when for use in self.uses)])


@dataclass(slots=True)
class ByHand:
    """Everything that becomes pipelines, each of which begins with the same transformer.

    Attributes:
        steps: for each transformer, by its name, the lines that go; the first fits it on the training rows.
        learners: the models, in the order in which they are fitted.
        looks: where the transformed rows are asked for their shape.
    """

    steps: dict[str, list[Rows]] = field(default_factory=dict)
    learners: list[Learner] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)

    @property
    def transformer(self) -> str:
        """The name of the transformer that all pipelines begin with."""
        return next(iter(self.steps))

    @property
    def first(self) -> Rows:
        """The line that fits it."""
        return self.steps[self.transformer][0]

    @property
    def lines(self) -> list[Step]:
        """The lines that go."""
        return [rows.step for found in self.steps.values() for rows in found]

    @property
    def last(self) -> When:
        """When rows as they were before are last needed."""
        return max([*(learner.last for learner in self.learners), *(look.when for look in self.looks)])

    def learners_of(self, transformer: str) -> list[Learner]:
        """Return the models that learn from what a transformer gives."""
        return [learner for learner in self.learners if transformer in learner.rows.path]

    def fitted(self, transformer: str) -> When | None:
        """Return when a pipeline first fits a transformer."""
        return min((learner.fit.when for learner in self.learners_of(transformer)), default=None)


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
    ):
        name = node.targets[0].id
        if isinstance(function.value, ast.Call):
            return ModelFit(when, cell, node, call, name, function.value)
        if isinstance(function.value, ast.Name) and function.value.id == name:
            return ModelFit(when, cell, node, call, name, None)
    return None
