"""Cells that only look at data: what they look at, and whether a reader misses anything without them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from msgspec import Struct

from offbook.analysis.analysis import Analysis
from offbook.analysis.expressions import root_name
from offbook.analysis.facts import Binding, CellFacts
from offbook.analysis.flow import Occurrence
from offbook.analysis.nodes import text_of, walk
from offbook.analysis.prose import is_comment, starts_with_comment
from offbook.notebook import Cell, CellId

LOOKING_ATTRIBUTES = frozenset({"shape", "columns", "dtypes", "dtype", "index", "size", "ndim"})
LOOKING_METHODS = frozenset(
    {"head", "tail", "info", "sample", "value_counts", "keys", "unique", "nunique", "memory_usage", "isnull", "isna"}
)
LOOKING_FUNCTIONS = frozenset({"type", "len", "dir", "help", "id"})
SHOWING_FUNCTIONS = frozenset({"print", "display"})
AGGREGATES = frozenset({"sum", "any", "all", "mean", "sort_values", "sort_index", "head", "tail", "to_frame"})


class Cells(Protocol):
    """What has to be known of a notebook here; a rule's view has it, and so has :class:`CellsOf` an analysis."""

    def order(self) -> Sequence[CellId]:
        """Return the ids of all cells, in document order."""
        ...

    def number(self, cell: CellId) -> int:
        """Return a cell's position among all cells, from 0."""
        ...

    def cell(self, cell: CellId) -> Cell:
        """Return a cell."""
        ...

    def facts(self, cell: CellId) -> CellFacts | None:
        """Return what a code cell does; ``None`` for other cells."""
        ...

    def occurrences(self, name: str) -> list[Occurrence]:
        """Return what the cells do with a name, in document order."""
        ...


class CellsOf(Struct, frozen=True):
    """The cells of an analysis."""

    analysis: Analysis

    def order(self) -> Sequence[CellId]:
        """Return the ids of all cells, in document order."""
        return [cell.id for cell in self.analysis.notebook.cells]

    def number(self, cell: CellId) -> int:
        """Return a cell's position among all cells, from 0."""
        return self.analysis.notebook.index(cell)

    def cell(self, cell: CellId) -> Cell:
        """Return a cell."""
        return self.analysis.notebook.cell(cell)

    def facts(self, cell: CellId) -> CellFacts | None:
        """Return what a code cell does; ``None`` for other cells."""
        return self.analysis.facts.get(cell)

    def occurrences(self, name: str) -> list[Occurrence]:
        """Return what the cells do with a name, in document order."""
        return self.analysis.flow.occurrences(name)


def neighbour(cells: Cells, cell: CellId, distance: int) -> Cell | None:
    """Return the cell so many places further down (negative: up); ``None`` outside the notebook."""
    order = cells.order()
    number = cells.number(cell) + distance
    return cells.cell(order[number]) if 0 <= number < len(order) else None


# looks


def needless_look(cells: Cells, cell: CellId) -> tuple[str, ...]:
    """Return the names at which a cell only looks; empty where it does more, or a reader wants to see them.

    That is so where the text just above or below comments on it, where a figure was shown, and right below the last
    step that changes the data.
    """
    here = cells.facts(cell)
    if here is None or here.tree is None or not here.tree.body or here.masked.magics or here.bindings:
        return ()
    this = cells.cell(cell)
    looks = [_looked_at(statement, this) for statement in here.tree.body]
    if not all(looks) or _shows_figure(this) or is_discussed(cells, cell):
        return ()
    names = tuple(dict.fromkeys(name for name in looks if name != "-"))
    return () if all(_is_result(cells, cell, name) for name in names) else names


def is_discussed(cells: Cells, cell: CellId) -> bool:
    """Tell whether the text just above or below a cell comments on it."""
    return is_comment(neighbour(cells, cell, -1)) or starts_with_comment(neighbour(cells, cell, 1))


def _looked_at(statement: ast.stmt, cell: Cell) -> str:
    """Return the name that a statement looks at, ``-`` for plain text, or nothing when it does more than that."""
    if not isinstance(statement, ast.Expr):
        return ""
    value = statement.value
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in SHOWING_FUNCTIONS:
        parts = [_look(argument) or _plain(argument) for argument in value.args]
        named = [part for part in parts if part != "-"]
        if not all(parts) or value.keywords:
            return ""
        return named[0] if named else ""
    if isinstance(value, ast.Name):
        return value.id if any(output.rows for output in cell.outputs) else ""
    return _look(value)


def _plain(node: ast.expr) -> str:
    return "-" if isinstance(node, ast.Constant) else ""


