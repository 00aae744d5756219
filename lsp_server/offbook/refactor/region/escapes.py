"""What outlives a call: functions that code hands out, and objects that work only while someone holds them."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence

_AT_ONCE = frozenset(
    "apply applymap agg aggregate transform assign pipe filter groupby rename sort sorted min max reduce any all sum "
    "list tuple set dict curve_fit minimize quad solve_ivp odeint root fsolve fmin brentq bisect newton "
    "minimize_scalar apply_along_axis vectorize fromfunction".split()
)
"""Calls that are done with a function when they return."""

_HOLDERS = frozenset(
    "open FuncAnimation ArtistAnimation TemporaryDirectory NamedTemporaryFile TemporaryFile Popen connect Pool "
    "ThreadPoolExecutor ProcessPoolExecutor Timer Thread Process socket urlopen memmap File Dataset Session "
    "InteractiveSession interactive interact Button".split()
)
"""Calls whose result works, or stays open, only as long as someone holds it."""

_LAZY = frozenset({"filter", "groupby"})
"""Functions that are at once as methods of a table, and not by their names alone: ``filter(test, values)``."""

_CONSUMERS = _AT_ONCE | frozenset("join extend update next frozenset bytes Counter OrderedDict deque fsum prod".split())
"""Calls that have used up a generator when they return."""

_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def kept_alive(body: Sequence[ast.stmt]) -> frozenset[str]:
    """Return names of objects that would be closed or lost with the last reference."""
    found: set[str] = set()
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                function = node.value.func
                called = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
                if called in _HOLDERS:
                    targets = (inner for target in node.targets for inner in ast.walk(target))
                    found |= {inner.id for inner in targets if isinstance(inner, ast.Name)}
    return frozenset(found)


def escaping_reads(body: Sequence[ast.stmt], gives: Collection[str]) -> Iterator[tuple[str, ast.AST]]:
    """Yield the names that are looked up by functions which may be called when the code has ended."""
    parents = {
        child: node for statement in body for node in ast.walk(statement) for child in ast.iter_child_nodes(node)
    }
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, _Function) and _escapes(node, parents, body, gives):
                own = _own_names(node)
                parts = node.body if isinstance(node.body, list) else [node.body]
                for part in parts:
                    for inner in ast.walk(part):
                        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load) and inner.id not in own:
                            yield inner.id, inner
            elif isinstance(node, ast.GeneratorExp) and not _is_done(parents.get(node), _CONSUMERS):
                for inner in ast.walk(node):
                    if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load):
                        yield inner.id, inner


def _own_names(node: _Function) -> set[str]:
    """Return the names that a function binds itself; too few at most where it holds other functions."""
    arguments = node.args
    every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg)
    found = {argument.arg for argument in every if argument is not None}
    if not isinstance(node, ast.Lambda):
        for statement in node.body:
            found |= {
                inner.id
                for inner in ast.walk(statement)
                if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)
            }
    return found


def _escapes(
    node: _Function, parents: dict[ast.AST, ast.AST], body: Sequence[ast.stmt], gives: Collection[str]
) -> bool:
    """Tell whether a function may be called after the code has ended."""
    parent = parents.get(node)
    if isinstance(node, ast.Lambda):
        if isinstance(parent, ast.keyword):
            parent = parents.get(parent)
        if isinstance(parent, ast.Dict | ast.List | ast.Tuple):
            parent = parents.get(parent)
            parent = parents.get(parent) if isinstance(parent, ast.keyword) else parent
        return not (_is_done(parent, _AT_ONCE) and getattr(parent, "func", None) is not node)
    if parent is not None and not isinstance(parent, ast.If | ast.For | ast.While | ast.With | ast.Try):
        return False  # it stands in another function, which is asked itself, or in a class, which does not move
    if node.name in gives or node.decorator_list or _hands_out(node):
        return True
    uses = [
        inner
        for statement in body
        for inner in ast.walk(statement)
        if isinstance(inner, ast.Name) and inner.id == node.name
    ]
    return not all(_is_at_once(use, parents) for use in uses)


def _is_at_once(use: ast.Name, parents: dict[ast.AST, ast.AST]) -> bool:
    """Tell whether a use of a function calls it, or passes it to something that does at once."""
    parent = parents.get(use)
    if isinstance(parent, ast.Call) and parent.func is use:
        return True
    if isinstance(parent, ast.keyword):
        parent = parents.get(parent)
    return _is_done(parent, _AT_ONCE)


def _hands_out(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Tell whether what a function returns may run its code later: a generator, a coroutine, an inner function."""
    later = ast.Yield | ast.YieldFrom | ast.FunctionDef | ast.AsyncFunctionDef
    return isinstance(node, ast.AsyncFunctionDef) or any(
        isinstance(inner, later) for inner in ast.walk(node) if inner is not node
    )


def _is_done(parent: ast.AST | None, calls: Collection[str]) -> bool:
    """Tell whether a call is done with its arguments when it returns."""
    if not isinstance(parent, ast.Call):
        return False
    called = _called(parent)
    return called in calls and not (isinstance(parent.func, ast.Name) and called in _LAZY)


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
