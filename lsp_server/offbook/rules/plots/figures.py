"""The figure that a cell draws: the one model that the rules on plots share."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from offbook.analysis import CellFacts, root_name
from offbook.notebook import Cell
from offbook.rules.plots.axes import MAKES_AXES
from offbook.rules.plots.drawing import Plot, plots_of
from offbook.rules.plots.marks import marks_of
from offbook.rules.views import CellView

_MAKES_FIGURES = MAKES_AXES | {"figure", "Figure", "FigureWidget", "make_subplots", "plot"}


class Figure(Struct, frozen=True):
    """What a cell draws, and what is written on it. A cell with several figures counts as one.

    Attributes:
        plots: the calls that draw, in the order of evaluation; at least one.
        marks: ``x`` and ``y`` for axes with a label (or none to label), ``title``, ``legend``;
            ``hidden`` where the axes are switched off or have nothing to label.
    """

    plots: tuple[Plot, ...]
    marks: frozenset[str]

    @property
    def missing(self) -> list[str]:
        """The axes that a plot leaves open and nothing labels.

        Where x is labelled and a legend names several series, the legend says what stands on y.
        """
        needed = frozenset().union(*(plot.needs for plot in self.plots))
        named = sum(plot.label is not None for plot in self.plots if plot.library == "matplotlib")
        legend_names_y = {"x", "legend"} <= self.marks and named > 1
        return sorted(needed - self.marks - ({"y"} if legend_names_y else set()))


def figure_of(cell: CellView) -> Figure | None:
    """Return the figure that a cell draws; ``None`` where it draws none, or was run and showed none."""
    plots = plots_of(cell)
    if not plots or _shows_nothing(cell.this):
        return None
    calls = [call.node for call in cell.here.calls]
    named = frozenset().union(*(plot.names for plot in plots))
    return Figure(tuple(plots), marks_of(cell, [*calls, *_calls_elsewhere(cell, plots)]) | named)


def _shows_nothing(cell: Cell) -> bool:
    """Tell whether the cell was run and left no figure."""
    shown = any(
        mime.startswith(("image/", "text/html", "application/"))
        for output in cell.outputs
        for mime in output.mime_types
    )
    return cell.execution_count is not None and not shown


def _calls_elsewhere(cell: CellView, plots: list[Plot]) -> Iterator[ast.Call]:
    """Yield what other cells call, where they work on the same figure or axes objects."""
    names = {name for plot in plots if not plot.pyplot and (name := plot.axes.partition("[")[0].partition(".")[0])}
    for binding in cell.here.bindings:
        value = binding.node.value if isinstance(binding.node, ast.Assign) else None
        made = value.func.attr if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) else ""
        if made in _MAKES_FIGURES:
            names.add(binding.name)
    names = {name for name in names if cell.imported_from(name) is None}
    for facts in _sharing(cell, names):
        yield from (call.node for call in facts.calls if _touches(call.node, names))


def _sharing(cell: CellView, names: set[str]) -> Iterator[CellFacts]:
    """Yield the cells that read one of these names with the value that it has in this cell."""
    for name in sorted(names):
        found = cell.occurrences(name)
        place = next((place for place, item in enumerate(found) if item.cell == cell.id), None)
        if place is None:
            continue
        same = []
        for item in found[place + 1 :]:
            if item.events.binds:
                break
            same.append(item.cell)
        if not found[place].events.binds:
            for item in reversed(found[:place]):
                same.append(item.cell)
                if item.events.binds:
                    break
        yield from (facts for other in same if (facts := cell.facts(other)) is not None)


def _touches(node: ast.Call, names: set[str]) -> bool:
    """Tell whether a call is a method of one of the names, or is given one."""
    if isinstance(node.func, ast.Attribute) and root_name(node.func.value) in names:
        return True
    given = [*node.args, *(word.value for word in node.keywords)]
    return any(root_name(argument) in names for argument in given)
