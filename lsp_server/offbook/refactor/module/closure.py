"""What has to move: the chosen definitions, and everything that they need, found by closure over the data flow."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from offbook.analysis import DeferredRead, Read, span_of
from offbook.notebook import CellId
from offbook.refactor.module import hazards
from offbook.refactor.module.names import BUILTINS, Builtin, Changing, Imported, ImportedName, Names, Single, Unbound
from offbook.refactor.module.purity import Purity
from offbook.refactor.module.reads import Use, uses_of
from offbook.refactor.module.scene import Moment, Piece, RefusedError, Scene

_TRANSPARENT_MAGICS = {"time", "capture", "prun"}
"""Cell magics that run their cell in the notebook itself."""

_PARAMETER_TAGS = {"parameters", "injected-parameters"}


@dataclass(slots=True)
class Closure:
    """What moves so far.

    Attributes:
        pieces: moving statements by each name that they bind.
        imports: the imports that they use, and when each is there in the notebook (``None``: always).
        builtins: the builtins that they use.
    """

    pieces: dict[str, Piece] = field(default_factory=dict)
    imports: dict[ImportedName, Moment | None] = field(default_factory=dict)
    builtins: set[str] = field(default_factory=set)

    def copy(self) -> Closure:
        """Return an independent copy."""
        return Closure(dict(self.pieces), dict(self.imports), set(self.builtins))

    @property
    def ordered(self) -> list[Piece]:
        """The moving statements in the order of the notebook."""
        unique = {id(piece): piece for piece in self.pieces.values()}
        return sorted(unique.values(), key=lambda piece: (piece.moment, piece.whole.start))


class ClosureFinder:
    """Finds what moves along with definitions; refuses what cannot be shown safe."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.names = Names(scene)
        self.purity = Purity(self.names, self._own_function)
        self._pieces: dict[str, Piece] = {}

    def extended(self, closure: Closure, name: str) -> Closure:
        """Return the closure with a definition, and all that it needs, added.

        Raises:
            RefusedError: where any of it cannot be moved.
        """
        result = closure.copy()
        waiting: list[tuple[Piece, Piece | None]] = [(self.piece(name), None)]
        while waiting:
            piece, reader = waiting.pop()
            if piece.name in result.pieces:
                continue
            try:
                self._check(piece)
                needed = [self._resolve(result, piece, use) for use in uses_of(self.scene, piece)]
            except RefusedError as error:
                raise _explained(error, piece, reader) from None
            result.pieces.update(dict.fromkeys(piece.names, piece))
            waiting += [(other, piece) for other in reversed(needed) if other is not None]
        return result

    def definitions(self) -> list[tuple[CellId, str]]:
        """Return every definition of the notebook with its cell, in document order; names may come twice."""
        return [(cell.id, definition.name) for _, cell, facts in self.scene.cells for definition in facts.definitions]

    def piece(self, name: str) -> Piece:
        """Return the definition of a chosen name.

        Raises:
            RefusedError: where the notebook has none, or not exactly one.
        """
        meaning = self.names.meaning(name)
        if isinstance(meaning, Single):
            found = self._piece(name, meaning)
            if found is not None and found.kind != "constant":
                return found
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
        piece: Piece | None = None
        for definition in facts.definitions:
            if definition.node is node:
                moment = Moment(meaning.index, definition.whole.start.line)
                piece = Piece(cell, (name,), definition.kind, node, definition.whole, moment)
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
        if "raises-exception" in scene.notebook.cell(piece.cell).tags:
            raise scene.refuse(f"`{piece.name}` stands in a cell that may fail (`raises-exception`)", piece.cell)
        self._check_early_reads(piece)
        magic = scene.analysis.facts_of(piece.cell).masked.cell_magic
        if magic is not None and magic.name not in _TRANSPARENT_MAGICS:
            raise scene.refuse(
                f"`{piece.name}` stands in a cell that `%%{magic.name}` runs",
                piece.cell,
                magic.span,
                "Give it a cell of its own.",
            )
        hazards.check_body(scene, self.names, piece)
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
        home = piece.moment.cell
        for index, read in self.scene.flow.reads(piece.name):
            if index <= home and read.exposure != "local":
                raise self.scene.refuse(
                    f"`{piece.name}` is read in cell {index + 1} before cell {home + 1} defines it",
                    self.scene.notebook.cells[index].id,
                    read.span,
                    "Move the definition above its first use.",
                )

    def _resolve(self, closure: Closure, piece: Piece, use: Use) -> Piece | None:
        """Note what a use needs; return the statement that has to move along."""
        meaning = self.names.meaning(use.name)
        if use.how != "code" and not self._textual_use_counts(use, meaning):
            return None
        if isinstance(meaning, Builtin | Unbound):
            hazards.check_name(self.scene, piece, use.name, hazards.name_node(piece, use.name))
        self._check_stars(piece, use, meaning)
        if isinstance(meaning, Builtin):
            closure.builtins.add(use.name)
            return None
        if isinstance(meaning, Imported):
            closure.imports.update(zip(meaning.items, meaning.first, strict=True))
            return None
        if isinstance(meaning, Unbound):
            raise self.scene.refuse(
                f"`{piece.name}` reads `{use.name}`, which no cell binds", piece.cell, use.span, "Bind or import it."
            )
        if isinstance(meaning, Changing):
            raise self._variable(piece, use, meaning.reason)
        found = self._piece(use.name, meaning)
        if found is None:
            raise self._variable(piece, use, f"cell {meaning.index + 1} binds it inside another statement")
        if found.moment > piece.moment and self._reads_at_once(piece, use.name):
            raise self.scene.refuse(
                f"`{piece.name}` reads `{use.name}` when it is defined, before cell {found.moment.cell + 1} binds it",
                piece.cell,
                use.span,
            )
        if found.kind == "constant":
            self._check_constant(piece, use, found)
        return found

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
        return any(
            read.guarded and read.name == name and piece.whole.start <= read.span.start < piece.whole.end
            for read in reads
        )

    def _check_constant(self, piece: Piece, use: Use, found: Piece) -> None:
        tags = self.scene.notebook.cell(found.cell).tags
        if _PARAMETER_TAGS & set(tags):
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
        return self.scene.refuse(
            f"`{piece.name}` reads the notebook's `{use.name}`, which is no constant: {why}",
            piece.cell,
            use.span,
            f"Make `{use.name}` a parameter of `{piece.name}`, and pass it at every call.",
        )


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
    refusal = error.refusal
    return RefusedError(
        type(refusal)(f"`{reader.name}` needs `{piece.name}`: {refusal.reason}", refusal.where, refusal.advice)
    )


def _target_names(targets: Iterable[ast.expr]) -> list[str]:
    return [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]


def _plain_targets(targets: Iterable[ast.expr]) -> bool:
    """Tell whether the targets are names, or tuples of names."""
    return all(
        isinstance(target, ast.Name)
        or (isinstance(target, ast.Tuple | ast.List) and all(isinstance(item, ast.Name) for item in target.elts))
        for target in targets
    )
