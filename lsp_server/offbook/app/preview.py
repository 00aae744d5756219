"""Shows changes of notebooks and files as unified diffs, cell by cell."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec.structs import replace

from offbook.notebook import Cell, MoveCell, Notebook, Output, apply_changes
from offbook.refactor import Plan


def notebook_diff(before: Notebook, after: Notebook) -> str:
    """Return what changed in a notebook's cells; empty where nothing did."""
    return "".join(_notebook_lines(before, after))


def file_diff(name: str, before: str | None, after: str) -> str:
    """Return what changed in a text file; ``None`` stands for a file that is not there yet."""
    old = before.splitlines(keepends=True) if before is not None else []
    lines = difflib.unified_diff(
        old, after.splitlines(keepends=True), name if before is not None else "/dev/null", name, n=3
    )
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _notebook_lines(before: Notebook, after: Notebook) -> Iterator[str]:
    for cell in before.cells:
        old_number = before.index(cell.id) + 1
        if cell.id not in after:
            yield from _cell_lines(f"{before.path} cell {old_number}", cell.source, None)
            continue
        now = after.cell(cell.id)
        yield from _cell_lines(f"{before.path} cell {old_number}", cell.source, now.source)
        yield from _output_lines(f"{before.path} cell {old_number}", cell, now)
    for cell in after.cells:
        if cell.id not in before:
            yield from _cell_lines(f"{after.path} cell {after.index(cell.id) + 1} (new)", None, cell.source)


def _cell_lines(name: str, before: str | None, after: str | None) -> Iterator[str]:
    if before == after:
        return
    old = before.splitlines() if before is not None else []
    new = after.splitlines() if after is not None else []
    names = (name if before is not None else "/dev/null", name if after is not None else "/dev/null")
    for line in difflib.unified_diff(old, new, *names, n=3, lineterm=""):
        yield f"{line}\n"


def _output_lines(name: str, before: Cell, after: Cell) -> Iterator[str]:
    if before.outputs != after.outputs:
        yield f"--- {name}, stored output: {_size(before.outputs)}\n"
        yield f"+++ {name}, stored output: {_size(after.outputs)}\n"


def _size(outputs: tuple[Output, ...]) -> str:
    lines = sum(output.lines for output in outputs)
    return f"{lines:,} line{'s' * (lines != 1)} of text"


def plan_diff(plan: Plan, notebooks: Mapping[Path, Notebook], root: Path) -> str:
    """Return all that a plan changes, modules first; paths are shown relative to ``root``.

    Args:
        plan: the changes.
        notebooks: the notebooks as they are, by the plan's paths.
        root: the workspace.
    """
    parts = [file_diff(_shown(file.path, root), file.before, file.after) for file in plan.files]
    for change in plan.notebooks:
        before = replace(notebooks[change.path], path=Path(_shown(change.path, root)))
        parts += (_move_lines(before, item) for item in change.changes if isinstance(item, MoveCell))
        parts.append(notebook_diff(before, apply_changes(before, change.changes)))
    return "".join(parts)


def _move_lines(before: Notebook, move: MoveCell) -> str:
    place = f"behind cell {before.index(move.after) + 1}" if move.after is not None else "at the top"
    return f"--- {before.path} cell {before.index(move.cell) + 1}\n+++ {before.path}, moved: {place}\n"


def _shown(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
