"""Puts the parts together: the region, the checks, and the plan."""

from __future__ import annotations

import ast
import builtins
import keyword
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from offbook.analysis import span_of
from offbook.notebook import Cell, CellChange, CellId, DeleteCell, InsertCell, ReplaceSource, new_cell_id
from offbook.refactor.function.figures import Figures, find_figures
from offbook.refactor.function.hazards import BodyCheck, check_notebook
from offbook.refactor.function.names import default_name, docstring_of, free_name
from offbook.refactor.function.showing import Showing
from offbook.refactor.module.scene import Scene
from offbook.refactor.options import CellLines
from offbook.refactor.region.choice import choose_cells, choose_lines
from offbook.refactor.region.exchange import Exchange, find_exchange
from offbook.refactor.region.layout import Layout, lay_out
from offbook.refactor.region.segments import Region, Unit
from offbook.refactor.registry import Context
from offbook.refactor.uses.elsewhere import check_elsewhere


class Choice(Protocol):
    """What the user chose: the options of the refactoring."""

    @property
    def name(self) -> str:
        """The function's name; empty for one that fits."""
        ...

    @property
    def cells(self) -> Sequence[CellId]:
        """Cells that follow one another."""
        ...

    @property
    def lines(self) -> CellLines | None:
        """Lines of one cell."""
        ...


@dataclass(frozen=True)
class Extraction:
    """What will become of a region; nothing is written yet.

    Attributes:
        scene: the notebook.
        layout: what stays and what goes into the function.
        exchange: parameters and results.
        name: the function's name.
        docstring: its docstring; empty without one.
        shown: the expression at the end whose value the calling cell shows, and where it stands: in the function
            (which returns it) or behind the call.
        displays: expressions at the ends of other cells, which show themselves in the function: whether they surely
            have a value.
        figures: how figures of cells that become one are shown apart.
        free: a name that the notebook does not use.
    """

    scene: Scene
    layout: Layout
    exchange: Exchange
    name: str
    docstring: str
    shown: Unit | None
    behind: Unit | None
    displays: dict[Unit, bool]
    figures: Figures
    free: str

    @property
    def region(self) -> Region:
        """The chosen code."""
        return self.layout.region


def prepare(context: Context, choice: Choice) -> Extraction:
    """Check everything.

    Raises:
        RefusedError: where it cannot be shown that results stay the same.
    """
    scene = Scene(context)
    if choice.lines is not None:
        region = choose_lines(scene, choice.lines)
    elif choice.cells:
        region = choose_cells(scene, choice.cells)
    else:
        raise scene.refuse("nothing was chosen", advice="Choose cells, or lines of a cell.")
    layout = lay_out(scene, region)
    check_notebook(scene)
    if not layout.inside:
        raise scene.refuse(
            "the chosen code only imports or defines: there is nothing to put into a function", region.parts[0].cell
        )
    _check_future(scene, layout)
    BodyCheck(scene, layout).check()
    exchange = find_exchange(scene, layout)
    shown, behind = _last_expression(scene, layout), None
    if shown is not None and _may_stand_behind(layout, exchange, shown):
        layout = replace(layout, inside=tuple(unit for unit in layout.inside if unit is not shown))
        exchange = find_exchange(scene, layout)
        shown, behind = None, shown
    check_elsewhere(scene, exchange.local)
    displays = _displays(scene, layout)
    figures = find_figures(scene, layout)
    if len(region.parts) > 1:
        _check_clearing(scene, region)
        _check_cell_magics(scene, region)
    sentence = docstring_of(scene, region)
    return Extraction(
        scene,
        layout,
        exchange,
        checked_name(scene, choice.name) if choice.name else default_name(scene, region, sentence),
        sentence,
        shown,
        behind,
        displays,
        figures,
        free_name(scene, "shown"),
    )


def _last_expression(scene: Scene, layout: Layout) -> Unit | None:
    """Return the unit at the region's end whose value its cell may show."""
    region = layout.region
    part = region.parts[-1]
    ends_cell = region.whole or not any(
        segment.index == part.index and segment.line > part.line and segment.facts.tree and segment.facts.tree.body
        for segment in region.after
    )
    units = region.units_of(len(region.parts) - 1)
    if not ends_cell or not units or part.facts.display is None or units[-1] not in layout.inside:
        return None
    return units[-1] if Showing(scene).is_shown(part.facts.display) != "never" else None


_PLAIN_METHODS = frozenset(
    "head tail describe sum mean median std var count nunique unique corr value_counts sort_values sort_index round "
    "sample isnull isna items keys values copy nlargest nsmallest".split()
)


