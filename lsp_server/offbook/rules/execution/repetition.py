"""Statements that do something else when they run a second time: they start from the value that they left."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from offbook.analysis.expressions import root_name
from offbook.analysis.nodes import text_of, walk
from offbook.rules.execution.selfcalls import grows, makes_another, renews_in_place
from offbook.rules.execution.selfcolumns import recodes

_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Pow, ast.MatMult)


class Repetition(NamedTuple):
    """A statement that may not be run twice.

    Attributes:
        name: the name at its bottom.
        node: the statement.
        container: it needs to be known that the name holds a list or a dict.
    """

    name: str
    node: ast.stmt
    container: bool = False


def repetitions(tree: ast.Module, names: Collection[str]) -> Iterator[Repetition]:
    """Yield such statements of a cell: at its top, and in its ``for`` and ``with`` blocks.

    Args:
        tree: the cell.
        names: what it may find from before; only what starts from one of these is looked at.
    """
    chosen = [pair for pair in _statements(tree.body, (), False) if _changed_name(pair[0]) in names]
    written = _Written(tree)
    for statement, tests in chosen:
        found = _judge(statement, tree, written)
        if found is not None and not any(mentions(test, {found.name}) for test in tests):
            yield found


def mentions(node: ast.AST, names: set[str]) -> bool:
    """Tell whether one of the names stands in a piece of code."""
    return any(isinstance(part, ast.Name) and part.id in names for part in walk(node))


def _statements(
    body: Iterable[ast.stmt], tests: tuple[ast.expr, ...], looping: bool
) -> Iterator[tuple[ast.stmt, tuple[ast.expr, ...]]]:
    """Yield statements with the conditions they stand behind; a condition outside of loops may be a guard."""
    for statement in body:
        if isinstance(statement, ast.For):
            yield from _statements(statement.body, tests, True)
        elif isinstance(statement, ast.With):
            yield from _statements(statement.body, tests, looping)
        elif isinstance(statement, ast.If) and looping:
            yield from _statements([*statement.body, *statement.orelse], (*tests, statement.test), True)
        else:
            yield statement, tests


def _changed_name(statement: ast.stmt) -> str | None:
    """Return the name at the bottom of what a statement changes."""
    if isinstance(statement, ast.AugAssign):
        return root_name(statement.target)
    if isinstance(statement, ast.Assign | ast.Delete):
        return root_name(statement.targets[0])
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return root_name(statement.value.func)
    return None


class _Written:
    """What a cell assigns to, where the old value is not part of the new one; found when it is first asked for."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree

    @cached_property
    def texts(self) -> set[str]:
        """The targets, as code."""
        return {text_of(target) for target in _plain_targets(self._tree)}


def _plain_targets(tree: ast.Module) -> Iterator[ast.expr]:
    """Yield what the cell assigns to, where the old value is not part of the new one."""
    for node in walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                root = root_name(target)
                if root is None or not mentions(node.value, {root}) or not _contains(node.value, text_of(target)):
                    yield target


def _contains(value: ast.expr, text: str) -> bool:
    return any(isinstance(part, ast.expr) and text_of(part) == text for part in walk(value))


def _judge(statement: ast.stmt, tree: ast.Module, written: _Written) -> Repetition | None:
    if isinstance(statement, ast.AugAssign):
        return _augmented(statement, tree, written)
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        return _assigned(statement, statement.targets[0], tree, written)
    if isinstance(statement, ast.Delete) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
            return _unless_written(target.value.id, statement, target, written)
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        call = statement.value
        if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
            name = call.func.value.id
            if grows(call, tree):
                return Repetition(name, statement, True)
            if renews_in_place(call) and not mentions_derived([*call.args, *call.keywords], name, tree):
                return _unless_changed(name, statement, written)
    return None


def _augmented(statement: ast.AugAssign, tree: ast.Module, written: _Written) -> Repetition | None:
    name = root_name(statement.target)
    if name is None or not isinstance(statement.op, _ARITHMETIC):
        return None
    if isinstance(statement.op, ast.Sub) and not _is_numeric(statement.value):
        return None
    if isinstance(statement.target, ast.Name):
        return None if mentions_derived([statement.value], name, tree) else Repetition(name, statement)
    return _element(statement, statement.target, [statement.value], tree, written)


