"""A stretch of code in the order of a fresh run: what stands before it, in it and behind it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property

from offbook.analysis import CellFacts, analyze_cell
from offbook.notebook import CellId
from offbook.text import Span, split_lines


@dataclass(frozen=True, slots=True)
class Segment:
    """A cell's code, or some lines of it.

    Attributes:
        index: the cell's position among all cells.
        cell: the cell.
        line: the line of the cell where it starts.
        facts: what it does.
    """

    index: int
    cell: CellId
    line: int
    facts: CellFacts


@dataclass(frozen=True, slots=True)
class Unit:
    """Statements that share a line (``a = 1; b = 2``); mostly one.

    Attributes:
        part: the number of the segment that it stands in.
        nodes: the statements; their lines count in the joined text of the region.
        first: its first line in the joined text, decorators included.
        last: its last line.
        magic: whether it is no Python but a magic, a shell line or a question.
    """

    part: int
    nodes: tuple[ast.stmt, ...]
    first: int
    last: int
    magic: bool


@dataclass(frozen=True)
class Region:
    """The chosen code.

    Attributes:
        parts: its cells, or its lines in one cell.
        before: what a fresh run has run before it.
        after: what a fresh run runs after it.
        whole: whether it consists of whole cells.
    """

    parts: tuple[Segment, ...]
    before: tuple[Segment, ...]
    after: tuple[Segment, ...]
    whole: bool

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """The line of the joined text at which each part starts."""
        found, line = [], 0
        for part in self.parts:
            found.append(line)
            line += len(split_lines(part.facts.masked.text))
        return tuple(found)

    @cached_property
    def text(self) -> str:
        """The parts' Python, one after another."""
        return "\n".join("\n".join(split_lines(part.facts.masked.text)) for part in self.parts)

    @cached_property
    def facts(self) -> CellFacts:
        """What the parts do, as if they were one cell."""
        return analyze_cell(self.text)

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """The statements at top level."""
        found: list[Unit] = []
        magics = self._magic_lines
        for node in self.facts.tree.body if self.facts.tree is not None else ():
            first = min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", ()))]) - 1
            last = (node.end_lineno or node.lineno) - 1
            magic = not magics.isdisjoint(range(first, last + 1))
            part = max(number for number, start in enumerate(self.starts) if start <= first)
            if found and found[-1].last >= first:
                before = found.pop()
                found.append(Unit(part, (*before.nodes, node), before.first, last, magic or before.magic))
            else:
                found.append(Unit(part, (node,), first, last, magic))
        return tuple(found)

    @cached_property
    def _magic_lines(self) -> frozenset[int]:
        """The lines of the joined text that are no Python in the notebook."""
        return frozenset(
            start + line
            for start, part in zip(self.starts, self.parts, strict=True)
            for magic in part.facts.masked.magics
            if magic.kind != "cell"
            for line in range(magic.span.start.line, magic.span.end.line + 1)
        )

    def units_of(self, part: int) -> list[Unit]:
        """Return the statements of one part."""
        return [unit for unit in self.units if unit.part == part]

    def place(self, span: Span) -> tuple[CellId, Span]:
        """Return the cell, and the place in it, of a span of the joined text."""
        number = max(number for number, start in enumerate(self.starts) if start <= span.start.line)
        shift = self.parts[number].line - self.starts[number]
        start, end = span.start, span.end
        return self.parts[number].cell, Span.of(start.line + shift, start.column, end.line + shift, end.column)
