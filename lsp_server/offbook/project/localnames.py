"""Renames a function's own variable or parameter, or says why that is not safe."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from offbook.analysis import span_of
from offbook.analysis.variables import Function, local_places, own_names, parameters, words_of
from offbook.errors import UserError
from offbook.project.unit import Unit
from offbook.text import Lines, Position, Span

_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_LOOKING = frozenset({"locals", "vars", "dir", "eval", "exec"})


@dataclass(frozen=True, slots=True)
class LocalName:
    """A function's own variable.

    Attributes:
        unit: the notebook or module.
        number: the number of its source.
        function: the function.
        name: the variable.
        span: where it was pointed at.
        inside: the class around it, for methods.
    """

    unit: Unit
    number: int
    function: Function
    name: str
    span: Span
    inside: str = ""

    @property
    def called(self) -> str:
        """What calls of the function are made by: its name, the class's for ``__init__``; empty for lambdas."""
        if isinstance(self.function, ast.Lambda):
            return ""
        return self.inside if self.function.name == "__init__" else self.function.name

    @property
    def shown(self) -> str:
        """The function in the user's words."""
        return "the lambda" if isinstance(self.function, ast.Lambda) else f"`{self.function.name}`"


def find_local(unit: Unit, number: int, position: Position) -> LocalName | None:
    """Return the variable of a function at a place of a source."""
    tree = unit.sources[number][1].tree
    found = _around(tree, position, "") if tree is not None else []
    for function, inside in reversed(found):
        for argument in parameters(function):
            if _argument_span(argument).covers(position):
                return LocalName(unit, number, function, argument.arg, _argument_span(argument), inside)
        for name in own_names(function):
            for place in local_places(function, name):
                if span_of(place).covers(position):
                    return LocalName(unit, number, function, name, span_of(place), inside)
    return None


def local_spans(local: LocalName, new: str, users: Iterable[Unit]) -> list[Span]:
    """Return every place of the variable.

    Args:
        local: the variable.
        new: its new name.
        users: the notebooks and modules that may call the function.

    Raises:
        UserError: where another name would mean something else, or a place cannot be edited.
    """
    function, name = local.function, local.name
    lines = Lines(local.unit.sources[local.number][1].source)
    words = words_of(function)
    if new in words:
        raise UserError(f"`{new}` is a name in {local.shown} already")
    if not words.isdisjoint(_LOOKING):
        raise UserError(f"{local.shown} uses `{min(words & _LOOKING)}`, which looks names up by their text")
    places = local_places(function, name)
    _check_forms(local)
    own = [argument for argument in parameters(function) if argument.arg == name]
    if own:
        _check_calls(local, users)
    spans = sorted({*(span_of(place) for place in places), *map(_argument_span, own)})
    if any(lines.slice(span) != name for span in spans):
        raise UserError(f"`{name}` stands in a text or pattern in {local.shown}: rename it there first")
    return spans


def shows_own_name(tree: ast.AST, name: str) -> bool:
    """Tell whether an f-string shows the name itself: ``f"{name=}"``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            for text, value in zip(node.values, node.values[1:], strict=False):
                said = text.value if isinstance(text, ast.Constant) and isinstance(text.value, str) else ""
                words = {inner.id for inner in ast.walk(value) if isinstance(inner, ast.Name)}
                if isinstance(value, ast.FormattedValue) and name in words and said.rstrip().endswith("="):
                    return True
    return False


def _around(node: ast.AST, position: Position, inside: str) -> list[tuple[Function, str]]:
    """Return the functions around a place, outermost first, each with the class that it stands in."""
    for child in ast.iter_child_nodes(node):
        if hasattr(child, "lineno") and not span_of(child).covers(position):
            continue
        within = child.name if isinstance(child, ast.ClassDef) else inside
        found = [(child, within)] if isinstance(child, _FUNCTIONS) else []
        found += _around(child, position, "" if isinstance(child, _FUNCTIONS) else within)
        if found:
            return found
    return []


def _check_forms(local: LocalName) -> None:
    """Refuse variables that something else than a plain name binds or declares, and texts that name them."""
    name = local.name
    for node in ast.walk(local.function):
        bound = getattr(node, "name", None) or getattr(node, "rest", None)
        if isinstance(node, ast.Import | ast.ImportFrom):
            bound = next((alias.name for alias in node.names if name in (alias.asname, alias.name)), None) and name
        declared = isinstance(node, ast.Nonlocal | ast.Global) and name in node.names
        if declared or (bound == name and node is not local.function):
            raise UserError(f"`{name}` is imported, defined or declared in {local.shown}: rename it there by hand")
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and f"@{name}" in node.value:
            raise UserError(f"a text in {local.shown} reads `@{name}`: rename it there first")
    if shows_own_name(local.function, name):
        raise UserError(f"an f-string in {local.shown} shows the name `{name}` itself")


def _check_calls(local: LocalName, users: Iterable[Unit]) -> None:
    """Refuse a parameter that some call may pass by its name."""
    arguments = local.function.args
    by_place = [*arguments.posonlyargs, arguments.vararg, arguments.kwarg]
    if any(argument is not None and argument.arg == local.name for argument in by_place):
        return
    for unit in users:
        for number, (_, facts) in enumerate(unit.sources):
            for call in facts.calls:
                if _passes(call.node, local):
                    cell = f"code cell {number + 1} of " if unit.path.suffix == ".ipynb" else ""
                    where = f"{cell}{unit.path.name}"
                    raise UserError(f"{where} passes `{local.name}` by its name: pass it by its place there first")


def _passes(call: ast.Call, local: LocalName) -> bool:
    keywords = [keyword for keyword in call.keywords if keyword.arg in (local.name, None)]
    if not keywords:
        return False
    if not local.called:  # anybody may call a lambda
        return any(keyword.arg is not None for keyword in keywords)
    names = {_last(call.func), *map(_last, call.args), *(_last(keyword.value) for keyword in call.keywords)}
    return local.called in names


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _argument_span(argument: ast.arg) -> Span:
    start = span_of(argument).start
    return Span(start, Position(start.line, start.column + len(argument.arg)))