def _assigned(statement: ast.Assign, target: ast.expr, tree: ast.Module, written: _Written) -> Repetition | None:
    if isinstance(target, ast.Name):
        others = _others(statement.value, text_of(target))
        if others is not None:
            return None if mentions_derived(others, target.id, tree) else Repetition(target.id, statement)
        arguments = makes_another(statement.value, target.id)
        if arguments is None or mentions_derived(arguments, target.id, tree):
            return None
        return _unless_changed(target.id, statement, written)
    parts: Sequence[ast.AST] | None = _others(statement.value, text_of(target))
    if parts is None and isinstance(target, ast.Subscript):
        parts = recodes(statement, tree)
    return _element(statement, target, parts, tree, written) if parts is not None else None


def _others(value: ast.expr, text: str) -> list[ast.expr] | None:
    """Return the other operands of arithmetic in which an expression stands just once; ``None`` if it is not so."""
    operands: list[ast.expr] = []

    def collect(node: ast.expr) -> None:
        if isinstance(node, ast.BinOp) and isinstance(node.op, _ARITHMETIC):
            collect(node.left)
            collect(node.right)
        else:
            operands.append(node)

    collect(value)
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Sub) and not _is_numeric(value):
        return None
    others = [operand for operand in operands if text_of(operand) != text]
    return others if len(operands) == len(others) + 1 and others else None


def _is_numeric(value: ast.expr) -> bool:
    """Tell whether subtraction is about numbers for certain; between sets, a second one changes nothing."""
    return any(
        (isinstance(node, ast.Constant) and isinstance(node.value, int | float))
        or (isinstance(node, ast.BinOp) and not isinstance(node.op, ast.Sub | ast.Add))
        for node in walk(value)
        if not isinstance(node, ast.Subscript)
    )


def _element(
    statement: ast.stmt, target: ast.expr, others: Sequence[ast.AST], tree: ast.Module, written: _Written
) -> Repetition | None:
    """Judge arithmetic on ``x["a"]`` or ``x.a``."""
    name = root_name(target)
    prefix = target
    while isinstance(prefix, ast.Subscript | ast.Attribute):
        if text_of(prefix) in written.texts:
            return None
        if isinstance(prefix, ast.Subscript) and name is not None and mentions(prefix.slice, {name}):
            return None
        prefix = prefix.value
    if name is None or mentions_derived(others, name, tree):
        return None
    return Repetition(name, statement)


def _unless_written(name: str, statement: ast.stmt, target: ast.expr, written: _Written) -> Repetition | None:
    return None if text_of(target) in written.texts else Repetition(name, statement)


def _unless_changed(name: str, statement: ast.stmt, written: _Written) -> Repetition | None:
    """Judge what depends on an object's parts: not if the cell makes parts of it itself."""
    changed = any(text.startswith((f"{name}[", f"{name}.")) for text in written.texts)
    return None if changed else Repetition(name, statement)


def mentions_derived(nodes: Iterable[ast.AST], name: str, tree: ast.Module) -> bool:
    """Tell whether code uses a name, or what the cell computes from it: then it may level the repetition out.

    So may what the cell computes from other data that it changes (the mean of the training rows that it scales).
    """
    changed, steps = _derivations(tree)
    names = {name, *changed}
    while True:
        found = {target for targets, sources in steps if not sources.isdisjoint(names) for target in targets} - names
        if not found:
            return any(mentions(node, names) for node in nodes)
        names |= found


@lru_cache(maxsize=1)
def _derivations(tree: ast.Module) -> tuple[frozenset[str], tuple[tuple[frozenset[str], frozenset[str]], ...]]:
    """Return the names whose elements a cell changes, and for each assignment and loop its targets and sources."""
    changed: set[str] = set()
    steps: list[tuple[frozenset[str], frozenset[str]]] = []
    for node in walk(tree):
        if (root := _changed(node)) is not None:
            changed.add(root)
        if isinstance(node, ast.Assign):
            steps.append((_names(*node.targets), _names(node.value)))
        elif isinstance(node, ast.AugAssign):
            steps.append((_names(node.target), _names(node.value)))
        elif isinstance(node, ast.For):
            steps.append((_names(node.target), _names(node.iter)))
    return frozenset(changed), tuple(steps)


def _names(*nodes: ast.AST) -> frozenset[str]:
    return frozenset(part.id for node in nodes for part in walk(node) if isinstance(part, ast.Name))


def _changed(node: ast.AST) -> str | None:
    """Return the name whose object arithmetic on its elements changes: ``x[:, 1] = x[:, 1] - 3``."""
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Subscript):
        return root_name(node.target)
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Subscript):
        return root_name(node.targets[0]) if _others(node.value, text_of(node.targets[0])) is not None else None
    return None
