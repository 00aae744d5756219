"""Whether a definition means the same in several notebooks; what differs becomes a parameter where it can.

A function that is the same to the letter still does something else where a constant that it reads has another value,
or a helper is another function. A constant that differs becomes a parameter in all of the notebooks, so that the
functions are the same again.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from offbook.analysis import analyze
from offbook.notebook import apply_changes
from offbook.refactor.add_parameter import with_parameters
from offbook.refactor.module.closure import Needs, VariableError
from offbook.refactor.module.finder import ClosureFinder
from offbook.refactor.module.parameterizing import Added
from offbook.refactor.module.scene import Piece, RefusedError, Scene
from offbook.refactor.registry import Context

_MOST = 12
"""A function with more new parameters is better taken apart first."""


@dataclass(frozen=True, slots=True)
class Variable:
    """What a function reads, and what is another value in the other notebook, or no constant; ``why`` says which."""

    function: str
    name: str
    why: str


class OtherError(Exception):
    """A definition means something else in the other notebook; the message says what."""


@dataclass
class Member:
    """One of several notebooks, as it is by now.

    Attributes:
        context: the notebook; some of its functions may have more parameters than they had.
        names: definitions that mean the same as in the first notebook.
        added: the new parameters.
    """

    context: Context
    names: tuple[str, ...] = ()
    added: tuple[Added, ...] = ()
    finder: ClosureFinder = field(init=False)

    def __post_init__(self) -> None:
        self.finder = ClosureFinder(Scene(self.context))

    @property
    def path(self) -> Path:
        """The notebook's path."""
        return self.context.analysis.notebook.path

    def with_parameter(self, variable: Variable) -> Member:
        """Return the notebook in which a function takes a variable.

        Raises:
            RefusedError: where a call cannot pass it.
        """
        change, calls = with_parameters(self.finder.scene, variable.function, [variable.name])
        notebook = apply_changes(self.context.analysis.notebook, change.changes)
        context = replace(self.context, analysis=analyze(notebook))
        return Member(context, self.names, (*self.added, Added(variable.function, variable.name, calls)))


@dataclass
class Agreement:
    """Notebooks whose definitions agree.

    Attributes:
        first: the notebook that gives the definitions.
        others: those that hold the same, by path; each with the names that agree.
        left: by path and name, why a notebook keeps its own definition.
    """

    first: Member
    others: dict[Path, Member]
    left: dict[tuple[Path, str], str] = field(default_factory=dict)

    def settle(self, name: str, *, parameters: bool) -> None:
        """Make a definition mean the same in all notebooks that hold it, or leave those in which it does not."""
        for _ in range(_MOST + len(self.others)):
            found = next(self._differences(name), None)
            if found is None:
                return
            member, difference = found
            if isinstance(difference, Variable):
                difference = self._pass(name, member, difference) if parameters else difference.why
            if difference:
                self._leave(member.path, name, difference)
        for path in list(self.others):
            self._leave(path, name, "too much of it differs")

    def _differences(self, name: str) -> Iterator[tuple[Member, Variable | str]]:
        for member in self._with(name):
            try:
                found = find_difference(self.first.finder, member.finder, name)
            except OtherError as error:
                yield member, str(error)
            else:
                if found is not None:
                    yield member, found

    def _with(self, name: str) -> list[Member]:
        return [member for member in self.others.values() if name in member.names]

    def _pass(self, name: str, member: Member, variable: Variable) -> str:
        """Make a variable a parameter in every notebook that holds the definition; return why not, if so."""
        try:
            changed = {member.path: member.with_parameter(variable)}
            first = self.first.with_parameter(variable)
        except RefusedError as error:
            return f"{variable.why}, and it cannot become a parameter: {error.refusal.reason}"
        for other in self._with(name):
            if other is not member:
                try:
                    changed[other.path] = other.with_parameter(variable)
                except RefusedError as error:
                    self._leave(other.path, name, error.refusal.reason)
        self.first = first
        self.others |= changed
        return ""

    def _leave(self, path: Path, name: str, why: str) -> None:
        self.left[path, name] = why
        member = self.others[path]
        self.others[path] = replace_names(member, [other for other in member.names if other != name])


