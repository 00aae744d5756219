"""What every part of the refactoring needs to know: the notebook, its workspace, and how to refuse."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, NamedTuple

from offbook.analysis import Analysis, CellFacts, Import
from offbook.notebook import Cell, CellId
from offbook.refactor.module.bases import Bases
from offbook.refactor.module.local import LocalModule, LocalModules, imported_modules
from offbook.refactor.module.stars import star_names
from offbook.refactor.plan import Place, Refusal
from offbook.refactor.readable import refuse_unreadable
from offbook.refactor.registry import Context, Workspace
from offbook.text import Span, line_ending


class RefusedError(Exception):
    """Leaves the refactoring with its refusal."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal


class Moment(NamedTuple):
    """A place in the order of a fresh run: the cell's index among all cells, and the line in the cell, from 0."""

    cell: int
    line: int


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A top-level statement that moves; equal by identity.

    Attributes:
        cell: where it stands.
        names: what it binds.
        kind: constants are assignments whose value is the same whenever it is computed.
        node: the statement.
        whole: its lines, decorators included.
        moment: when it runs.
        shared: whether other statements bind its name, too.
        renamed: what the module calls what it binds, where that differs.
        original: the equal definition that the module has already.
        private: whether only moving code uses it, so that the notebook does not import it.
    """

    cell: CellId
    names: tuple[str, ...]
    kind: Literal["function", "class", "constant"]
    node: ast.stmt
    whole: Span
    moment: Moment
    shared: bool = False
    renamed: tuple[str, ...] = ()
    original: Piece | None = None
    private: bool = False

    @property
    def name(self) -> str:
        """The first name that it binds."""
        return self.names[0]

    @property
    def bound(self) -> tuple[str, ...]:
        """What the module calls what it binds."""
        return self.renamed or self.names

    @property
    def imported(self) -> list[str]:
        """What the notebook imports from the module: ``f``, or ``f_2 as f``."""
        if self.private:
            return []
        pairs = zip(self.names, self.bound, strict=True)
        return [name if name == bound else f"{bound} as {name}" for name, bound in pairs]

    def called(self, name: str) -> Piece:
        """Return a definition with another name in the module."""
        return replace(self, renamed=(name,))

    def copied(self, original: Piece) -> Piece:
        """Return a definition for which the module has an equal one."""
        return replace(self, renamed=original.bound, original=original)


@dataclass(frozen=True, slots=True)
class Star:
    """``from module import *`` at top level; ``names`` is ``None`` where nobody knows what it binds."""

    item: Import
    cell: CellId
    moment: Moment
    names: frozenset[str] | None

    def may_bind(self, name: str) -> bool:
        """Tell whether the import could bind the name."""
        return name in self.names if self.names is not None else not name.startswith("_")


class Scene:
    """A notebook in its workspace."""

    def __init__(self, context: Context) -> None:
        self.analysis: Analysis = context.analysis
        self.workspace: Workspace = context.workspace
        self.notebook = context.analysis.notebook
        self.flow = context.analysis.flow

    @cached_property
    def cells(self) -> tuple[tuple[int, Cell, CellFacts], ...]:
        """The code cells with their index among all cells."""
        return tuple((self.notebook.index(cell.id), cell, facts) for cell, facts in self.analysis.cells)

    @cached_property
    def stars(self) -> tuple[Star, ...]:
        """The star imports of the notebook."""
        return tuple(
            Star(
                item,
                cell.id,
                Moment(index, item.span.start.line),
                None if item.level else self.star_names(item.module),
            )
            for index, cell, facts in self.cells
            for item in facts.imports
            if item.bound == "*"
        )

    @cached_property
    def lazy_from(self) -> Moment | None:
        """From when on annotations are kept as text (``from __future__ import annotations``); it holds for its cell."""
        for index, _, facts in self.cells:
            for item in facts.imports:
                if item.module == "__future__" and item.name == "annotations":
                    return Moment(index, -1)
        return None

    @cached_property
    def bases(self) -> Bases:
        """The folders from which imports of the notebook start."""
        return Bases(self.analysis, self.workspace)

    def star_names(self, module: str) -> frozenset[str] | None:
        """Return the names that a star import of a module binds; ``None`` where they are not known."""
        top = module.partition(".")[0]
        base = self.bases.sole(top)
        if base is None and self.bases.holding(top):
            return None
        return star_names(module, (base or self.bases.own).folder, self.workspace)

    def reached(self, dotted: str) -> tuple[LocalModule, ...]:
        """Return the local files that ``import dotted`` in the notebook may run, directly or through one another."""
        return self._local.reached(dotted)

    @cached_property
    def _local(self) -> LocalModules:
        return LocalModules(self.bases.folders, self.workspace)

    def is_local(self, top: str) -> bool:
        """Tell whether an import of a top-level name finds a module of the workspace."""
        if self.bases.own in self.bases.holding(top):
            return True
        base = self.bases.sole(top)
        if base is None or base.folder not in self.bases.folders:
            return False
        return bool(self.reached(top)) or self.workspace.holds_modules(base.folder / top)

    @cached_property
    def imported(self) -> frozenset[str]:
        """The names of all modules that the notebook imports, directly or through local ones, and of their packages."""
        every = (item for _, _, facts in self.cells for item in facts.imports)
        return frozenset().union(*(self.imported_with(direct_name(item)) for item in every))

    def imported_with(self, dotted: str) -> frozenset[str]:
        """Return the names of what ``import dotted`` imports, through local modules too, and of their packages."""
        names = {dotted}.union(*(imported_modules(module) for module in self.reached(dotted)))
        return frozenset(".".join(parts[:end]) for parts in map(_parts, names) for end in range(1, len(parts) + 1))

    def check_readable(self) -> None:
        """Refuse notebooks of another language or an old format.

        Raises:
            RefusedError: with the reason.
        """
        refusal = refuse_unreadable(self.notebook)
        if refusal is not None:
            raise RefusedError(refusal)

    def facts_at(self, index: int) -> CellFacts:
        """Return the facts of the cell of this index."""
        return self.analysis.facts_of(self.notebook.cells[index].id)

    def number(self, cell: CellId) -> int:
        """Return a cell's number as users count: all cells, from 1."""
        return self.notebook.index(cell) + 1

    def line_ending(self, cell: CellId) -> str:
        """Return how lines end in a cell; in one of a single line, as in the first cell that has several."""
        own = self.notebook.cell(cell).source
        return line_ending("".join([own, *(other.source for _, other, _ in self.cells)]))

    def place(self, cell: CellId, span: Span) -> Place:
        """Return a place in this notebook."""
        return Place(self.notebook.path, cell, span)

    def refuse(
        self, reason: str, cell: CellId | None = None, span: Span | None = None, advice: str = ""
    ) -> RefusedError:
        """Return the error to raise for a refusal at a place of this notebook."""
        where = self.place(cell, span or Span.on_line(0)) if cell is not None else None
        return RefusedError(Refusal(reason, where, advice))


def direct_name(item: Import) -> str:
    """Return the dotted name of what an import binds, which may be a module."""
    return f"{item.module}.{item.name}" if item.name not in ("", "*") else item.module


def _parts(dotted: str) -> list[str]:
    return dotted.split(".")
