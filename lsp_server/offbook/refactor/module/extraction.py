"""Puts the parts together: the chosen definitions' closure, the checks, and the plan."""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, Protocol

import libcst as cst

from offbook.notebook import Cell, CellId, ReplaceSource
from offbook.refactor.add_parameter import with_parameters
from offbook.refactor.module.cells import CutCell, cut_cell
from offbook.refactor.module.closure import Closure, VariableError
from offbook.refactor.module.existing import ExistingModule, uses_lazy_annotations
from offbook.refactor.module.finder import ClosureFinder
from offbook.refactor.module.finding import check_found
from offbook.refactor.module.held import comments_of
from offbook.refactor.module.imports import from_import, import_groups
from offbook.refactor.module.leftovers import without_leftovers
from offbook.refactor.module.names import ImportedName
from offbook.refactor.module.noise import check_quiet
from offbook.refactor.module.order import LateImportError, check_order, first_run, new_imports_run, slots
from offbook.refactor.module.parameterizing import Added, parameterize
from offbook.refactor.module.reloading import with_autoreload
from offbook.refactor.module.report import (
    base_sentences,
    held_sentences,
    moved_sentences,
    parameter_sentences,
    stays_sentence,
)
from offbook.refactor.module.scene import Moment, Piece, RefusedError, Scene
from offbook.refactor.module.shown import check_shown
from offbook.refactor.module.surroundings import check_notebook, check_run, find_warnings
from offbook.refactor.module.target import find_target
from offbook.refactor.module.text import extended_module, new_module, renamed, same_definitions
from offbook.refactor.plan import FileChange, NotebookChange, Plan, Remedy
from offbook.refactor.registry import Context


class Choice(Protocol):
    """What the user chose: the options of the refactoring."""

    @property
    def to(self) -> str:
        """The module's path."""
        ...

    @property
    def names(self) -> Sequence[str]:
        """Definitions by name."""
        ...

    @property
    def cells(self) -> Sequence[CellId]:
        """Cells whose definitions move."""
        ...

    @property
    def everything(self) -> bool:
        """Whether all that can moves."""
        ...

    @property
    def parameters(self) -> bool | None:
        """Whether variables that change become parameters; by default, where all moves."""
        ...

    @property
    def tidy(self) -> bool:
        """Whether imports that nothing uses any more go."""
        ...

    @property
    def autoreload(self) -> bool:
        """Whether the notebook loads the module again when it changes."""
        ...


def extract(context: Context, choice: Choice) -> Plan:
    """Return the plan.

    Raises:
        RefusedError: where it cannot be shown that results stay the same.
    """
    return _Extraction(context, choice).plan()


class Extracted(NamedTuple):
    """What could be extracted, and why the other definitions stay."""

    plan: Plan
    left: dict[str, RefusedError]


def extract_possible(context: Context, choice: Choice) -> Extracted:
    """Return the plan that moves as many of the named definitions as can move.

    Raises:
        RefusedError: where none of them can.
    """
    extraction = _Extraction(context, choice)
    plan = extraction.plan()
    return Extracted(plan, dict(extraction.left))


_ATTEMPTS = 4
"""So many late imports are tried as the start of what moves."""


class _Attempt(NamedTuple):
    """What can move, and why the rest cannot."""

    closure: Closure
    left: list[tuple[str, RefusedError]]


