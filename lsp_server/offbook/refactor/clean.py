"""Clean: cells that only look, empty cells and long stored outputs go; what the others compute stays the same."""

from __future__ import annotations

from dataclasses import dataclass, field

from offbook.notebook import CellChange, CellId, DeleteCell
from offbook.refactor.cleaning.cells import Cleaning, Kept, Removal, long_outputs
from offbook.refactor.options import about
from offbook.refactor.plan import NotebookChange, Plan, Refusal
from offbook.refactor.readable import refuse_unreadable
from offbook.refactor.registry import Context, Offer, Selection, refactoring

_SHOWN = 12
"""So many cells are named one by one in the plan's sentences."""


@dataclass(frozen=True, slots=True)
class CleanOptions:
    """What to clean.

    Attributes:
        cells: clean these cells alone.
        max_lines: lines of text or rows of a table that a stored output may have; longer ones are trimmed.
    """

    cells: tuple[CellId, ...] = field(default=(), metadata=about())
    max_lines: int = field(default=100, metadata=about(metavar="N"))


def offer(context: Context, selection: Selection) -> Offer | None:
    """Offer it in a cell that would go."""
    notebook = context.analysis.notebook
    if notebook.language != "python" or selection.cell not in notebook:
        return None
    found = Cleaning(context.analysis).judge(notebook.cell(selection.cell))
    return Offer("Clean the notebook of cells that only look", {}) if isinstance(found, Removal) else None


@refactoring(id="clean", title="Clean the notebook", kind="refactor.rewrite.clean", options=CleanOptions, offer=offer)
def clean(context: Context, options: CleanOptions) -> Plan | Refusal:
    """Remove cells that only look at data, and trim long stored outputs.

    Empty cells, shapes, heads and types that are shown on the way, all descriptions of a frame but the one after its
    last change, and measurements of time go, where no other cell can notice. A look that text comments on stays.
    """
    analysis = context.analysis
    notebook = analysis.notebook
    unreadable = refuse_unreadable(notebook)
    if unreadable is not None:
        return unreadable
    cleaning = Cleaning(analysis)
    chosen = [cell for cell in notebook.cells if not options.cells or cell.id in options.cells]
    judged = [found for cell in chosen if (found := cleaning.judge(cell)) is not None]
    removals = [found for found in judged if isinstance(found, Removal)]
    if len(removals) == len(notebook.cells):
        removals = removals[1:]
    removed = frozenset(removal.cell for removal in removals)
    trims = [trim for trim in long_outputs(analysis, options.max_lines, removed) if _among(trim.cell, options)]
    kept = [found for found in judged if isinstance(found, Kept)]
    if not removals and not trims:
        return _nothing(context, kept)
    changes: tuple[CellChange, ...] = (*(DeleteCell(removal.cell) for removal in removals), *trims)
    return Plan(
        refactoring="clean",
        title=f"Clean `{notebook.path.name}`",
        notebooks=(NotebookChange(notebook.path, changes),),
        summary=tuple(_sentences(context, removals, [trim.cell for trim in trims])),
        warnings=tuple(f"Cell {_number(context, item.cell)} stays: {item.why}." for item in kept[:_SHOWN]),
        removed=tuple(removal.cell for removal in removals),
    )


def _among(cell: CellId, options: CleanOptions) -> bool:
    return not options.cells or cell in options.cells


def _nothing(context: Context, kept: list[Kept]) -> Refusal:
    if not kept:
        return Refusal("there is nothing to clean: no cell only looks, and no stored output is long")
    first = kept[0]
    return Refusal(f"no cell can go: cell {_number(context, first.cell)} stays, since {first.why}")


def _sentences(context: Context, removals: list[Removal], trimmed: list[CellId]) -> list[str]:
    """Say what goes, and why."""
    sentences = [f"Cell {_number(context, item.cell)} goes: it {item.why}." for item in removals[:_SHOWN]]
    if len(removals) > _SHOWN:
        sentences.append(f"{len(removals) - _SHOWN} more cells go, for such reasons.")
    sentences += [f"The stored output of cell {_number(context, cell)} is trimmed." for cell in trimmed[:_SHOWN]]
    if len(trimmed) > _SHOWN:
        sentences.append(f"{len(trimmed) - _SHOWN} more outputs are trimmed.")
    return sentences


def _number(context: Context, cell: CellId) -> int:
    return context.analysis.notebook.index(cell) + 1
