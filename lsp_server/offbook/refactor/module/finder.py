"""Finds what has to move: the chosen definitions, and everything that they need, by closure over the data flow."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterable
from dataclasses import replace

from offbook.analysis import DeferredRead, Read, span_of
from offbook.notebook import CellId, holds_parameters, may_fail
from offbook.notebook.ipython import TRANSPARENT_MAGICS
from offbook.refactor.module import hazards
from offbook.refactor.module.closure import Closure, Needs, VariableError
from offbook.refactor.module.guards import Guard, find_guard
from offbook.refactor.module.names import BUILTINS, Builtin, Changing, Imported, ImportedName, Names, Single, Unbound
from offbook.refactor.module.purity import Purity
from offbook.refactor.module.reads import Use, uses_of
from offbook.refactor.module.scene import Moment, Piece, RefusedError, Scene
from offbook.refactor.module.settled import changed_before
from offbook.refactor.module.state import States
from offbook.refactor.module.versions import Versions


class ClosureFinder:
    """Finds what moves along with definitions; refuses what cannot be shown safe."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.names = Names(scene)
        self.purity = Purity(self.names, self._own_function)
        self.versions = Versions(scene)
        self.states = States(scene, self.versions)
        self._pieces: dict[str, Piece] = {}
        self._known: dict[Piece, Needs | RefusedError] = {}
        self._guards: dict[str, Guard | None] = {}

    def extended(self, closure: Closure, chosen: Iterable[Piece]) -> Closure:
        """Return the closure with definitions, and all that they need, added.

        Raises:
            RefusedError: where any of it cannot be moved.
        """
        result = closure.copy()
        waiting: list[tuple[Piece, Piece | None]] = [(piece, None) for piece in chosen]
        while waiting:
            piece, reader = waiting.pop()
            if piece in result.pieces:
                continue
            needs = self._needs(piece)
            if isinstance(needs, RefusedError):
                raise _explained(needs, piece, reader) from None
            result.pieces[piece] = needs.renamed
            result.imports.update(needs.imports)
            result.builtins |= needs.builtins
            result.guards |= needs.guards
            waiting += ((other, piece) for other in reversed(needs.pieces))
        self._check_clashes(result)
        return result

    def needs(self, piece: Piece) -> Needs:
        """Return what a piece needs.

        Raises:
            RefusedError: where it cannot be moved.
        """
        found = self._needs(piece)
        if isinstance(found, RefusedError):
            raise found
        return found

    def _needs(self, piece: Piece) -> Needs | RefusedError:
        """Return what a piece needs, or why it cannot move; both are found out once."""
        known = self._known.get(piece)
        if known is None:
            try:
                self._check(piece)
                known = self._found_needs(piece)
            except RefusedError as error:
                known = error
            self._known[piece] = known
        return known

    def _found_needs(self, piece: Piece) -> Needs:
        uses = uses_of(self.scene, piece)
        needs = Needs()
        for use in uses:
            other = self._resolve(needs, piece, use)
            if other is None:
                continue
            needs.pieces.append(other)
            new = other.bound[other.names.index(use.name)]
            if new != use.name:
                needs.renamed[use.name] = new
        needs.pieces += self.states.needed(piece, uses)
        if piece.original is not None:
            needs.pieces.append(piece.original)
        return needs

    def _check_clashes(self, closure: Closure) -> None:
        """Refuse where one name would have to mean two things in the module."""
        bound = closure.bound
        seen: dict[str, ImportedName] = {}
        for item in closure.imports:
            other = seen.setdefault(item.bound, item)
            if item.bound in bound or (other != item and (item.name or other.name)):
                raise self.scene.refuse(
                    f"the code means different things by `{item.bound}`", advice="Give one of them another name."
                )

    def definitions(self) -> list[tuple[CellId, str]]:
        """Return every definition of the notebook with its cell, in document order; names may come twice."""
        return [(cell.id, definition.name) for _, cell, facts in self.scene.cells for definition in facts.definitions]

    def chosen(self, name: str) -> list[Piece]:
        """Return the definitions of a chosen name.

        Raises:
            RefusedError: where the notebook has none at the top level of a cell, or several in one cell.
        """
        found = self.versions.pieces(name)
        twice = next((one for one, other in itertools.pairwise(found) if one.cell == other.cell), None)
        if twice is not None:
            number = self.scene.number(twice.cell)
            raise self.scene.refuse(
                f"`{name}` is not one thing: cell {number} defines it more than once",
                twice.cell,
                twice.whole,
                _ONE_DEFINITION,
            )
        if found:
            return found
        meaning = self.names.meaning(name)
        if isinstance(meaning, Changing):
            node = meaning.binding.span if meaning.binding else None
            cell = self.scene.notebook.cells[meaning.index].id
            raise self.scene.refuse(f"`{name}` is not one thing: {meaning.reason}", cell, node, _ONE_DEFINITION)
        broken = self._broken_definition(name)
        if broken is not None:
            number = self.scene.number(broken)
            raise self.scene.refuse(f"`{name}` stands in cell {number}, which has a syntax error", broken)
        raise self.scene.refuse(f"the notebook defines no function or class `{name}` at the top level of a cell")

    def _broken_definition(self, name: str) -> CellId | None:
        marks = (f"def {name}", f"class {name}")
        for _, cell, facts in self.scene.cells:
            if facts.problem is not None and any(mark in cell.source for mark in marks):
                return cell.id
        return None

    def _piece(self, name: str, meaning: Single) -> Piece | None:
        """Return the top-level statement that binds a name; ``None`` where it is nested in another."""
        known = self._pieces.get(name)
        if known is not None:
            return known
        facts = self.scene.facts_at(meaning.index)
        cell = self.scene.notebook.cells[meaning.index].id
        node = meaning.binding.node
        if facts.tree is None or not isinstance(node, ast.stmt) or node not in facts.tree.body:
            return None
        piece = next((piece for piece in self.versions.pieces(name) if piece.node is node), None)
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            bound = tuple(dict.fromkeys(_target_names(targets)))
            span = span_of(node)
            if bound and _plain_targets(targets):
                piece = Piece(cell, bound, "constant", node, span, Moment(meaning.index, span.start.line))
        if piece is not None:
            self._pieces.update(dict.fromkeys(piece.names, piece))
        return piece

    def _own_function(self, name: str) -> ast.stmt | None:
        meaning = self.names.meaning(name)
        piece = self._piece(name, meaning) if isinstance(meaning, Single) else None
        return piece.node if piece else None

    def _check(self, piece: Piece) -> None:
        """Refuse a piece that does something a module cannot, or not at the same moment."""
        scene = self.scene
        if may_fail(scene.notebook.cell(piece.cell)):
            raise scene.refuse(f"`{piece.name}` stands in a cell that may fail (`raises-exception`)", piece.cell)
        self._check_early_reads(piece)
        magic = scene.analysis.facts_of(piece.cell).masked.cell_magic
        if magic is not None and magic.name not in TRANSPARENT_MAGICS:
            raise scene.refuse(
                f"`{piece.name}` stands in a cell that `%%{magic.name}` runs",
                piece.cell,
                magic.span,
                "Give it a cell of its own.",
            )
        hazards.check_body(scene, self.names, piece, self.states.members)
        problem = self.versions.renaming.problem(piece) if piece.renamed else None
        if problem is not None:
            raise problem
        impure = self.purity.statement(piece.node)
        if impure is None:
            return
        node, what = impure
        span = span_of(node)
        if piece.kind == "constant":
            raise scene.refuse(
                f"`{piece.name}` is no constant: its value comes from {what}",
                piece.cell,
                span,
                f"Pass `{piece.name}` to the function as a parameter.",
            )
        raise scene.refuse(
            f"`{piece.name}` evaluates {what} when it is defined, which a module would do at another moment",
            piece.cell,
            span,
            "Evaluate it inside the function.",
        )

    def _check_early_reads(self, piece: Piece) -> None:
        """Refuse a piece that is looked up before it is there: imported at its cell's top, it would be there."""
        if piece.shared:
            return  # it is imported where it stands
        home = piece.moment.cell
        for index, read in self.scene.flow.reads(piece.name):
            if index <= home and read.exposure != "local":
                raise self.scene.refuse(
                    f"`{piece.name}` is read in cell {index + 1} before cell {home + 1} defines it",
                    self.scene.notebook.cells[index].id,
                    read.span,
                    "Move the definition above its first use.",
                )

    def _resolve(self, needs: Needs, piece: Piece, use: Use) -> Piece | None:
        """Note what a use needs; return the statement that has to move along."""
        meaning = self.names.meaning(use.name)
        if use.how != "code" and not self._textual_use_counts(use, meaning):
            return None
        if isinstance(meaning, Builtin | Unbound):
            hazards.check_name(self.scene, piece, use.name, hazards.name_node(piece, use.name))
        self._check_stars(piece, use, meaning)
        if isinstance(meaning, Builtin):
            needs.builtins.add(use.name)
            return None
        if isinstance(meaning, Imported):
            self.versions.check_late(piece, use, _first_bound(meaning))
            needs.imports.update(zip(meaning.items, meaning.first, strict=True))
            return None
        if isinstance(meaning, Unbound):
            raise self.scene.refuse(
                f"`{piece.name}` reads `{use.name}`, which no cell binds", piece.cell, use.span, "Bind or import it."
            )
        if isinstance(meaning, Changing):
            return self._version(needs, piece, use, meaning)
        found = self._piece(use.name, meaning)
        if found is None:
            raise self._variable(piece, use, f"cell {meaning.index + 1} binds it inside another statement")
        if found.moment > piece.moment and self._reads_at_once(piece, use.name):
            raise self.scene.refuse(
                f"`{piece.name}` reads `{use.name}` when it is defined, before cell {found.moment.cell + 1} binds it",
                piece.cell,
                use.span,
            )
        self.versions.check_late(piece, use, found.moment)
        if found.kind == "constant":
            self._check_constant(piece, use, found)
            if self._reads_at_once(piece, use.name) and changed_before(self.names, piece, found, use.name):
                raise self._variable(piece, use, "it may have changed when this is computed from it")
        return found

    def _guard(self, name: str) -> Guard | None:
        if name not in self._guards:
            self._guards[name] = find_guard(self.scene, name)
        return self._guards[name]

    def _version(self, needs: Needs, piece: Piece, use: Use, meaning: Changing) -> Piece | None:
        """Return the one of several definitions that a use means whenever it is reached; note an import."""
        if self.states.members(use.name):
            return None
        guard = self._guard(use.name) if use.how == "code" else None
        if guard is not None and not (guard.moment > piece.moment and self._reads_at_once(piece, use.name)):
            needs.guards.add(guard)
            return None
        bound = self.versions.meant(piece, use.name) if use.how == "code" else None
        if bound is None or hazards.binds_inside(piece, use.name):
            raise self._variable(piece, use, meaning.reason)
        for other in self.versions.pieces(use.name):
            if other.node is bound.binding.node:
                return other
        item = self.names.plain_import(bound.cell, bound.binding)
        if item is None:
            raise self._variable(piece, use, meaning.reason)
        needs.imports[item] = Moment(bound.cell, bound.binding.span.start.line)
        return None

    def _reads_at_once(self, piece: Piece, name: str) -> bool:
        reads = self.scene.analysis.facts_of(piece.cell).reads
        return any(read.name == name and piece.whole.start <= read.span.start < piece.whole.end for read in reads)

    def _textual_use_counts(self, use: Use, meaning: object) -> bool:
        if isinstance(meaning, Imported) or (use.how == "text" and isinstance(meaning, Single | Changing)):
            return True
        found = self._piece(use.name, meaning) if isinstance(meaning, Single) else None
        return found is not None

    def _check_stars(self, piece: Piece, use: Use, meaning: object) -> None:
        """Refuse a name that a star import may bind or rebind, and a builtin that gets another meaning later."""
        bound = _first_bound(meaning)
        if bound is not None and bound > piece.moment and (use.name in BUILTINS or self._is_guarded(piece, use.name)):
            before = "the builtin" if use.name in BUILTINS else "not there"
            raise self.scene.refuse(
                f"`{piece.name}` reads `{use.name}`, which is {before} until cell {bound.cell + 1} binds it",
                piece.cell,
                use.span,
                f"Bind `{use.name}` above `{piece.name}`.",
            )
        for star in self.scene.stars:
            provider = bound == star.moment and star.names is not None
            settled = bound is not None and star.moment < bound <= piece.moment
            if star.may_bind(use.name) and not provider and not settled:
                raise self.scene.refuse(
                    f"`{piece.name}` reads `{use.name}`, which `from {star.item.module} import *` may bind",
                    star.cell,
                    star.item.span,
                    f"Import by name what the notebook needs from `{star.item.module}`.",
                )

    def _is_guarded(self, piece: Piece, name: str) -> bool:
        """Tell whether the piece asks for a name that need not be there (``except NameError``)."""
        facts = self.scene.analysis.facts_of(piece.cell)
        reads: list[Read | DeferredRead] = [*facts.reads, *facts.deferred]
        here = (read for read in reads if piece.whole.start <= read.span.start < piece.whole.end)
        return any(read.guarded and read.name == name for read in here)

    def _check_constant(self, piece: Piece, use: Use, found: Piece) -> None:
        if holds_parameters(self.scene.notebook.cell(found.cell)):
            raise self._variable(piece, use, "it is a parameter of the notebook (tagged cell)")
        for name in found.names:
            if not isinstance(self.names.meaning(name), Single):
                raise self._variable(piece, use, f"it is bound together with `{name}`, which is bound elsewhere too")
            changes = self.scene.flow.mutations(name)
            if changes:
                raise self._variable(piece, use, f"cell {changes[0][0] + 1} changes `{name}` in place")
        impure = self.purity.statement(found.node)
        if impure is not None:
            raise self._variable(piece, use, f"its value comes from {impure[1]} in cell {found.moment.cell + 1}")

    def _variable(self, piece: Piece, use: Use, why: str) -> RefusedError:
        error = self.scene.refuse(
            f"`{piece.name}` reads the notebook's `{use.name}`, which is no constant: {why}",
            piece.cell,
            use.span,
            f"Make `{use.name}` a parameter of `{piece.name}`, and pass it at every call.",
        )
        return VariableError(error.refusal, piece.name, use.name)


