"""What of a region stays in the notebook: imports, and functions and classes that need nothing of the rest."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from offbook.analysis import CellFacts, analyze_cell
from offbook.notebook import Magic
from offbook.refactor.module.names import Imported, Names
from offbook.refactor.module.order import QUIET
from offbook.refactor.module.purity import Purity
from offbook.refactor.module.scene import Scene
from offbook.refactor.region.choice import is_definition, is_import
from offbook.refactor.region.segments import Region, Unit

_SILENT_MAGICS = frozenset({"matplotlib", "config", "autoreload"})


@dataclass(frozen=True)
class Layout:
    """Where the statements of a region go.

    Attributes:
        region: the region.
        leading: statements at its start that stay in front of the call, in their order.
        lifted: later imports and definitions that can as well run before everything else.
        inside: statements that make up the function.
    """

    region: Region
    leading: tuple[Unit, ...]
    lifted: tuple[Unit, ...]
    inside: tuple[Unit, ...]

    @cached_property
    def facts(self) -> CellFacts:
        """What the function's statements do; lines count as in the region's joined text."""
        return _only(self.region, self.inside)

    @cached_property
    def kept(self) -> CellFacts:
        """What the statements do that stay in the notebook."""
        return _only(self.region, (*self.leading, *self.lifted))

    @property
    def silent(self) -> bool:
        """Whether the leading statements print nothing: they may stand in another cell."""
        return all(_is_silent(self.region, unit) for unit in self.leading)


def lay_out(scene: Scene, region: Region) -> Layout:
    """Return what stays and what goes into the function."""
    units = region.units
    start = 0
    while start < len(units) and (units[start].magic or is_import(units[start]) or is_definition(units[start])):
        start += 1
    leading = list(units[:start])
    lifted = [unit for unit in units[start:] if _can_be_lifted(scene, region, unit)]
    while True:
        inside = [unit for unit in units if unit not in leading and unit not in lifted]
        bound = {binding.name for unit in inside for binding in _only(region, [unit]).bindings}
        stuck = [unit for unit in (*leading, *lifted) if not unit.magic and bound & _names_read(region, unit)]
        if not stuck:
            return Layout(region, tuple(leading), tuple(lifted), tuple(inside))
        leading = [unit for unit in leading if unit not in stuck]
        lifted = [unit for unit in lifted if unit not in stuck]


def _only(region: Region, units: Iterable[Unit]) -> CellFacts:
    """Return what some statements do, all other lines taken for blank ones."""
    lines = region.text.split("\n")
    wanted = {line for unit in units for line in range(unit.first, unit.last + 1)}
    return analyze_cell("\n".join(line if number in wanted else "" for number, line in enumerate(lines)))


def _names_read(region: Region, unit: Unit) -> set[str]:
    facts = _only(region, [unit])
    return {read.name for read in facts.reads} | {read.name for read in facts.deferred}


def _can_be_lifted(scene: Scene, region: Region, unit: Unit) -> bool:
    """Tell whether a later statement would give the same before everything else."""
    if unit.magic:
        return _is_inline(region, unit)
    names = {binding.name for binding in _only(region, [unit]).bindings}
    if any(
        read.exposure != "local" and read.name in names and read.span.start.line < unit.first
        for read in region.facts.reads
    ):
        return False
    meanings = Names(scene)
    if is_import(unit):
        quiet = all(_same_import_before(region, node) or _is_quiet(node) for node in unit.nodes)
        return quiet and all(isinstance(meanings.meaning(name), Imported) for name in names)
    if not is_definition(unit):
        return False
    known = Purity(meanings, lambda _name: None)
    bound_once = all(len([b for b in region.facts.bindings if b.name == name]) == 1 for name in names)
    new = not any(binding.name in names for segment in region.before for binding in segment.facts.bindings)
    return bound_once and new and known.statement(unit.nodes[0]) is None


def _is_quiet(node: ast.stmt) -> bool:
    """Tell whether an import only defines names, whenever it runs."""
    if isinstance(node, ast.Import):
        modules = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and not node.level and all(alias.name != "*" for alias in node.names):
        modules = [node.module or ""]
    else:
        return False
    tops = {module.partition(".")[0] for module in modules} - {"__future__", "this", "antigravity"}
    return bool(tops) and all(top in QUIET | {"seaborn"} or top in sys.stdlib_module_names for top in tops)


def _same_import_before(region: Region, node: ast.stmt) -> bool:
    """Tell whether everything that a statement imports has been imported in the same way before the region."""
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return False
    wanted = ast.dump(node)
    return any(
        isinstance(other, ast.Import | ast.ImportFrom) and ast.dump(other) == wanted
        for segment in region.before
        if segment.facts.tree is not None
        for other in segment.facts.tree.body
    )


def _magics_of(region: Region, unit: Unit) -> list[Magic]:
    part = region.parts[unit.part]
    lines = range(unit.first - region.starts[unit.part], unit.last - region.starts[unit.part] + 1)
    return [
        magic
        for magic in part.facts.masked.magics
        if magic.kind != "cell" and magic.span.start.line <= lines[-1] and lines[0] <= magic.span.end.line
    ]


def _is_inline(region: Region, unit: Unit) -> bool:
    """Tell whether a unit is `%matplotlib inline`, which changes nothing where it runs earlier in the notebook."""
    return all((magic.name, magic.argument) == ("matplotlib", "inline") for magic in _magics_of(region, unit))


def may_stand_inside(region: Region, unit: Unit) -> bool:
    """Tell whether a unit is a shell line of one line that takes no variables: IPython runs it in a function too."""
    return len(unit.nodes) == 1 and all(
        magic.kind == "shell" and not magic.reads and magic.span.start.line == magic.span.end.line
        for magic in _magics_of(region, unit)
    )


def _is_silent(region: Region, unit: Unit) -> bool:
    if is_definition(unit):
        return True
    if unit.magic:
        found = _magics_of(region, unit)
        return all(magic.kind == "line" and magic.name in _SILENT_MAGICS for magic in found)
    return all(_same_import_before(region, node) or _is_quiet(node) or _is_future(node) for node in unit.nodes)


def _is_future(node: ast.stmt) -> bool:
    """Tell whether a statement is ``from __future__``, which holds for its cell and all below."""
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"
