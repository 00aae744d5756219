"""Whether lines by hand can become a pipeline without any other code noticing: every check refuses with a place."""

from __future__ import annotations

import ast

from offbook.analysis import span_of
from offbook.notebook import is_excused
from offbook.refactor.history import history_use
from offbook.refactor.module.scene import Scene
from offbook.refactor.module.surroundings import check_notebook
from offbook.refactor.pipelines.finding import Finder
from offbook.refactor.pipelines.library import is_model
from offbook.refactor.pipelines.rows import check_rows
from offbook.refactor.pipelines.steps import ByHand, Learner

_KEEPING = frozenset("transform inverse_transform get_feature_names_out get_feature_names get_params".split())
"""Methods of a transformer that leave it as it is."""


def check_cells(scene: Scene) -> None:
    """Refuse notebooks in which code may read names that cannot be seen, or is expected to fail.

    Raises:
        RefusedError: with the place.
    """
    check_notebook(scene)
    used = history_use(scene.analysis, numbered=True)
    if used is not None:
        raise scene.refuse(f"cell {scene.number(used[0])} reads the history (`{used[2]}`)", used[0], used[1])
    for index, cell, facts in scene.cells:
        if facts.problem is not None:
            raise scene.refuse(f"cell {index + 1} is no Python", cell.id, facts.problem.span)
        if is_excused(cell):
            raise scene.refuse(f"cell {index + 1} is expected to fail", cell.id)
        if "ast_node_interactivity" in cell.source and "last_expr" not in cell.source:
            raise scene.refuse(f"cell {index + 1} lets cells show more than their last value", cell.id)
        if facts.dynamic:
            raise scene.refuse(f"cell {index + 1} may read any name", cell.id)
        for call in facts.calls:
            if isinstance(call.node.func, ast.Name) and call.node.func.id == "eval":
                raise scene.refuse(f"cell {index + 1} may read any name (`eval`)", cell.id, span_of(call.node))
            if any(word.arg in ("transform_output", "enable_metadata_routing") for word in call.node.keywords):
                raise scene.refuse(f"cell {index + 1} sets how transformers work", cell.id, span_of(call.node))


def check(finder: Finder, ours: ByHand) -> None:
    """Refuse where a pipeline would fit or transform something else, or at a time at which it matters.

    Raises:
        RefusedError: with the place.
    """
    for learner in ours.learners:
        _check_model(finder, learner)
    for name in ours.steps:
        _check_numbers(finder, ours, name)
    outer = [rows.step for rows in ours.steps[ours.transformer]]
    for step in outer:
        if finder.time.split_of(finder.names, step) is None:
            raise finder.refuse(
                f"`{step.source.id}` does not come straight from `train_test_split`, so other code may hold its rows",
                step,
                f"Split first, and transform `{step.source.id}` then.",
            )
    rows = [name for step in ours.lines for name in (step.source.id, step.target)]
    for name in dict.fromkeys((*ours.steps, *(learner.fit.model for learner in ours.learners), *rows)):
        _check_bound_plainly(finder, name)
    for name in ours.steps:
        _check_transformer(finder, ours, name)
    if not any(learner.uses for learner in ours.learners):
        raise finder.refuse(
            f"`{ours.learners[0].fit.model}` never predicts from what `{ours.transformer}` gives", ours.learners[0].fit
        )
    check_rows(finder.time, finder.names, ours)


def _check_numbers(finder: Finder, ours: ByHand, name: str) -> None:
    """Refuse where a transformer gives training rows that differ in the last bits from those that a pipeline makes."""
    first = ours.steps[name][0]
    again = any(use.rows.source == first.source for learner in ours.learners_of(name) for use in learner.uses)
    again = again or any(rows.source == first.source for rows in ours.steps[name][1:])
    if finder.kind(first.step) == "ordered" and (first.step.how == "fit" or again):
        raise finder.refuse(
            f"`transform` of `{name}` computes or stores numbers in another order than `fit_transform`", first.step
        )


def _check_model(finder: Finder, learner: Learner) -> None:
    fit, model, time = learner.fit, learner.fit.model, finder.time
    made = fit.made or time.made(model, fit.when)
    if made is None or not is_model(finder.names, made):
        raise finder.refuse(f"`{model}` is not made as an estimator of scikit-learn in a line above", fit)
    places = {id(reading.place) for reading in time.readings(model)}
    for use in learner.uses:
        if id(use.model) not in places:
            raise finder.refuse(f"another model predicts from what `{learner.rows.path[0]}` gives", use)
    if any(fit.when < when <= learner.last for when, _, _ in time.bindings(model)):
        raise finder.refuse(f"`{model}` gets another value before it is last used", fit)


def _check_bound_plainly(finder: Finder, name: str) -> None:
    for index, binding in finder.scene.flow.bindings(name):
        if binding.kind in ("global", "magic"):
            cell = finder.scene.notebook.cells[index].id
            raise finder.scene.refuse(f"a function or a magic may rebind `{name}`", cell, binding.span)


def _check_transformer(finder: Finder, ours: ByHand, name: str) -> None:
    """Refuse where a transformer is looked at before a model is fitted, or changed before one is last used."""
    time, steps, learners = finder.time, ours.steps[name], ours.learners_of(name)
    fitted, last = learners[0].fit, max(learner.last for learner in learners)
    start = max(when for when, _, _ in time.bindings(name) if when < steps[0].step.when)
    if any(start < when <= last for when, _, _ in time.bindings(name)):
        raise finder.refuse(f"`{name}` gets another value before the model is last used", fitted)
    own = {id(rows.step.transformer) for rows in steps}
    for reading in time.readings(name):
        if id(reading.place) in own or (reading.when is not None and not start < reading.when <= last):
            continue
        above = time.above(reading.cell, reading.place)
        kept = (
            isinstance(above, ast.Attribute)
            and isinstance(above.ctx, ast.Load)
            and (above.attr in _KEEPING or above.attr.endswith("_"))
        )
        if reading.when is None or reading.when <= fitted.when or not kept:
            again = isinstance(above, ast.Attribute) and above.attr in ("fit", "fit_transform")
            why = "is fitted again, and a pipeline is not" if again else "would be fitted with the model"
            raise finder.scene.refuse(
                f"cell {finder.scene.number(reading.cell)} uses `{name}` too, which {why}",
                reading.cell,
                span_of(reading.place),
                f"Use `{name}` below the model's last prediction.",
            )
