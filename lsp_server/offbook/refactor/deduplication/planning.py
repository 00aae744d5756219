"""Puts the parts together: the groups, one function for each, and the plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from offbook.analysis import analyze
from offbook.notebook import (
    Cell,
    CellChange,
    CellId,
    InsertCell,
    Notebook,
    ReplaceSource,
    apply_changes,
    new_cell_id,
)
from offbook.refactor.deduplication.copies import Copy
from offbook.refactor.deduplication.finding import Found, Left, find_shared, share_copies
from offbook.refactor.deduplication.replacement import replace_copies
from offbook.refactor.deduplication.sharing import Sharing
from offbook.refactor.deduplication.writing import write_function
from offbook.refactor.extract_module import ExtractModuleOptions
from offbook.refactor.function.extraction import checked_name
from offbook.refactor.module.extraction import extract
from offbook.refactor.module.held import comments_of
from offbook.refactor.module.scene import RefusedError, Scene
from offbook.refactor.options import TargetPath
from offbook.refactor.plan import NotebookChange, Plan
from offbook.refactor.registry import Context
from offbook.refactor.uses.edits import difference
from offbook.text import Span

WISH = "shared_step"
"""The name of a function that nobody has named."""

_NOT_ONE = "the copies cannot become one function"


class Choice(Protocol):
    """What the user chose: the options of the refactoring."""

    @property
    def to(self) -> TargetPath:
        """The module; empty for a cell of the notebook."""
        ...

    @property
    def name(self) -> str:
        """The function's name; empty for any."""
        ...

    @property
    def cells(self) -> tuple[CellId, ...]:
        """Only copies that touch these cells; all without any."""
        ...


def plan(context: Context, choice: Choice) -> Plan:
    """Return the plan.

    Raises:
        RefusedError: where no copies can become calls.
    """
    scene = Scene(context)
    if choice.name:
        checked_name(scene, choice.name)
    found = find_shared(context, choice.cells)
    while True:
        if not found.groups:
            raise _nothing(scene, found, choice.cells)
        named = named_groups(scene.flow.names, found.groups, choice.name or WISH)
        replaced = replace_copies(context, named)
        if replaced.failed is None:
            break
        leave(found, replaced.failed, "its data flow would be another one beside the calls")
    result = _planned(context, found, named, replaced.notebook)
    return in_module(context, result, choice.to, [name for name, _ in named]) if choice.to else result


def leave(found: Found, failed: Copy, why: str) -> None:
    """Take a copy out of its group, and a group of one copy away."""
    sharing = next(sharing for sharing in found.groups if failed in sharing.copies)
    found.groups.remove(sharing)
    found.left.append(Left(failed.scene, failed.lines, why))
    share_copies(found, [copy for copy in sharing.copies if copy is not failed])


def named_groups(names: Iterable[str], groups: Sequence[Sharing], wish: str) -> list[tuple[str, Sharing]]:
    """Return the groups in document order, each with a name for its function that is none of those in use."""
    taken = set(names)
    named = []
    for sharing in groups:
        name, number = wish, 1
        while name in taken:
            number += 1
            name = f"{wish}_{number}"
        taken.add(name)
        named.append((name, sharing))
    return named


def _nothing(scene: Scene, found: Found, cells: Sequence[CellId]) -> RefusedError:
    if not found.left:
        of = " of the chosen cells" if cells else ""
        return scene.refuse(f"no six statements or more{of} stand in the notebook twice")
    left = next((left for left in found.left if left.refusal is None), found.left[0])
    if left.refusal is not None:
        return RefusedError(replace(left.refusal, reason=f"{_NOT_ONE}: {left.why}"))
    return scene.refuse(f"{_NOT_ONE}: {left.why}", left.lines.cell, Span.on_line(left.lines.first))


def _planned(context: Context, found: Found, named: Sequence[tuple[str, Sharing]], changed: Notebook) -> Plan:
    """Return the plan: the functions above their first copies, and the calls."""
    notebook = context.analysis.notebook
    changes: list[CellChange] = [
        ReplaceSource(cell.id, changed.cell(cell.id).source)
        for cell in notebook.cells
        if changed.cell(cell.id).source != cell.source
    ]
    taken = {cell.id for cell in notebook.cells}
    for name, sharing in named:
        source = write_function(sharing, name)
        index = notebook.index(sharing.copies[0].lines.cell)
        new = Cell(new_cell_id(source, taken), "code", source)
        taken.add(new.id)
        changes.append(InsertCell(notebook.cells[index - 1].id if index else None, new))
    return Plan(
        refactoring="dedupe",
        title=f"Make one function of copies in `{notebook.path.name}`",
        notebooks=(NotebookChange(notebook.path, tuple(changes)),),
        summary=tuple(_summary(context, found, named)),
        warnings=tuple(_warnings(named)),
    )


def _summary(context: Context, found: Found, named: Sequence[tuple[str, Sharing]]) -> Iterator[str]:
    for name, sharing in named:
        yield f"`{name}` stands for {len(sharing.copies)} copies, in {_cells(copy.number for copy in sharing.copies)}."
        yield from described(sharing)
    for left in found.left:
        number = context.analysis.notebook.index(left.lines.cell) + 1
        yield f"Lines {left.lines.first + 1} to {left.lines.last + 1} of cell {number} stay: {left.why}."


def described(sharing: Sharing) -> Iterator[str]:
    """Say what a function takes and returns."""
    takes = [*sharing.needs, *(item.name for item in sharing.literals)]
    if takes:
        yield f"It takes {_listed(takes)}."
    if sharing.gives:
        yield f"It returns {_listed(sharing.gives)}."


def _cells(numbers: Iterable[int]) -> str:
    known = [str(number) for number in dict.fromkeys(numbers)]
    return f"cell {known[0]}" if len(known) == 1 else f"cells {', '.join(known[:-1])} and {known[-1]}"


def _listed(names: Sequence[str]) -> str:
    listed = [f"`{name}`" for name in names]
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} and {listed[-1]}"


def _warnings(named: Sequence[tuple[str, Sharing]]) -> Iterator[str]:
    """Say which comments are lost: those of later copies that the first has not."""
    for _, sharing in named:
        kept = comments_of(sharing.copies[0].layout.region.text)
        for copy in sharing.copies[1:]:
            for text in comments_of(copy.layout.region.text):
                if text not in kept:
                    yield f"The comment `{text}` of cell {copy.number} goes."


def in_module(context: Context, plan: Plan, to: TargetPath, names: Sequence[str]) -> Plan:
    """Return the plan with the functions in a module.

    Raises:
        RefusedError: where they cannot stand there.
    """
    (change,) = plan.notebooks
    notebook = context.analysis.notebook
    middle = apply_changes(notebook, change.changes)
    moved = extract(replace(context, analysis=analyze(middle)), ExtractModuleOptions(to, tuple(names)))
    own = next((item for item in moved.notebooks if item.path == notebook.path), None)
    after = apply_changes(middle, own.changes) if own is not None else middle
    others = tuple(item for item in moved.notebooks if item.path != notebook.path)
    return replace(
        plan,
        notebooks=(difference(notebook, after), *others),
        files=moved.files,
        summary=(*plan.summary, *moved.summary),
        warnings=(*plan.warnings, *moved.warnings),
    )
