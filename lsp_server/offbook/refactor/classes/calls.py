"""Calls of functions that share their first parameters: which arguments are the shared ones, and the new call."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from offbook.analysis import span_of
from offbook.notebook import CellId
from offbook.refactor.classes.draft import Draft, after_blanks, find_comma
from offbook.text import Position, Span


@dataclass(frozen=True, slots=True)
class SharedCall:
    """A call, and its leading arguments, which an object takes.

    Attributes:
        cell: where it stands.
        call: the call.
        given: the values of the shared parameters that it passes, in order.
        last: the argument or keyword that ends them; ``None`` where it passes none.
        commented: whether comments stand between them, which would be lost without them.
    """

    cell: CellId
    call: ast.Call
    given: tuple[ast.expr, ...]
    last: ast.expr | None
    commented: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The variables that it passes, and nothing else; empty where an object cannot stand for them."""
        if self.commented:
            return ()
        names = tuple(node.id for node in self.given if isinstance(node, ast.Name))
        return names if len(names) == len(self.given) else ()


def read_call(draft: Draft, cell: CellId, call: ast.Call, shared: Sequence[str]) -> SharedCall:
    """Return a call with its shared arguments.

    Raises:
        RefusedError: where these do not come first, or cannot be told.
    """
    span = span_of(call)
    ordered: list[tuple[str, ast.expr]] = []
    for number, argument in enumerate(call.args):
        if isinstance(argument, ast.Starred) and number < len(shared):
            raise draft.refuse(cell, span, "the call unpacks its first arguments (`*`)", "Pass them one by one.")
        ordered.append((shared[number] if number < len(shared) else "", argument))
    if len(call.args) == 1 and isinstance(call.args[0], ast.GeneratorExp) and not call.keywords:
        raise draft.refuse(cell, span, "the call has a generator as its only argument", "Put it into brackets.")
    ordered += ((keyword.arg or "**", keyword.value) for keyword in call.keywords)
    given = [name for name, _ in ordered if name in shared]
    if any(name == "**" for name, _ in ordered) and len(given) < len(shared):
        raise draft.refuse(cell, span, "the call unpacks its arguments (`**`)", "Pass the first ones by name.")
    if [name for name, _ in ordered[: len(given)]] != given or list(shared[: len(given)]) != given:
        raise draft.refuse(
            cell, span, f"the call does not pass {_listed(shared)} first, in this order", "Put them in front."
        )
    values = tuple(value for _, value in ordered[: len(given)])
    lines = draft.lines(cell)
    head = span_of(call.func).end
    behind = (find_comma(lines, span_of(values[-1]).end, _closing(call)) or _closing(call)) if values else head
    commented = "#" in lines.slice(Span(head, behind))
    return SharedCall(cell, call, values, values[-1] if values else None, commented)


def make_object(draft: Draft, found: SharedCall, class_name: str) -> None:
    """Let a call make its object: ``f(a, b, x)`` becomes ``Name(a, b).f(x)``."""
    cell, call = found.cell, found.call
    function = call.func
    assert isinstance(function, ast.Name)
    lines = draft.lines(cell)
    if found.last is None:
        draft.rename(cell, function, f"{class_name}().{function.id}")
        return
    draft.rename(cell, function, class_name)
    middle = f").{function.id}("
    comma = find_comma(lines, span_of(found.last).end, _closing(call))
    if comma is None:
        draft.insert(cell, _closing(call), middle)
    else:
        behind = after_blanks(lines, Position(comma.line, comma.column + 1))
        draft.put(cell, Span(comma, behind), middle)


def use_object(draft: Draft, found: SharedCall, name: str) -> None:
    """Let a call use an object: ``f(a, b, x)`` becomes ``name.f(x)``."""
    cell, call = found.cell, found.call
    function = call.func
    assert isinstance(function, ast.Name)
    lines = draft.lines(cell)
    end = _closing(call)
    if found.last is not None:
        comma = find_comma(lines, span_of(found.last).end, end)
        end = after_blanks(lines, Position(comma.line, comma.column + 1)) if comma is not None else end
    span = Span(span_of(function).start, end)
    if found.last is None:
        draft.rename(cell, function, f"{name}.{function.id}")
    else:
        draft.put(cell, span, f"{name}.{function.id}(")


def _closing(call: ast.Call) -> Position:
    end = span_of(call).end
    return Position(end.line, end.column - 1)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
