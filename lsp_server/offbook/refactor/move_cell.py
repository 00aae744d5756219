"""Move cell: the cell that gives a name its value goes above the first one that reads it, or that one goes down."""

from __future__ import annotations

from dataclasses import dataclass, field

from offbook.analysis import Analysis
from offbook.notebook import CellId, MoveCell
from offbook.refactor.moving.crossing import Crossing
from offbook.refactor.options import about
from offbook.refactor.plan import NotebookChange, Place, Plan, Refusal
from offbook.refactor.registry import Context, Offer, Selection, refactoring
from offbook.text import Span


@dataclass(frozen=True, slots=True)
class MoveCellOptions:
    """Which cell moves, and where to.

    Attributes:
        cell: the cell that gives names their values too late.
        above: the cell that needs them; by default the first one that reads them before.
    """

    cell: CellId = field(metadata=about())
    above: CellId | None = field(default=None, metadata=about())


def offer(context: Context, selection: Selection) -> Offer | None:
    """Offer it in a cell that binds a name too late, where it can move."""
    analysis = context.analysis
    if analysis.notebook.language != "python" or selection.cell not in analysis.facts:
        return None
    reader = first_early_reader(analysis, selection.cell)
    if reader is None or Crossing(analysis).up(selection.cell, reader):
        return None
    number = analysis.notebook.index(reader) + 1
    return Offer(f"Move this cell above cell {number}, which needs it", {"cell": selection.cell, "above": reader})


def first_early_reader(analysis: Analysis, cell: CellId) -> CellId | None:
    """Return the first cell that reads a name of which ``cell`` further down is the first to bind it."""
    index = analysis.notebook.index(cell)
    found: list[int] = []
    for name, events in analysis.facts_of(cell).by_name.items():
        if not events.binds:
            continue
        occurrences = [item for item in analysis.flow.occurrences(name) if item.number < index]
        if any(item.events.bindings for item in occurrences):
            continue
        found += (
            item.number
            for item in occurrences
            if any(read.exposure == "exposed" and not read.guarded for read in item.events.reads)
        )
    return analysis.notebook.cells[min(found)].id if found else None


@refactoring(id="move.cell", title="Move the cell", kind="refactor.move.cell", options=MoveCellOptions, offer=offer)
def move_cell(context: Context, options: MoveCellOptions) -> Plan | Refusal:
    """Move a cell above the first one that reads what it binds, or that one below it.

    A fresh run then finds the name. Refused where another cell on the way would notice: what moves, or what it
    passes, may only import, define, and give names values that no other of these cells uses.
    """
    analysis = context.analysis
    notebook = analysis.notebook
    where = Place(notebook.path, options.cell, Span.on_line(0)) if options.cell in notebook else None
    if notebook.language != "python":
        return Refusal(f"the notebook is written in {notebook.language}, not in Python")
    if options.cell not in analysis.facts:
        return Refusal("the cell to move is no code cell", where)
    above = options.above or first_early_reader(analysis, options.cell)
    if above is None or above not in analysis.facts:
        return Refusal("no earlier code cell reads what this cell binds", where)
    if notebook.index(above) >= notebook.index(options.cell):
        return Refusal("the cell stands above it already", where)
    crossing = Crossing(analysis)
    why = crossing.up(options.cell, above)
    if not why:
        place = notebook.index(above)
        after = notebook.cells[place - 1].id if place else None
        return _plan(context, options.cell, MoveCell(options.cell, after), f"above cell {place + 1}")
    if not crossing.down(above, options.cell):
        number = notebook.index(options.cell) + 1
        return _plan(context, above, MoveCell(above, options.cell), f"below cell {number}")
    return Refusal(why, where, "Split the cell, or move the part that is needed by hand.")


def _plan(context: Context, cell: CellId, change: MoveCell, place: str) -> Plan:
    notebook = context.analysis.notebook
    number = notebook.index(cell) + 1
    return Plan(
        refactoring="move.cell",
        title=f"Move cell {number} {place}",
        notebooks=(NotebookChange(notebook.path, (change,)),),
        summary=(f"Cell {number} stands {place}; nothing else changes.",),
    )
