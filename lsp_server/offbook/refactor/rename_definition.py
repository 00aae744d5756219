"""Rename definition: a function that takes over the name of an earlier one gets a name of its own."""

from __future__ import annotations

import ast
import builtins
import keyword
from collections.abc import Iterator
from dataclasses import dataclass, field

from offbook.analysis import Definition
from offbook.notebook import CellId, may_fail
from offbook.refactor.module.scene import RefusedError, Scene
from offbook.refactor.module.surroundings import check_notebook
from offbook.refactor.options import about
from offbook.refactor.plan import Plan, Refusal
from offbook.refactor.registry import Context, refactoring
from offbook.refactor.uses.edits import edited
from offbook.refactor.uses.elsewhere import check_elsewhere
from offbook.refactor.uses.finding import Use, find_definition, find_uses
from offbook.text import Edit, Span

_NAMED = ("__name__", "__qualname__", "__code__")


@dataclass(frozen=True, slots=True)
class RenameDefinitionOptions:
    """Which definition gets which name.

    Attributes:
        name: the function's name now.
        cell: the cell with the definition that is renamed.
        to: its new name; by default the old one with a number.
    """

    name: str = field(metadata=about(metavar="NAME", ask="Function"))
    cell: CellId = field(metadata=about())
    to: str = field(default="", metadata=about(metavar="NAME", ask="New name"))


@refactoring(
    id="rename.definition",
    title="Rename the second definition",
    kind="refactor.rewrite.definition",
    options=RenameDefinitionOptions,
)
def rename_definition(context: Context, options: RenameDefinitionOptions) -> Plan | Refusal:
    """Give a function that takes over the name of an earlier one a name of its own, with all its uses.

    A cell above that is run again then gets the function that it was written for. Refused where it cannot be seen which
    of both a use means: in functions that are called before and after, in magics, where the name is bound a third time
    further down; where the function's name could be shown (it is used as a value, decorated, or is a class); and where
    another notebook runs this one (`%run`) and uses the function.
    """
    try:
        return _plan(Scene(context), options)
    except RefusedError as error:
        return error.refusal


def _plan(scene: Scene, options: RenameDefinitionOptions) -> Plan:
    check_notebook(scene)
    cell, definition = find_definition(scene, options.name, options.cell)
    number = scene.notebook.index(cell)
    to = options.to or _free_name(scene, options.name)
    _check_name(scene, cell, definition, to)
    _check_definition(scene, number, cell, definition)
    check_elsewhere(scene, [options.name])
    edits: dict[CellId, list[Edit]] = {cell: [Edit(definition.span, to)]}
    renamed = [use for use in find_uses(scene, options.name) if _is_of(scene, use, number, definition)]
    for use in renamed:
        edits.setdefault(use.cell, []).append(Edit(use.read.span, to))
    uses = f"{len(renamed)} use{'s' * (len(renamed) != 1)}"
    return Plan(
        refactoring="rename.definition",
        title=f"Rename the `{options.name}` of cell {number + 1} to `{to}`",
        notebooks=(edited(scene.notebook, edits),),
        summary=(f"The `{options.name}` of cell {number + 1} and its {uses} are called `{to}`.",),
    )


def _free_name(scene: Scene, name: str) -> str:
    number = 2
    while f"{name}_{number}" in scene.flow.names:
        number += 1
    return f"{name}_{number}"


def _check_name(scene: Scene, cell: CellId, definition: Definition, to: str) -> None:
    if not to.isidentifier() or keyword.iskeyword(to):
        raise scene.refuse(f"`{to}` is no name", cell, definition.span)
    words = {
        name
        for _, _, facts in scene.cells
        for node in ast.walk(facts.tree or ast.Module([], []))
        for name in (getattr(node, "id", None), getattr(node, "arg", None), getattr(node, "name", None))
    }
    if to in words or to in scene.flow.names or hasattr(builtins, to):
        raise scene.refuse(f"`{to}` has a meaning already", cell, definition.span, "Choose another name.")


def _check_definition(scene: Scene, number: int, cell: CellId, definition: Definition) -> None:
    name, node = definition.name, definition.node
    if isinstance(node, ast.ClassDef):
        raise scene.refuse(f"`{name}` is a class, whose name its objects show", cell, definition.span)
    if node.decorator_list:
        raise scene.refuse(f"`{name}` is decorated: its name may be shown", cell, definition.span)
    later = [(index, binding) for index, binding in scene.flow.bindings(name) if index > number]
    if later:
        index, binding = later[0]
        raise scene.refuse(
            f"cell {index + 1} binds `{name}` once more", scene.notebook.cells[index].id, binding.span,
            "Rename that one first.",
        )  # fmt: skip
    for index, found, facts in scene.cells:
        if may_fail(found):
            raise scene.refuse(f"cell {index + 1} shows an error, and names of functions with it", found.id)
        for item in ast.walk(facts.tree or ast.Module([], [])):
            if isinstance(item, ast.Attribute) and item.attr in _NAMED:
                raise scene.refuse(f"cell {index + 1} reads `{item.attr}`", found.id, Span.on_line(item.lineno - 1))


def _is_of(scene: Scene, use: Use, number: int, definition: Definition) -> bool:
    """Tell whether a use means the definition; refuse where that depends on when it runs."""
    name = definition.name
    if definition.whole.covers(use.read.span.start) and use.number == number:
        return _is_own(scene, use, definition)
    if use.owner:
        after = _runs_after(scene, use, number)
        if after is None:
            raise scene.refuse(
                f"`{use.owner}` may use either `{name}`: cells above and below call it", use.cell, use.read.span
            )
    else:
        after = use.number > number or (use.number == number and use.read.span.start > definition.whole.end)
    if after and use.call is None:
        raise scene.refuse(
            f"cell {use.number + 1} uses `{name}` as a value: its name may be shown", use.cell, use.read.span
        )
    return after


def _is_own(scene: Scene, use: Use, definition: Definition) -> bool:
    """Tell that a use in the function itself means it; what its head reads, the earlier one gives."""
    if not use.owner:
        return False
    if use.call is None:
        raise scene.refuse(f"`{definition.name}` uses itself as a value", use.cell, use.read.span)
    return True


def _runs_after(scene: Scene, use: Use, number: int) -> bool | None:
    """Tell whether a function is called below the definition only, or above only; ``None`` where that is not known."""
    calls = list(_calls_of(scene, use))
    numbers = [at for at in calls if at is not None]
    if not numbers or len(numbers) < len(calls):
        return None
    return None if min(numbers) <= number <= max(numbers) else min(numbers) > number


def _calls_of(scene: Scene, use: Use) -> Iterator[int | None]:
    """Yield the cells that use the function around a place; ``None`` where it is used in a function again."""
    if use.owner == "<lambda>":
        yield None
        return
    for other in find_uses(scene, use.owner):
        own = other.cell == use.cell and other.owner == use.owner
        if not own:
            yield None if other.owner else other.number
