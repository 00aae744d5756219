"""Functions that share their first parameters: these become attributes, and calls make or use an object."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field

from offbook.analysis import span_of
from offbook.analysis.variables import is_rebound, local_places
from offbook.notebook import CellId
from offbook.refactor.classes.calls import SharedCall, make_object, read_call, use_object
from offbook.refactor.classes.draft import Draft, find_comma
from offbook.refactor.classes.members import Member
from offbook.refactor.module.reads import evaluated_names
from offbook.refactor.module.scene import Moment, Scene
from offbook.refactor.uses.finding import Use, find_uses, shadowing_scope
from offbook.refactor.uses.signature import find_brackets
from offbook.text import Position, Span


@dataclass
class SharedObject:
    """An object that several calls use.

    Attributes:
        name: its variable.
        values: the variables that it is made of.
        calls: the calls.
        made: when it is made.
    """

    name: str
    values: tuple[str, ...]
    made: Moment
    calls: list[SharedCall] = field(default_factory=list)


def shared_parameters(nodes: Sequence[ast.FunctionDef | ast.AsyncFunctionDef]) -> tuple[str, ...]:
    """Return the names of the first parameters that all functions have in common."""
    found: list[str] = []
    for arguments in zip(*(node.args.args for node in nodes), strict=False):
        if len({argument.arg for argument in arguments}) > 1:
            break
        found.append(arguments[0].arg)
    return tuple(found) if not any(node.args.posonlyargs for node in nodes) else ()


class ParameterSharing:
    """Edits functions and calls so that objects hold the first parameters."""

    def __init__(self, draft: Draft, members: Sequence[Member], shared: Sequence[str], name: str, wish: str) -> None:
        self.draft = draft
        self.scene: Scene = draft.scene
        self.members = members
        self.shared = tuple(shared)
        self.name = name
        self.wish = wish
        self.objects: list[SharedObject] = []
        self.copied: set[tuple[str, str]] = set()

    def write(self) -> None:
        """Make all edits.

        Raises:
            RefusedError: where a method could not do the same.
        """
        for member in self.members:
            self._check_defaults(member)
            self._head(member)
            self._body(member)
        outside: list[tuple[Use, SharedCall]] = []
        for member in self.members:
            outside += self._calls_of(member)
        outside.sort(key=lambda pair: (pair[0].number, pair[0].read.span.start))
        self._share(outside)

    # the functions

    def _check_defaults(self, member: Member) -> None:
        for name in self.shared:
            mine, first = _default(member.node, name), _default(self.members[0].node, name)
            if (mine is None) != (first is None) or (mine and first and ast.dump(mine) != ast.dump(first)):
                raise self.draft.refuse(
                    *(member.cell, member.definition.span),
                    f"`{name}` has another default in `{member.name}` than in `{self.members[0].name}`",
                )
            if mine is not None and not _is_constant(mine):
                raise self.draft.refuse(
                    member.cell, span_of(mine), f"the default of `{name}` is computed", "Use a plain value, or none."
                )

    def _head(self, member: Member) -> None:
        """Put ``self`` in the place of the shared parameters."""
        arguments, cell = member.node.args, member.cell
        lines = self.draft.lines(cell)
        _, closing = find_brackets(self.scene.analysis.facts_of(cell).masked.text, member.node)
        last = arguments.args[len(self.shared) - 1]
        end = span_of(last).end
        default = _default(member.node, last.arg)
        end = span_of(default).end if default is not None else end
        comma = find_comma(lines, end, closing)
        start = span_of(arguments.args[0]).start
        bracketed = comma is None and lines.slice(Span(end, closing)).strip()
        stop = Position(comma.line, comma.column + 1) if comma is not None else closing if bracketed else end
        if "#" in lines.slice(Span(start, stop)):
            raise self.draft.refuse(
                cell, Span(start, stop), "a comment stands between the parameters", "Put it into the docstring."
            )
        self.draft.put(cell, Span(start, stop), "self," if comma is not None else "self")

    def _body(self, member: Member) -> None:
        """Let the body read attributes; a parameter that it changes is copied from them first."""
        node = member.node
        texts = {name for call in _calls(node) for name, _ in evaluated_names(call)}
        copied = [name for name in self.shared if is_rebound(node, name) or name in texts]
        used = [name for name in copied if local_places(node, name) or name in texts]
        self.copied |= {(member.name, name) for name in copied}
        if used:
            first = node.body[1 if ast.get_docstring(node) is not None and len(node.body) > 1 else 0]
            place = span_of(first).start
            if isinstance(first, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and first.decorator_list:
                above = span_of(first.decorator_list[0]).start
                place = Position(above.line, above.column - 1)
            before = self.draft.lines(member.cell).line(place.line)[: place.column]
            join = f"{self.draft.line_end(member.cell)}{before}" if not before.strip() else "; "
            text = "".join(f"{name} = self.{name}{join}" for name in used)
            self.draft.insert(member.cell, place, text)
        for name in self.shared:
            if name not in copied:
                for read in local_places(node, name):
                    self.draft.rename(member.cell, read, f"self.{name}")

    # the calls

    def _calls_of(self, member: Member) -> list[tuple[Use, SharedCall]]:
        """Edit the calls inside the functions; return all others."""
        outside: list[tuple[Use, SharedCall]] = []
        for use in find_uses(self.scene, member.name):
            if use.call is None or use.read.guarded:
                raise self.draft.refuse(
                    *(use.cell, use.read.span),
                    f"cell {use.number + 1} uses `{member.name}` as a value, which says nothing of "
                    f"{', '.join(f'`{name}`' for name in self.shared)}",
                    "Call it there, in a lambda or a function.",
                )
            found = read_call(self.draft, use.cell, use.call, self.shared)
            around = self._member_around(use)
            if around is None:
                outside.append((use, found))
            elif self._passes_own(around, found):
                use_object(self.draft, found, "self")
            else:
                make_object(self.draft, found, self.name)
        return outside

    def _member_around(self, use: Use) -> Member | None:
        start = use.read.span.start
        here = (member for member in self.members if member.cell == use.cell and member.whole.covers(start))
        return next(here, None)

    def _passes_own(self, around: Member, found: SharedCall) -> bool:
        """Tell whether a call in a function passes on the shared parameters of that function."""
        if found.names != self.shared:
            return False
        for name, value in zip(self.shared, found.given, strict=True):
            own = any(place is value for place in local_places(around.node, name))
            if not own or (around.name, name) in self.copied:
                return False
        return True

    def _share(self, calls: Sequence[tuple[Use, SharedCall]]) -> None:
        """Let calls that pass the same variables use one object, where these do not change in between."""
        groups: dict[tuple[str, ...], list[tuple[Use, SharedCall]]] = {}
        for use, found in calls:
            groups.setdefault(found.names if self._is_plain(use, found) else (), []).append((use, found))
        for names, pairs in groups.items():
            if len(names) == len(self.shared) and len(pairs) > 1 and self._make_above(names, pairs[0][0]):
                shared = self.objects[-1]
                for _, found in pairs:
                    use_object(self.draft, found, shared.name)
                    shared.calls.append(found)
            else:
                for _, found in pairs:
                    make_object(self.draft, found, self.name)

    def _is_plain(self, use: Use, found: SharedCall) -> bool:
        """Tell whether a call stands at the notebook's top level, and passes its variables."""
        tree = self.scene.analysis.facts_of(use.cell).tree
        if use.owner or tree is None or not found.names:
            return False
        return all(shadowing_scope(tree, use.name, name) is None for name in found.names)

    def _make_above(self, values: tuple[str, ...], first: Use) -> bool:
        """Make an object above the statement of its first use; tell whether that is safe."""
        facts = self.scene.analysis.facts_of(first.cell)
        statement = statement_around(facts.tree, first.name)
        if statement is None or facts.masked.cell_magic is not None:
            return False
        start = first_line(statement)
        if not all(self._is_settled(name, Moment(first.number, start.line)) for name in values):
            return False
        name = self._free_name()
        line = f"{name} = {self.name}({', '.join(values)})"
        if not self.draft.line_above(first.cell, start, line):
            return False
        self.objects.append(SharedObject(name, values, Moment(first.number, start.line)))
        return True

    def _free_name(self) -> str:
        return self.wish if not self.objects else f"{self.wish}_{len(self.objects) + 1}"

    def _is_settled(self, name: str, moment: Moment) -> bool:
        """Tell whether a variable has its last value at a moment."""
        flow = self.scene.flow
        if flow.deletions(name) or any(star.may_bind(name) for star in self.scene.stars):
            return False
        bindings = flow.bindings(name)
        early = all(Moment(index, binding.span.start.line) < moment for index, binding in bindings)
        plain = all(binding.kind != "global" for _, binding in bindings)
        return early and plain and any(binding.unconditional for _, binding in bindings)


