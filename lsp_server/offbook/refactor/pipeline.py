"""Pipeline: transformers that are fitted and applied by hand, and their model, are fitted and used as one."""

from __future__ import annotations

from dataclasses import dataclass, field

from offbook.notebook import CellId, DeleteCell
from offbook.refactor.module.report import listed
from offbook.refactor.module.scene import RefusedError, Scene
from offbook.refactor.options import about
from offbook.refactor.pipelines.checks import check, check_cells
from offbook.refactor.pipelines.finding import Finder
from offbook.refactor.pipelines.steps import ByHand, Learner, Step
from offbook.refactor.pipelines.writing import Writer
from offbook.refactor.plan import NotebookChange, Plan, Refusal
from offbook.refactor.registry import Context, Offer, Selection, refactoring


@dataclass(frozen=True, slots=True)
class PipelineOptions:
    """Which transformer.

    Attributes:
        cell: the cell that fits the first transformer.
    """

    cell: CellId = field(metadata=about())


def offer(context: Context, selection: Selection) -> Offer | None:
    """Offer it in a cell that fits a transformer, where it becomes a pipeline."""
    if context.analysis.notebook.language != "python" or selection.cell not in context.analysis.facts:
        return None
    if not Finder(Scene(context)).candidates(selection.cell):
        return None
    found = pipeline(context, PipelineOptions(selection.cell))
    return Offer(found.title, {"cell": selection.cell}) if isinstance(found, Plan) else None


@refactoring(
    id="pipeline", title="Make a pipeline", kind="refactor.rewrite.pipeline", options=PipelineOptions, offer=offer
)
def pipeline(context: Context, options: PipelineOptions) -> Plan | Refusal:
    """Make one pipeline of transformers that are fitted and applied by hand, and the model that learns from them.

    Several models that learn from the same rows get a pipeline each. Transformers and models stay the same objects
    under their names (`scaler.mean_`, `model.coef_`), and all results stay the same, bit by bit. Refused where anything
    but scikit-learn models uses the transformed rows, where other code could change the rows before the pipeline reads
    them, and for transformers that are not known to give the same then.
    """
    scene = Scene(context)
    if options.cell not in context.analysis.facts:
        return Refusal("the cell is no code cell of this notebook")
    try:
        check_cells(scene)
        finder = Finder(scene)
        return _first_plan(finder, finder.first(options.cell))
    except RefusedError as error:
        return error.refusal


def _first_plan(finder: Finder, starts: list[Step]) -> Plan | Refusal:
    """Return the plan for the first transformer that can become a pipeline; where none can, the first refusal."""
    refusals: list[Refusal] = []
    for start in starts:
        try:
            ours = finder.find(start)
            check(finder, ours)
            return _plan(finder.scene, ours, Writer(finder, ours))
        except RefusedError as error:
            refusals.append(error.refusal)
    return refusals[0]


def _plan(scene: Scene, ours: ByHand, writer: Writer) -> Plan:
    changes = tuple(writer.changes())
    gone = tuple(change.cell for change in changes if isinstance(change, DeleteCell))
    numbers = ", ".join(str(scene.number(cell)) for cell in dict.fromkeys(step.cell for step in ours.lines))
    cells = f"cell{'s' * (', ' in numbers)} {numbers}"
    models = list(dict.fromkeys(learner.fit.model for learner in ours.learners))
    what = listed((*ours.steps, *models))
    return Plan(
        refactoring="pipeline",
        title=f"Make {'a pipeline' if len(ours.learners) == 1 else 'pipelines'} of {what}",
        notebooks=(NotebookChange(scene.notebook.path, changes),),
        summary=(
            *(_sentence(scene, learner, name) for learner, name in zip(ours.learners, writer.names, strict=True)),
            f"The lines in {cells} that transformed rows by hand go.",
        ),
        removed=gone,
    )


def _sentence(scene: Scene, learner: Learner, name: str) -> str:
    what = listed((*learner.rows.path, learner.fit.model))
    predicts = ", and predicts from rows as they were before" if learner.uses else ""
    return f"`{name}` fits {what} in cell {scene.number(learner.fit.cell)}{predicts}."
