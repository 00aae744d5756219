"""Finds the lines of one transformer and its one model, or says what stands in the way of a pipeline."""

from __future__ import annotations

import ast

from offbook.analysis import span_of
from offbook.notebook import CellId
from offbook.refactor.module.names import Names
from offbook.refactor.module.scene import RefusedError, Scene
from offbook.refactor.pipelines.library import ALIKE, ORDERED, hindrance
from offbook.refactor.pipelines.steps import PREDICTING, ByHand, ModelFit, Step, Use, read_fit, read_step
from offbook.refactor.pipelines.timeline import Reading, Timeline


class Finder:
    """Puts together what becomes a pipeline; where that is not possible, it refuses with reason, place and advice."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.names = Names(scene)
        self.time = Timeline(scene)

    def find(self, cell: CellId) -> ByHand:
        """Return the lines of the transformer that a cell fits, and of its model.

        Raises:
            RefusedError: where there is no such transformer, or something else uses what it gives.
        """
        first = self._first(cell)
        fit: ModelFit | None = None
        uses: list[Use] = []
        steps: list[Step] = []
        found = self._steps(first)
        for step in found:
            if fit is not None and step.when > fit.when and self.time.split_of(self.names, step) is None:
                continue  # the transformer is fitted there, and transforms as before
            fits, used = self._readers(step)
            if len(fits) > 1 or (fits and fit is not None):
                raise self._several(step, fits[-1])
            if fits and step.source.id != first.source.id:
                raise self.refuse(
                    f"`{first.transformer.id}` is fitted on `{first.source.id}`, the model on other rows", step
                )
            fit = fits[0] if fits else fit
            uses += used
            steps.append(step)
        if fit is None:
            raise self.refuse(
                f"no line of its own fits a model on what `{first.transformer.id}` gives, as `model.fit(rows, y)`",
                first,
            )
        return ByHand(first.transformer.id, tuple(steps), fit, tuple(uses))

    def candidates(self, cell: CellId) -> list[Step]:
        """Return the lines of a cell that fit a transformer of the known ones."""
        found = (read_step(when, at, node) for when, at, node in self.time.statements_of(cell))
        return [step for step in found if step and step.how != "transform" and self.class_of(step)]

    def class_of(self, step: Step) -> str:
        """Return the dotted name of a step's transformer; empty where it is none of the known ones."""
        made = self.time.made(step.transformer.id, step.when)
        dotted = self.names.dotted(made.func) if made is not None else ""
        return dotted if dotted in ALIKE | ORDERED else ""

    def refuse(self, reason: str, at: Step | ModelFit | Use, advice: str = "") -> RefusedError:
        """Return a refusal at a line."""
        return self.scene.refuse(reason, at.cell, span_of(at.call if isinstance(at, Use) else at.node), advice)

    def _first(self, cell: CellId) -> Step:
        found = self.candidates(cell)
        number = self.scene.number(cell)
        if not found:
            raise self.scene.refuse(
                f"no line of cell {number} fits a transformer that a pipeline is known to treat alike",
                cell,
                advice="Scalers, imputers, encoders and vectorisers of scikit-learn are known, made in a line above.",
            )
        if len(found) > 1:
            raise self.refuse(f"cell {number} fits more than one transformer", found[1], "Write the pipeline by hand.")
        made = self.time.made(found[0].transformer.id, found[0].when)
        why = hindrance(self.scene, made) if made is not None else ""
        if why:
            raise self.refuse(f"`{found[0].transformer.id}` {why}", found[0])
        return found[0]

    def _steps(self, first: Step) -> list[Step]:
        """Return the first step, and all further ones that give what its transformer makes a name."""
        name = first.transformer.id
        end = next((at for at, _, _ in self.time.bindings(name) if at > first.when), None)
        found = (read_step(when, cell, node) for when, cell, node in self.time.statements())
        return [
            first,
            *(
                step
                for step in found
                if step is not None
                and step.transformer.id == name
                and step.how == "transform"
                and first.when < step.when
                and (end is None or step.when < end)
            ),
        ]

    def _readers(self, step: Step) -> tuple[list[ModelFit], list[Use]]:
        """Return the models that are fitted on, and used with, what a step gives; anything else refuses."""
        fits: list[ModelFit] = []
        uses: list[Use] = []
        if not step.target:
            return fits, uses
        later = [item for item in self.time.bindings(step.target) if item[0] > step.when]
        end = next((at for at, _, sure in later if sure), None)
        for at, _, sure in later:
            if not sure and (end is None or at < end):
                raise self.refuse(f"`{step.target}` gets another value on some paths", step)
        for what, changed, (cell, _) in self.time.changes(step.target):
            if changed is None or (changed > step.when and (end is None or changed <= end)):
                raise self.refuse(f"`{step.target}` is {what} in cell {self.scene.number(cell)}", step)
        for reading in self.time.readings(step.target):
            gone = reading.when is not None and (reading.when <= step.when or (end is not None and reading.when > end))
            if not gone:
                self._sort(step, reading, fits, uses)
        return fits, uses

    def _sort(self, step: Step, reading: Reading, fits: list[ModelFit], uses: list[Use]) -> None:
        call = self.time.above(reading.cell, reading.place)
        if reading.when is not None and isinstance(call, ast.Call) and call.args[:1] == [reading.place]:
            fit = read_fit(reading.when, reading.cell, self.time.statement(reading.when), call)
            if fit is not None:
                fits.append(fit)
                return
            model = _predicts(call)
            if model is not None:
                uses.append(Use(reading.when, reading.cell, call, model, step.source.id))
                return
        number = self.scene.number(reading.cell)
        raise self.scene.refuse(
            f"cell {number} uses `{step.target}` for something else than to fit one model and to predict",
            reading.cell,
            span_of(reading.place),
            "Take that use away, or write the pipeline by hand.",
        )

    def _several(self, step: Step, fit: ModelFit) -> RefusedError:
        return self.refuse(
            f"more than one model is fitted on what `{step.transformer.id}` gives",
            fit,
            "Write one pipeline for each model by hand.",
        )


def _predicts(call: ast.Call) -> ast.Name | None:
    """Return the model's name in ``model.predict(rows)`` or ``model.score(rows, y)``."""
    function = call.func
    if not isinstance(function, ast.Attribute) or function.attr not in PREDICTING or call.keywords:
        return None
    if len(call.args) > 1 + (function.attr == "score") or not isinstance(function.value, ast.Name):
        return None
    return function.value
