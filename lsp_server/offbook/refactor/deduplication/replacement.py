"""Replaces copies by calls, from the last to the first; each is looked at again in the notebook as it is by then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from offbook.analysis import Analysis, analyze
from offbook.notebook import Notebook, ReplaceSource, apply_changes
from offbook.refactor.deduplication.copies import Copy, read_copy
from offbook.refactor.deduplication.sharing import Sharing
from offbook.refactor.module.scene import RefusedError, Scene
from offbook.refactor.options import CellLines
from offbook.refactor.registry import Context
from offbook.text import line_ending, split_lines

_WIDTH = 88


@dataclass(frozen=True)
class Replaced:
    """The notebook with calls.

    Attributes:
        notebook: the notebook; the functions are not in it yet.
        failed: the first copy that cannot become a call now that later ones are calls; ``None`` where all could.
    """

    notebook: Notebook
    failed: Copy | None


def replace_copies(
    context: Context, named: Sequence[tuple[str, Sharing]], definitions: Mapping[str, str] | None = None
) -> Replaced:
    """Replace all copies of some groups that stand in the notebook by calls of functions of these names.

    ``definitions`` are texts of the functions, which are put above the first call of each.
    """
    notebook = context.analysis.notebook
    found = [
        (copy, name, sharing, number)
        for name, sharing in named
        for number, copy in enumerate(sharing.copies)
        if copy.scene.notebook.path == notebook.path
    ]
    waiting = {name: min(_place(copy) for copy, other, *_ in found if other == name) for _, name, *_ in found}
    found.sort(key=lambda item: _place(item[0]), reverse=True)
    current: Analysis = context.analysis
    for copy, name, sharing, number in found:
        try:
            now = read_copy(Scene(replace(context, analysis=current)), copy.lines)
        except RefusedError:
            return Replaced(notebook, copy)
        if not sharing.accepts(now):
            return Replaced(notebook, copy)
        text = call(sharing, number, name)
        if definitions is not None and waiting[name] == _place(copy):
            text = f"{definitions[name]}\n\n{text}"
        changed = _with_call(current.notebook, copy.lines, text)
        current = analyze(changed, current)
    return Replaced(current.notebook, None)


def _place(copy: Copy) -> tuple[int, int]:
    return copy.scene.notebook.index(copy.lines.cell), copy.lines.first


def _with_call(notebook: Notebook, lines: CellLines, text: str) -> Notebook:
    source = notebook.cell(lines.cell).source
    pieces = split_lines(source)
    end = line_ending(source)
    kept = [*pieces[: lines.first], *text.split("\n"), *pieces[lines.last + 1 :]]
    return apply_changes(notebook, [ReplaceSource(lines.cell, end.join(kept))])


def call(sharing: Sharing, number: int, name: str) -> str:
    """Return the call that takes the place of a copy."""
    alignment = sharing.alignments[number]
    targets = ", ".join(alignment.name(item) for item in sharing.gives)
    arguments = [alignment.name(item) for item in sharing.needs]
    arguments += [f"{item.name}={item.values[number]}" for item in sharing.literals]
    left = f"{targets} = " if targets else ""
    line = f"{left}{name}({', '.join(arguments)})"
    if len(line) <= _WIDTH and "\n" not in line:
        return line
    return f"{left}{name}(\n" + "".join(f"    {argument},\n" for argument in arguments) + ")"
