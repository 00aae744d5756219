"""Where a variable of the notebook, or of one function, stands in the code.

The rules are those of the language reference, section 4.2 (naming and binding). What a class body binds is its own, and
hidden from the functions in it; targets of comprehensions are theirs.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def notebook_places(tree: ast.AST, name: str) -> list[ast.Name]:
    """Return where a name stands for the notebook's variable: at top level, and in functions that have none."""
    return list(_places(tree, name, top=True))


def local_places(function: Function, name: str) -> list[ast.Name]:
    """Return where a name stands for a function's own variable: in its body, and in the functions inside it."""
    return [place for node in _body(function) for place in _places(node, name, top=False)]


def own_names(function: Function) -> set[str]:
    """Return the names of a function's own variables, its parameters among them."""
    body = _body(function)
    found = {argument.arg for argument in parameters(function)}
    for node in body:
        found.update(_bound(node))
    return found - _declared(body, ast.Global) - _declared(body, ast.Nonlocal)


def is_rebound(function: Function, parameter: str) -> bool:
    """Tell whether a function, or one inside it, gives a parameter another value or deletes it."""
    if any(parameter in _bound(node) for node in _body(function)):
        return True
    return any(not isinstance(place.ctx, ast.Load) for place in local_places(function, parameter))


def parameters(function: Function) -> list[ast.arg]:
    """Return all parameters of a function in their order."""
    found = function.args
    stars = [found.vararg] if found.vararg else []
    return [*found.posonlyargs, *found.args, *stars, *found.kwonlyargs, *([found.kwarg] if found.kwarg else [])]


def words_of(tree: ast.AST | None) -> set[str]:
    """Return every name that code binds or reads, at any level."""
    found: set[str] = set()
    for node in ast.walk(tree or ast.Module([], [])):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.alias):
            found.add(node.asname or node.name.partition(".")[0])
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            found.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            found.add(node.rest)
    return found


def _places(node: ast.AST, name: str, *, top: bool) -> Iterator[ast.Name]:
    if isinstance(node, ast.Name):
        if node.id == name:
            yield node
    elif isinstance(node, _FUNCTIONS):
        for part in _head(node):
            yield from _places(part, name, top=top)
        if _is_seen(node, name, top=top):
            for inner in _body(node):
                yield from _places(inner, name, top=top)
    elif isinstance(node, ast.ClassDef):
        for part in (*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)):
            yield from _places(part, name, top=top)
        own = any(name in _bound(part) for part in node.body) and name not in _declared(node.body, ast.Global)
        for inner in _functions(node.body) if own else node.body:
            yield from _places(inner, name, top=top)
    elif isinstance(node, _COMPREHENSIONS):
        first, *others = node.generators
        yield from _places(first.iter, name, top=top)
        if not any(name in _stored(generator.target) for generator in node.generators):
            elements = (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
            for inner in (*first.ifs, *others, *elements):
                yield from _places(inner, name, top=top)
    else:
        for child in ast.iter_child_nodes(node):
            yield from _places(child, name, top=top)


def _body(function: Function) -> list[ast.AST]:
    return [function.body] if isinstance(function, ast.Lambda) else [*function.body]


def _head(function: Function) -> Iterator[ast.expr]:
    """Yield what is evaluated where a function is defined."""
    if not isinstance(function, ast.Lambda):
        yield from function.decorator_list
        yield from (item.annotation for item in parameters(function) if item.annotation is not None)
        if function.returns is not None:
            yield function.returns
    yield from function.args.defaults
    yield from (default for default in function.args.kw_defaults if default is not None)


def _is_seen(function: Function, name: str, *, top: bool) -> bool:
    """Tell whether a function's body sees the variable of the scope that is asked for."""
    body = _body(function)
    if name in _declared(body, ast.Global):
        return top
    if name in _declared(body, ast.Nonlocal):
        return not top
    return name not in own_names(function)


def _functions(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield the outermost functions in some statements."""
    for node in body:
        if isinstance(node, _FUNCTIONS):
            yield node
        else:
            yield from _functions(ast.iter_child_nodes(node))


def _declared(body: Iterable[ast.AST], kind: type[ast.Global] | type[ast.Nonlocal]) -> set[str]:
    """Return the names that statements declare ``global`` or ``nonlocal``, functions and classes inside left out."""
    found: set[str] = set()
    for node in body:
        if isinstance(node, kind):
            found.update(node.names)
        elif isinstance(node, ast.stmt) and not isinstance(node, _FUNCTIONS | ast.ClassDef):
            found |= _declared(ast.iter_child_nodes(node), kind)
        elif isinstance(node, ast.ExceptHandler | ast.match_case):
            found |= _declared(node.body, kind)
    return found


def _bound(node: ast.AST) -> set[str]:
    """Return the names that code binds or deletes in its own scope."""
    found: set[str] = set()
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        found.add(node.name)
    elif isinstance(node, ast.Lambda):
        pass
    elif isinstance(node, _COMPREHENSIONS):
        found.update(inner.target.id for inner in ast.walk(node) if isinstance(inner, ast.NamedExpr))
    else:
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found.update(alias.asname or alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            found.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            found.add(node.rest)
        for child in ast.iter_child_nodes(node):
            found |= _bound(child)
    return found


def _stored(target: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(target) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
