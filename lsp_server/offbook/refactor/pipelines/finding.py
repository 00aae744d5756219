"""Finds the lines of transformers and of the models behind them, or says what stands in the way of a pipeline."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from offbook.analysis import span_of
from offbook.notebook import CellId
from offbook.refactor.module.names import Names
from offbook.refactor.module.scene import RefusedError, Scene
from offbook.refactor.pipelines.library import SQUARE, Alike, hindrance, kind_of
from offbook.refactor.pipelines.steps import (
    PREDICTING,
    ByHand,
    Learner,
    Look,
    ModelFit,
    Rows,
    Step,
    Use,
    When,
    read_fit,
    read_step,
)
from offbook.refactor.pipelines.timeline import Reading, Timeline


class Finder:
    """Puts together what becomes a pipeline; where that is not possible, it refuses with reason, place and advice."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.names = Names(scene)
        self.time = Timeline(scene)

    def find(self, first: Step) -> ByHand:
        """Return the lines of a transformer, of those behind it, and of the models.

        Args:
            first: the line that fits the transformer.

        Raises:
            RefusedError: where there is no model, or something else uses what the transformers give.
        """
        ours, uses = ByHand(), list[Use]()
        path = (first.transformer.id,)
        later = [Rows(step, step, path) for step in self._later(first)]
        self._take(ours, uses, Rows(first, first, path))
        for rows in sorted(later, key=lambda rows: rows.source != first.source.id):
            fitted = ours.fitted(first.transformer.id)
            if fitted is None or rows.step.when < fitted or self.time.split_of(self.names, rows.step) is not None:
                self._take(ours, uses, rows)  # below, the transformer is fitted and gives other rows as before
        for name, found in ours.steps.items():
            if not ours.learners_of(name):
                raise self.refuse(
                    f"no line of its own fits a model on what `{name}` gives, as `model.fit(rows, y)`", found[0].step
                )
        ours.learners.sort(key=lambda learner: learner.fit.when)
        for use in uses:
            self._learner(ours, use).uses.append(use)
        return ours

    def candidates(self, cell: CellId) -> list[Step]:
        """Return the lines of a cell that fit a transformer of the known ones."""
        found = (read_step(when, at, node) for when, at, node in self.time.statements_of(cell))
        return [step for step in found if step and step.how != "transform" and self.kind(step)]

    def kind(self, step: Step) -> Alike:
        """Tell whether a step's transformer gives the same in one step and in two; empty where nobody knows."""
        made = self.time.made(step.transformer.id, step.when)
        return kind_of(self.names, made, self._part(step.when)) if made is not None else ""

    def _part(self, when: When) -> Callable[[str], ast.Call | None]:
        """Return what gives the transformers that a pipeline or a column transformer is made of by their names."""

        def made(name: str) -> ast.Call | None:
            call = self.time.made(name, when)
            known = call is not None and self.names.dotted(call.func).startswith("sklearn.")
            return call if known and len(self.time.readings(name)) == 1 else None

        return made

    def refuse(self, reason: str, at: Step | ModelFit | Use, advice: str = "") -> RefusedError:
        """Return a refusal at a line."""
        return self.scene.refuse(reason, at.cell, span_of(at.call if isinstance(at, Use) else at.node), advice)

    def first(self, cell: CellId) -> list[Step]:
        """Return the lines of a cell from which a pipeline may start.

        Raises:
            RefusedError: where there is none.
        """
        found = self.candidates(cell)
        if not found:
            self._check_columns(cell)
            raise self.scene.refuse(
                f"no line of cell {self.scene.number(cell)} fits a transformer that a pipeline is known to treat alike",
                cell,
                advice="Scalers, imputers, encoders and vectorisers of scikit-learn are known, made in a line above.",
            )
        return found

    def _check_columns(self, cell: CellId) -> None:
        """Refuse lines that transform some columns in place."""
        for _, _, node in self.time.statements_of(cell):
            value = node.value if isinstance(node, ast.Assign) else None
            if (
                isinstance(value, ast.Call)
                and isinstance(value.func, ast.Attribute)
                and value.func.attr in ("fit_transform", "transform")
                and any(isinstance(item, ast.Subscript) for item in value.args)
                and isinstance(node, ast.Assign)
                and isinstance(node.targets[0], ast.Subscript)
            ):
                raise self.scene.refuse(
                    f"`{ast.unparse(value.func.value)}` transforms some columns in place: a `ColumnTransformer` puts "
                    "them first, and a model that learns from columns in another order may give other results",
                    cell,
                    span_of(node),
                    "Write the pipeline by hand, and look at the results.",
                )

    def _later(self, first: Step) -> Iterator[Step]:
        """Yield the further lines that give what the transformer of a line makes of rows a name."""
        name = first.transformer.id
        end = next((at for at, _, _ in self.time.bindings(name) if at > first.when), None)
        for when, cell, node in self.time.statements():
            step = read_step(when, cell, node) if when > first.when and (end is None or when < end) else None
            if step is not None and step.transformer.id == name and step.how == "transform":
                yield step

    def _take(self, ours: ByHand, uses: list[Use], rows: Rows) -> None:
        """Add a step, and all that comes behind it: models, what they predict, and the steps of other transformers."""
        step, name = rows.step, rows.path[-1]
        if name not in ours.steps:
            self._check_first(ours, rows)
        elif step.how != "transform" or ours.steps[name][0].path != rows.path:
            raise self.refuse(f"`{name}` is fitted on other rows, too", step)
        ours.steps.setdefault(name, []).append(rows)
        for item in self._readers(rows):
            if isinstance(item, Rows):
                self._take(ours, uses, item)
            elif isinstance(item, Use):
                uses.append(item)
            elif isinstance(item, Look):
                ours.looks.append(item)
            elif rows.source != ours.first.source:
                raise self.refuse(f"`{name}` is fitted on `{ours.first.source}`, the model on other rows", step)
            else:
                ours.learners.append(item)

    def _check_first(self, ours: ByHand, rows: Rows) -> None:
        """Refuse a transformer that cannot be fitted later, or is first applied to other rows than the training's."""
        step, name = rows.step, rows.path[-1]
        if step.how == "transform" or not self.kind(step):
            raise self._used(step.cell, step.source)
        if ours.steps and rows.source != ours.first.source:
            raise self.refuse(f"`{name}` is fitted on other rows than `{ours.transformer}`", step)
        made = self.time.made(name, step.when)
        why = hindrance(self.scene, made, self._part(step.when)) if made is not None else ""
        if why:
            raise self.refuse(f"`{name}` {why}", step)

    def _learner(self, ours: ByHand, use: Use) -> Learner:
        """Return the model that predicts."""
        own = [item for item in ours.learners if item.fit.model == use.model.id and item.rows.path == use.rows.path]
        name = use.rows.step.transformer.id
        if not own:
            raise self.refuse(f"another model predicts from what `{name}` gives", use)
        fitted = [item for item in own if item.fit.when < use.when]
        if not fitted:
            raise self.refuse(f"`{use.model.id}` is used before it is fitted", use)
        return max(fitted, key=lambda item: item.fit.when)

    def _readers(self, rows: Rows) -> list[Learner | Look | Rows | Use]:
        """Return the models that are fitted on, and used with, what a step gives, and the steps that take it on.

        Anything else refuses.
        """
        step = rows.step
        if not step.target:
            return []
        later = [item for item in self.time.bindings(step.target) if item[0] > step.when]
        end = next((at for at, _, sure in later if sure), None)
        for at, _, sure in later:
            if not sure and (end is None or at < end):
                raise self.refuse(f"`{step.target}` gets another value on some paths", step)
        for what, changed, (cell, _) in self.time.changes(step.target):
            if changed is None or (changed > step.when and (end is None or changed <= end)):
                raise self.refuse(f"`{step.target}` is {what} in cell {self.scene.number(cell)}", step)
        readings = [
            reading
            for reading in self.time.readings(step.target)
            if reading.when is None or (reading.when > step.when and (end is None or reading.when <= end))
        ]
        return [self._sorted(rows, reading) for reading in sorted(readings, key=lambda item: item.when or step.when)]

    def _sorted(self, rows: Rows, reading: Reading) -> Learner | Look | Rows | Use:
        call = self.time.above(reading.cell, reading.place)
        if reading.when is not None and isinstance(call, ast.Call) and call.args[:1] == [reading.place]:
            node = self.time.statement(reading.when)
            fit = read_fit(reading.when, reading.cell, node, call)
            step = read_step(reading.when, reading.cell, node)
            if step is not None and step.source is reading.place and (fit is None or self.kind(step)):
                return Rows(step, rows.origin, (*rows.path, step.transformer.id))
            if fit is not None:
                return Learner(fit, rows)
            model = _predicts(call)
            if model is not None:
                return Use(reading.when, reading.cell, call, model, rows)
        if reading.when is not None and isinstance(call, ast.Attribute) and self._has_shape(rows, reading.cell, call):
            return Look(reading.when, reading.cell, reading.place, rows)
        raise self._used(reading.cell, reading.place)

    def _has_shape(self, rows: Rows, cell: CellId, asked: ast.Attribute) -> bool:
        """Tell whether the rows before the transformers surely have the shape that those behind them are asked for."""
        if asked.attr != "shape" or not self.time.is_table(self.names, rows.origin):
            return False
        above = self.time.above(cell, asked)
        number = (
            above.slice.value if isinstance(above, ast.Subscript) and isinstance(above.slice, ast.Constant) else None
        )
        made = [self.time.made(name, rows.step.when) for name in rows.path]
        return number == 0 or all(call is not None and self.names.dotted(call.func) in SQUARE for call in made)

    def _used(self, cell: CellId, place: ast.Name) -> RefusedError:
        return self.scene.refuse(
            f"cell {self.scene.number(cell)} uses `{place.id}` for something else than to fit models and to predict",
            cell,
            span_of(place),
            "Take that use away, or write the pipeline by hand.",
        )


def _predicts(call: ast.Call) -> ast.Name | None:
    """Return the model's name in ``model.predict(rows)`` or ``model.score(rows, y)``."""
    function = call.func
    if not isinstance(function, ast.Attribute) or function.attr not in PREDICTING or call.keywords:
        return None
    if len(call.args) > 1 + (function.attr == "score") or not isinstance(function.value, ast.Name):
        return None
    return function.value