def _may_stand_behind(layout: Layout, exchange: Exchange, unit: Unit) -> bool:
    """Tell whether a last expression only looks at what the call gives back anyway."""
    node = unit.nodes[-1]
    if len(unit.nodes) > 1 or len(layout.inside) < 2 or not isinstance(node, ast.Expr):
        return False
    names = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
    plain = all(isinstance(inner, _LOOKING) or _is_plain_call(inner) for inner in ast.walk(node.value))
    return plain and names & exchange.local <= set(exchange.gives) and not names & set(exchange.imports)


_LOOKING = ast.Name | ast.Attribute | ast.Subscript | ast.Constant | ast.Slice | ast.Tuple | ast.List | ast.expr_context


def _is_plain_call(node: ast.AST) -> bool:
    if isinstance(node, ast.keyword):
        return True
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _PLAIN_METHODS


def _displays(scene: Scene, layout: Layout) -> dict[Unit, bool]:
    """Return the expressions that show their value at the end of a cell which is not the last."""
    region = layout.region
    found: dict[Unit, bool] = {}
    showing = Showing(scene)
    for number, part in enumerate(region.parts[:-1]):
        units = region.units_of(number)
        node = units[-1].nodes[-1] if units else None
        if part.facts.display is None or not isinstance(node, ast.Expr) or units[-1] not in layout.inside:
            continue
        shown = showing.is_shown(node.value)
        if shown != "never":
            found[units[-1]] = shown == "always"
    return found


def _check_future(scene: Scene, layout: Layout) -> None:
    """Refuse lazy annotations that would begin below the cell of the new function."""
    region = layout.region
    for unit in layout.leading:
        node = unit.nodes[0]
        future = node.names if isinstance(node, ast.ImportFrom) and node.module == "__future__" else ()
        lazy = any(alias.name == "annotations" for alias in future)
        if lazy and region.whole and not layout.silent:
            cell, span = region.place(span_of(node))
            raise scene.refuse(
                "`from __future__ import annotations` would stand below the function, with the other imports",
                cell,
                span,
                "Give it a cell of its own above.",
            )


def _check_clearing(scene: Scene, region: Region) -> None:
    """Refuse cells that clear their own output: in one cell they would clear the others' too."""
    for part in region.parts:
        for call in part.facts.calls:
            function = call.node.func
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            if name == "clear_output":
                raise scene.refuse(
                    f"cell {part.index + 1} clears its output (`clear_output`), which would clear that of the others",
                    part.cell,
                    span_of(call.node),
                    "Extract each cell for itself.",
                )


def _check_cell_magics(scene: Scene, region: Region) -> None:
    """Refuse cells of which one keeps its output to itself or is measured: in one cell that would be all of them."""
    for part in region.parts:
        magic = part.facts.masked.cell_magic
        if magic is not None:
            verb = "takes the output of" if magic.name == "capture" else "measures"
            raise scene.refuse(
                f"`%%{magic.name}` {verb} cell {part.index + 1} alone",
                part.cell,
                magic.span,
                "Take it away, or extract each cell for itself.",
            )


def checked_name(scene: Scene, name: str) -> str:
    """Return a name for a new function.

    Raises:
        RefusedError: where it is none, or in use.
    """
    if not name.isidentifier() or keyword.iskeyword(name):
        raise scene.refuse(f"`{name}` is no name for a function", advice="Use letters, digits and underscores.")
    if name in scene.flow.names or hasattr(builtins, name):
        where = next((cell.id for _, cell, facts in scene.cells if name in facts.by_name), None)
        raise scene.refuse(f"the name `{name}` is in use already", where, advice="Choose another name.")
    return name


def changes_of(
    extraction: Extraction, sources: tuple[str | None, str]
) -> tuple[tuple[CellChange, ...], tuple[tuple[CellId, CellId], ...]]:
    """Return the changes of the notebook, and which cell shows the outputs of which.

    Args:
        extraction: what was prepared.
        sources: the source of a new cell with the function (``None``: it stands in the calling cell), and that of the
            calling cell.
    """
    region, notebook = extraction.region, extraction.scene.notebook
    calling = region.parts[-1].cell
    definition, call = sources
    changes: list[CellChange] = [DeleteCell(part.cell) for part in region.parts[:-1]]
    if definition is not None:
        index = region.parts[-1].index
        above = notebook.cells[index - 1].id if index else None
        new = Cell(new_cell_id(definition, {cell.id for cell in notebook.cells}), "code", definition)
        changes.append(InsertCell(above, new))
    changes.append(ReplaceSource(calling, call))
    return tuple(changes), tuple((part.cell, calling) for part in region.parts[:-1])