def _first_bound(meaning: object) -> Moment | None:
    """Return when a name is bound for the first time; ``None`` for names that always are."""
    if isinstance(meaning, Single):
        return Moment(meaning.index, meaning.binding.span.start.line)
    if isinstance(meaning, Imported):
        return min((moment for moment in meaning.first if moment is not None), default=None)
    return None


_ONE_DEFINITION = "Keep one definition, or give the others names of their own."


def _explained(error: RefusedError, piece: Piece, reader: Piece | None) -> RefusedError:
    """Say which chosen definition needs the piece that cannot be moved."""
    if reader is None or reader.name == piece.name:
        return error
    refusal = replace(error.refusal, reason=f"`{reader.name}` needs `{piece.name}`: {error.refusal.reason}")
    if isinstance(error, VariableError):
        return VariableError(refusal, error.definition, error.variable)
    return RefusedError(refusal)


def _target_names(targets: Iterable[ast.expr]) -> list[str]:
    return [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]


def _plain_targets(targets: Iterable[ast.expr]) -> bool:
    """Tell whether the targets are names, or tuples of names."""
    return all(
        isinstance(target, ast.Name)
        or (isinstance(target, ast.Tuple | ast.List) and all(isinstance(item, ast.Name) for item in target.elts))
        for target in targets
    )
