"""Pipeline: a transformer that is fitted and applied by hand, and its model, are fitted and used as one."""

from __future__ import annotations

from dataclasses import dataclass, field

from offbook.notebook import CellId, DeleteCell
from offbook.refactor.module.scene import RefusedError, Scene
from offbook.refactor.options import about
from offbook.refactor.pipelines.checks import check, check_cells
from offbook.refactor.pipelines.finding import Finder
from offbook.refactor.pipelines.steps import ByHand
from offbook.refactor.pipelines.writing import Writer
from offbook.refactor.plan import NotebookChange, Plan, Refusal
from offbook.refactor.registry import Context, Offer, Selection, refactoring


@dataclass(frozen=True, slots=True)
class PipelineOptions:
    """Which transformer.

    Attributes:
        cell: the cell that fits the transformer.
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
    """Make one pipeline of a transformer that is fitted and applied by hand, and the model that learns from it.

    Transformer and model stay the same objects under their names (`scaler.mean_`, `model.coef_`), and all results stay
    the same, bit by bit. Refused where anything but one scikit-learn model uses the transformed rows, where other code
    could change the rows before the pipeline reads them, and for transformers that are not known to give the same then.
    """
    scene = Scene(context)
    if options.cell not in context.analysis.facts:
        return Refusal("the cell is no code cell of this notebook")
    try:
        check_cells(scene)
        finder = Finder(scene)
        ours = finder.find(options.cell)
        check(finder, ours)
        return _plan(scene, ours, Writer(finder, ours))
    except RefusedError as error:
        return error.refusal


def _plan(scene: Scene, ours: ByHand, writer: Writer) -> Plan:
    changes = tuple(writer.changes())
    gone = tuple(change.cell for change in changes if isinstance(change, DeleteCell))
    numbers = ", ".join(str(scene.number(cell)) for cell in dict.fromkeys(step.cell for step in ours.steps))
    cells = f"cell{'s' * (', ' in numbers)} {numbers}"
    return Plan(
        refactoring="pipeline",
        title=f"Make a pipeline of `{ours.transformer}` and `{ours.fit.model}`",
        notebooks=(NotebookChange(scene.notebook.path, changes),),
        summary=(
            f"`{writer.name}` fits `{ours.transformer}` and `{ours.fit.model}` in cell "
            f"{scene.number(ours.fit.cell)}, and predicts from rows as they were before.",
            f"The lines in {cells} that transformed rows by hand go.",
        ),
        removed=gone,
    )