def _look(node: ast.expr) -> str:
    """Return the name at the bottom of ``df.shape``, ``df['a'].value_counts().head()``, ``len(df)``; else nothing."""
    if isinstance(node, ast.Attribute) and node.attr in LOOKING_ATTRIBUTES:
        return root_name(node.value) or ""
    if not isinstance(node, ast.Call):
        return ""
    function = node.func
    if isinstance(function, ast.Name) and function.id in LOOKING_FUNCTIONS and len(node.args) == 1:
        return _look(node.args[0]) or root_name(node.args[0]) or ""
    if not isinstance(function, ast.Attribute):
        return ""
    if function.attr in LOOKING_METHODS and root_name(function.value):
        return root_name(function.value) or ""
    return _look(function.value) if function.attr in AGGREGATES else ""


def _shows_figure(cell: Cell) -> bool:
    return any(mime.startswith("image/") for output in cell.outputs for mime in output.mime_types)


def _is_result(cells: Cells, cell: CellId, name: str) -> bool:
    """Tell whether the last step that changes the name is the code cell right above."""
    number = cells.number(cell)
    changing = [found.number for found in cells.occurrences(name) if found.events.bindings or found.events.mutations]
    if not changing:
        return True
    last = changing[-1]
    if last > number:
        return False
    return not any(
        other.kind == "code" and other.source.strip() for other in map(cells.cell, cells.order()[last + 1 : number])
    )


# descriptions


class Description(NamedTuple):
    """One ``describe()`` that is shown: the frame's name, the call as text, and where it stands."""

    name: str
    text: str
    statement: ast.stmt
    node: ast.Call
    cell: CellId
    place: tuple[int, int]


class Repetition(NamedTuple):
    """A description that is one too many; ``other`` stands for it, before it or further down, changes in between."""

    description: Description
    other: Description


def repeated_descriptions(cells: Cells, cell: CellId) -> Iterator[Repetition]:
    """Yield the descriptions of a cell that were shown before, or are shown again once the data has changed."""
    here = cells.facts(cell)
    if here is None:
        return
    number = -1
    for statement, name, node in _described(here):
        number = cells.number(cell) if number < 0 else number
        look = Description(name, text_of(node), statement, node, cell, (number, node.lineno))
        other = _repetition(cells, look)
        if other is not None and not any(is_comment(neighbour(cells, cell, distance)) for distance in (-1, 1)):
            yield Repetition(look, other)


def _described(facts: CellFacts) -> Iterator[tuple[ast.stmt, str, ast.Call]]:
    """Yield the statements that show a description: the statement, the frame's name, the call."""
    for statement in facts.tree.body if facts.tree is not None else ():
        value = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in SHOWING_FUNCTIONS:
            value = value.args[0] if len(value.args) == 1 else None
        while isinstance(value, ast.Call | ast.Attribute):
            inner = value.func if isinstance(value, ast.Call) else value
            if not isinstance(inner, ast.Attribute):
                break
            if isinstance(value, ast.Call) and inner.attr == "describe":
                name = root_name(inner.value)
                if name is not None:
                    yield statement, name, value
                break
            value = inner.value


def _repetition(cells: Cells, look: Description) -> Description | None:
    """Return the description that stands for one that is too many."""
    before: Description | None = None
    for other in _other_descriptions(cells, look):
        between = sorted((look.place, other.place))
        changes = [
            (place, fresh) for place, fresh in _changes(cells, look.name) if between[0] <= place and place < between[1]
        ]
        if any(fresh for _, fresh in changes):
            continue
        if other.place < look.place and not changes:
            before = other
        elif other.place > look.place and changes:
            return other
    return before


def _other_descriptions(cells: Cells, look: Description) -> Iterator[Description]:
    """Yield the other places that show the same description."""
    for found in cells.occurrences(look.name):
        facts = cells.facts(found.cell)
        for statement, name, node in _described(facts) if facts is not None else ():
            place = (found.number, node.lineno)
            if name == look.name and place != look.place and text_of(node) == look.text:
                yield Description(name, look.text, statement, node, found.cell, place)


def _changes(cells: Cells, name: str) -> Iterator[tuple[tuple[int, int], bool]]:
    """Yield where the frame changes, and whether the name holds another frame from there on."""
    for found in cells.occurrences(name):
        events = found.events
        for binding in events.bindings:
            yield (found.number, binding.span.start.line + 1), not _derives(binding)
        for mutation in events.mutations:
            yield (found.number, mutation.span.start.line + 1), False
        for deletion in events.deletions:
            yield (found.number, deletion.span.start.line + 1), True


def _derives(binding: Binding) -> bool:
    """Tell whether a binding makes the frame of what the name held before: ``df = df.dropna()``."""
    node = binding.node
    if isinstance(node, ast.AugAssign):
        return True
    if not isinstance(node, ast.Assign):
        return False
    return any(isinstance(inner, ast.Name) and inner.id == binding.name for inner in walk(node.value))
