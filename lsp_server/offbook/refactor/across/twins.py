"""The other notebooks of a workspace that hold the same definitions."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from offbook.analysis import Analysis
from offbook.refactor.readable import refuse_unreadable
from offbook.refactor.registry import Context


@dataclass(frozen=True, slots=True)
class Twin:
    """A notebook that holds some of another notebook's definitions, word for word.

    Attributes:
        analysis: the notebook.
        names: the definitions that are the same.
    """

    analysis: Analysis
    names: tuple[str, ...]


def find_twins(context: Context, names: Iterable[str]) -> list[Twin]:
    """Return the other notebooks with definitions that equal those of these names, comments aside, by path."""
    wanted = {name: texts for name in names if (texts := _texts(context.analysis, name))}
    found: list[Twin] = []
    for other in context.workspace.notebooks_defining(wanted) if wanted else ():
        if other.notebook.path == context.analysis.notebook.path or refuse_unreadable(other.notebook) is not None:
            continue
        same = tuple(name for name, texts in wanted.items() if texts & _texts(other, name))
        if same:
            found.append(Twin(other, same))
    return sorted(found, key=lambda twin: twin.analysis.notebook.path)


def defined_names(analysis: Analysis) -> list[str]:
    """Return the functions and classes that a notebook defines at the top level of its cells."""
    return list(dict.fromkeys(item.name for _, facts in analysis.cells for item in facts.definitions))


def _texts(analysis: Analysis, name: str) -> set[str]:
    return {ast.dump(node) for node in _nodes(analysis, name)}


def _nodes(analysis: Analysis, name: str) -> Iterator[ast.stmt]:
    for _, facts in analysis.cells:
        yield from (item.node for item in facts.definitions if item.name == name)