def replace_names(member: Member, names: Iterable[str]) -> Member:
    """Return a notebook of which other definitions agree."""
    changed = Member(member.context, tuple(names), member.added)
    changed.finder = member.finder
    return changed


def find_difference(first: ClosureFinder, other: ClosureFinder, name: str) -> Variable | None:
    """Return a variable that a definition of two notebooks reads, and that is not the same in both.

    Raises:
        OtherError: where something else differs.
    """
    return _Comparison(first, other).find(name)


class _Comparison:
    def __init__(self, first: ClosureFinder, other: ClosureFinder) -> None:
        self.first = first
        self.other = other
        self.seen: set[str] = set()

    def find(self, name: str) -> Variable | None:
        """Compare a definition with all that it needs."""
        return self._statement(_only(self.first, name), _only(self.other, name))

    def _statement(self, one: Piece, other: Piece) -> Variable | None:
        if one.name in self.seen:
            return None
        self.seen.add(one.name)
        if ast.dump(one.node) != ast.dump(other.node):
            raise OtherError(f"`{one.name}` is another one there")
        try:
            here, there = self._needs(self.first, one), self._needs(self.other, other)
        except VariableError as error:
            if one.kind == "function" and error.definition == one.name:
                return Variable(one.name, error.variable, error.refusal.reason)
            raise OtherError(error.refusal.reason) from None
        except RefusedError as error:
            raise OtherError(error.refusal.reason) from None
        same = set(here.imports) == set(there.imports) and here.builtins == there.builtins
        if not same or {guard.text for guard in here.guards} != {guard.text for guard in there.guards}:
            raise OtherError(f"`{one.name}` uses other imports there")
        return self._pieces(one, _by_names(here.pieces), _by_names(there.pieces))

    def _needs(self, finder: ClosureFinder, piece: Piece) -> Needs:
        needs = finder.needs(piece)
        if needs.renamed or piece.renamed:
            raise OtherError(f"`{piece.name}` is defined several times, or reads what is")
        return needs

    def _pieces(
        self, reader: Piece, here: Mapping[tuple[str, ...], Piece], there: Mapping[tuple[str, ...], Piece]
    ) -> Variable | None:
        for names, piece in here.items():
            twin = there.get(names)
            constant = piece.kind == "constant"
            if twin is None or twin.kind != piece.kind:
                raise OtherError(f"`{names[0]}` is something else there")
            try:
                found = self._statement(piece, twin)
            except OtherError:
                if not constant:
                    raise
                found = Variable(piece.name, names[0], "")
            if found is None:
                continue
            if constant and reader.kind == "function":
                return self._read_by(reader, names)
            if constant:
                raise OtherError(f"`{reader.name}` is computed from `{names[0]}`, which has another value there")
            return found
        if set(here) != set(there):
            raise OtherError(f"`{reader.name}` reads other names there")
        return None

    def _read_by(self, reader: Piece, names: tuple[str, ...]) -> Variable:
        words = {node.id for node in ast.walk(reader.node) if isinstance(node, ast.Name)}
        name = next((name for name in names if name in words), names[0])
        return Variable(reader.name, name, f"`{reader.name}` reads `{name}`, which has another value there")


def _by_names(pieces: Iterable[Piece]) -> dict[tuple[str, ...], Piece]:
    return {piece.names: piece for piece in pieces}


def _only(finder: ClosureFinder, name: str) -> Piece:
    try:
        found = finder.chosen(name)
    except RefusedError as error:
        raise OtherError(error.refusal.reason) from None
    if len(found) != 1:
        raise OtherError(f"`{name}` is defined several times there")
    return found[0]