def statement_around(tree: ast.Module | None, place: ast.AST) -> ast.stmt | None:
    """Return the statement at a cell's top level that holds a node."""
    start = span_of(place).start
    body = tree.body if tree is not None else []
    return next((node for node in body if first_line(node) <= start < span_of(node).end), None)


def first_line(statement: ast.stmt) -> Position:
    """Return where a statement starts, with its decorators."""
    start = span_of(statement).start
    decorators = getattr(statement, "decorator_list", [])
    return Position(min([start.line, *(span_of(item).start.line for item in decorators)]), start.column)


def home_of(members: Sequence[Member], cell: CellId, place: Position) -> Member | None:
    """Return the function whose lines hold a place."""
    return next((member for member in members if member.cell == cell and member.whole.covers(place)), None)


def _default(node: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> ast.expr | None:
    arguments, defaults = node.args.args, node.args.defaults
    for argument, default in zip(arguments[len(arguments) - len(defaults) :], defaults, strict=True):
        if argument.arg == name:
            return default
    return None


def _is_constant(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp):
        return _is_constant(node.operand)
    if isinstance(node, ast.Tuple):
        return all(map(_is_constant, node.elts))
    return isinstance(node, ast.Constant)


def _calls(node: ast.AST) -> list[ast.Call]:
    return [inner for inner in ast.walk(node) if isinstance(inner, ast.Call)]