class _Extraction:
    def __init__(self, context: Context, choice: Choice) -> None:
        self.before = context
        self.added: tuple[Added, ...] = ()
        self.finder = ClosureFinder(Scene(context))
        if choice.parameters or (choice.parameters is None and choice.everything):
            check_notebook(self.finder.scene)
            names = self._names(choice)
            parameterized = parameterize(context, self.finder, names)
            self.finder, self.added = parameterized.finder, parameterized.added
        self.scene = self.finder.scene
        self.choice = choice
        self.warnings: list[str] = []
        self.left: list[tuple[str, RefusedError]] = []
        self._checked: tuple[Closure, list[str]] | None = None

    def _names(self, choice: Choice) -> list[str]:
        """Return the definitions that were chosen; all without a choice."""
        chosen = _chosen_names(self.finder, choice)
        return chosen if chosen or not choice.everything else _all_names(self.finder)

    def plan(self) -> Plan:
        """Check everything, then write everything."""
        check_notebook(self.scene)
        self.target = find_target(self.scene, self.choice.to)
        self.existing = ExistingModule(self.scene, self.target) if self.target.before is not None else None
        closure = self._everything() if self.choice.everything else self._chosen()
        pieces = closure.ordered
        names = self.finder.names
        self.warnings += self._check_rest(closure)
        self.warnings += find_warnings(self.scene, names, self.target, pieces)
        return self._written(closure)

    # what moves

    def _chosen(self) -> Closure:
        chosen = _chosen_names(self.finder, self.choice)
        if not chosen:
            raise self.scene.refuse(
                "no function or class was chosen", advice="Name one, or choose a cell that defines one."
            )
        closure = Closure()
        for name in chosen:
            try:
                closure = self.finder.extended(closure, self.finder.chosen(name))
            except VariableError as error:
                raise self._told_why(error) from None
        self._check(closure)
        return closure

    def _told_why(self, error: VariableError) -> RefusedError:
        """Return the refusal with the way out: a parameter, or the reason why the variable cannot become one."""
        if not self.choice.parameters:
            remedy = Remedy("Make it a parameter", {"parameters": True})
            return RefusedError(replace(error.refusal, remedy=remedy))
        try:
            with_parameters(self.scene, error.definition, [error.variable])
        except RefusedError as other:
            reason = f"{error.refusal.reason}, and it cannot become a parameter: {other.refusal.reason}"
            return RefusedError(replace(other.refusal, reason=reason))
        return error

    def _everything(self) -> Closure:
        """Return the closure of all definitions that can be moved; note why the others stay."""
        names = self._names(self.choice)
        if not names:
            raise self.scene.refuse("the notebook defines no function or class at the top level of a cell")
        attempt = self._best_attempt(names, self._check)
        try:
            self._check_rest(attempt.closure)
        except RefusedError:  # some definition is looked at where it stands: find out which
            attempt = self._best_attempt(names, self._check_all)
        if not attempt.closure.pieces:
            raise attempt.left[0][1]
        self.left = attempt.left
        if not self.choice.names:
            self.warnings += (stays_sentence(self.scene, name, error.refusal) for name, error in self.left)
        return attempt.closure

    def _best_attempt(self, names: Sequence[str], check: Callable[[Closure], object]) -> _Attempt:
        """Return the attempt that moves most, of those that start behind some late import."""
        attempt = self._attempt(names, Moment(0, 0), check)
        late = sorted({error.moment for _, error in attempt.left if isinstance(error, LateImportError)})
        for start in late[:_ATTEMPTS]:
            other = self._attempt(names, start, check)
            if len(other.closure.pieces) > len(attempt.closure.pieces):
                attempt = other
        return attempt

    def _attempt(self, names: Sequence[str], start: Moment, check: Callable[[Closure], object]) -> _Attempt:
        """Return what can move of the definitions that stand behind a moment."""
        closure, left = Closure(), list[tuple[str, RefusedError]]()
        for name in names:
            try:
                pieces = self.finder.chosen(name)
            except RefusedError as error:
                left.append((name, error))
                continue
            for piece in pieces:
                if piece in closure.pieces:
                    continue
                try:
                    extended = self.finder.extended(closure, [piece])
                    self._check_start(name, extended, start)
                    check(extended)
                except RefusedError as error:
                    left.append((name, error))
                else:
                    closure = extended
        return _Attempt(closure, left)

    def _check_start(self, name: str, closure: Closure, start: Moment) -> None:
        early = next((piece for piece in closure.ordered if piece.moment < start), None)
        if early is not None:
            which = f"`{name}`" if early.name == name else f"`{early.name}`, which `{name}` needs,"
            raise self.scene.refuse(
                f"{which} stands before imports that the module needs (cell {start.cell + 1})",
                early.cell,
                early.whole,
                "Move those imports to the first cell.",
            )

    def _check(self, closure: Closure) -> None:
        if self.existing is not None:
            self.existing.check(closure)
        else:
            check_quiet(self.scene, self.target.dotted, new_imports_run(self.scene, closure.ordered))
        check_order(self.scene, self.target, closure)
        check_found(self.scene, self.target, closure)
        uses_lazy_annotations(self.scene, closure.ordered)

    def _check_rest(self, closure: Closure) -> list[str]:
        """Check what takes longer, once everything is chosen; return warnings."""
        pieces = closure.ordered
        if not pieces:
            return []
        if self._checked is None or self._checked[0] is not closure:
            start = first_run(self.scene, self.target, pieces, surely=True)
            check_run(self.scene, self.finder.names, self.target, pieces, start)
            self._checked = closure, check_shown(self.scene, self.finder.names, self.target, pieces)
        return self._checked[1]

    def _check_all(self, closure: Closure) -> None:
        self._check(closure)
        self._check_rest(closure)

    # what is written

    def _written(self, closure: Closure) -> Plan:
        pieces = closure.ordered
        held = self.existing.held(closure) if self.existing is not None else {}
        cuts = self._cuts(pieces, held)
        moved = [pair for cut in cuts.values() for pair in cut.moved]
        if len(moved) != len(pieces):
            raise self.scene.refuse("a definition could not be found in its cell's text", pieces[0].cell)
        moved.sort(key=lambda pair: (pair[0].moment, pair[0].whole.start))
        written = [(piece, node) for piece, node in moved if piece.original is None and piece not in held]
        written = [(piece, renamed(piece, node, closure.pieces[piece])) for piece, node in written]
        text, missing = self._module_text(closure, written)
        if not same_definitions(closure.pieces, text):
            raise self.scene.refuse("the definitions could not be written to the module as they are", pieces[0].cell)
        files = [FileChange(path, None, "") for path in self.target.inits]
        if text != self.target.before:
            files.append(FileChange(self.target.path, self.target.before, text))
        sentences = held_sentences(self.scene, self.target, held)
        moving = [piece for piece in pieces if piece not in held]
        sentences += moved_sentences(self.scene, self.target, self.choice.names, moving, missing)
        sentences += base_sentences(self.scene, self.target)
        self.warnings += self._lost_comments(held, cuts, text)
        sentences += parameter_sentences(self.added)
        sources = {cell.id: cell.source for cell in self._parameterized_cells()}
        sources |= {cell: cut.source for cell, cut in cuts.items()}
        sentences += self._finish(closure, sources)
        changes = tuple(ReplaceSource(cell, source) for cell, source in sources.items())
        return Plan(
            refactoring="extract.module",
            title=f"Extract {_listed(self._titles(closure))} to `{self._shown(self.target.path)}`",
            notebooks=(NotebookChange(self.scene.notebook.path, changes),),
            files=tuple(files),
            summary=tuple(sentences),
            warnings=tuple(dict.fromkeys(self.warnings)),
        )

    def _lost_comments(self, held: Iterable[Piece], cuts: Mapping[CellId, CutCell], module: str) -> Iterator[str]:
        """Say which comments go with definitions that the module holds without them."""
        kept = comments_of(module)
        for cell in dict.fromkeys(piece.cell for piece in held):
            lost = comments_of(self.scene.analysis.facts_of(cell).masked.text) - comments_of(cuts[cell].source) - kept
            yield from (f"The comment `{comment}` of cell {self.scene.number(cell)} goes." for comment in sorted(lost))

    def _finish(self, closure: Closure, sources: dict[CellId, str]) -> list[str]:
        """Change the cells' new sources as the user asked for besides; return what to say of it."""
        sentences: list[str] = []
        if self.choice.tidy:
            tidied, removed = without_leftovers(self.scene, sources, closure.imports)
            sources.update(tidied)
            sentences += (f"`{statement}` leaves the notebook, which uses it no more." for statement in removed)
        if self.choice.autoreload:
            loading, why_not = with_autoreload(self.scene, sources, self.target.dotted)
            sources.update(loading)
            sentences.append(why_not or "`%autoreload 2` loads the module again when you edit it.")
        return sentences

    def _parameterized_cells(self) -> list[Cell]:
        """Return the cells that define or call functions with new parameters."""
        before = self.before.analysis.notebook
        return [cell for cell in self.scene.notebook.cells if cell.source != before.cell(cell.id).source]

    def _cuts(self, pieces: Sequence[Piece], held: Container[Piece]) -> dict[CellId, CutCell]:
        cuts: dict[CellId, CutCell] = {}
        for cell, places in slots(self.scene, pieces).items():
            here = [piece for piece in pieces if piece.cell == cell]
            imports = {slot.piece.names: self._import_of(slot.imported) for slot in places}
            statements = {names: text for names, text in imports.items() if text}
            cuts[cell] = cut_cell(self.scene, cell, here, statements, held)
        return cuts

    def _import_of(self, pieces: Sequence[Piece]) -> str:
        names = [name for piece in pieces for name in piece.imported]
        return from_import(self.target.dotted, names) if names else ""

    def _module_text(
        self, closure: Closure, moved: list[tuple[Piece, cst.SimpleStatementLine | cst.BaseCompoundStatement]]
    ) -> tuple[str, list[ImportedName]]:
        if self.existing is not None:
            missing = self.existing.missing(closure)
            try:
                return extended_module(self.target.before or "", missing, moved), missing
            except (ValueError, cst.ParserSyntaxError) as error:
                raise self.existing.refuse(f"`{self.target.name}` cannot be rewritten: {error}", 1) from None
        missing = sorted(closure.imports)
        newline = self.scene.line_ending(closure.ordered[0].cell)
        lazy = uses_lazy_annotations(self.scene, closure.ordered)
        groups = [["from __future__ import annotations"]] if lazy else []
        groups += import_groups(missing, self.scene.is_local)
        groups += ([guard.text] for guard in sorted(closure.guards, key=lambda guard: guard.moment))
        docstring = f"Code of the notebook {self.scene.notebook.path.name}.".replace("\\", "\\\\").replace('"', '\\"')
        return new_module(docstring, groups, moved, newline if newline == "\r\n" else "\n"), missing

    def _titles(self, closure: Closure) -> list[str]:
        if self.choice.names:
            left = {name for name, _ in self.left}
            return [name for name in dict.fromkeys(self.choice.names) if name not in left]
        return list(dict.fromkeys(piece.name for piece in closure.ordered if piece.kind != "constant"))

    def _shown(self, path: Path) -> str:
        return Path(os.path.relpath(path, self.scene.workspace.root)).as_posix()


def _all_names(finder: ClosureFinder) -> list[str]:
    return list(dict.fromkeys(name for _, name in finder.definitions()))


def _chosen_names(finder: ClosureFinder, choice: Choice) -> list[str]:
    chosen = list(choice.names)
    for cell in choice.cells:
        chosen += [name for where, name in finder.definitions() if where == cell]
    return list(dict.fromkeys(chosen))


def _listed(names: Iterable[str]) -> str:
    listed = [f"`{name}`" for name in names]
    if len(listed) > 4:
        return f"{len(listed)} definitions"
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} and {listed[-1]}"
