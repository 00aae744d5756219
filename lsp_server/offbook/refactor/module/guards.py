"""Imports that have a way out (``try: import x`` ... ``except ImportError: x = None``): the module gets them whole.

The notebook keeps its own; imported twice, a module is still the same.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from offbook.analysis import Binding, span_of
from offbook.refactor.module.scene import Moment, Scene
from offbook.text import Lines

_MISSING = frozenset({"ImportError", "ModuleNotFoundError", "Exception"})


@dataclass(frozen=True, slots=True)
class Guard:
    """A statement that binds names by imports, whatever is installed.

    Attributes:
        text: its source.
        names: what it binds.
        modules: what it may import.
        moment: when it runs.
    """

    text: str
    names: frozenset[str]
    modules: frozenset[str]
    moment: Moment


def find_guard(scene: Scene, name: str) -> Guard | None:
    """Return the only statement that binds a name, where it imports that or does without."""
    bindings = scene.flow.bindings(name)
    if not bindings or scene.flow.deletions(name) or len({index for index, _ in bindings}) > 1:
        return None
    index = bindings[0][0]
    facts = scene.facts_at(index)
    for node in facts.tree.body if facts.tree is not None else ():
        if isinstance(node, ast.Try) and all(_stands_in(node, binding) for _, binding in bindings):
            names = _bound(node)
            alone = all(
                at == index and _stands_in(node, binding)
                for other in names
                for at, binding in scene.flow.bindings(other)
            )
            magics = any(magic.span.overlaps(span_of(node)) for magic in facts.masked.magics)
            if not _only_imports(node) or not alone or magics or any(scene.flow.mutations(other) for other in names):
                return None
            text = Lines(facts.source).slice(span_of(node)).replace("\r\n", "\n")
            return Guard(text, frozenset(names), frozenset(_modules(node)), Moment(index, node.lineno - 1))
    return None


def _stands_in(node: ast.Try, binding: Binding) -> bool:
    return span_of(node).covers(binding.span.start)


def _only_imports(node: ast.Try) -> bool:
    """Tell whether a statement does nothing but import, or note that it could not."""
    handlers = (
        isinstance(handler.type, ast.Name) and handler.type.id in _MISSING and handler.name is None
        for handler in node.handlers
    )
    parts = [*node.body, *node.orelse, *(part for handler in node.handlers for part in handler.body)]
    return bool(node.handlers) and not node.finalbody and all(handlers) and all(map(_is_harmless, parts))


def _is_harmless(node: ast.stmt) -> bool:
    if isinstance(node, ast.Import):
        return True
    if isinstance(node, ast.ImportFrom):
        return not node.level and node.module not in ("__future__", "__main__") and node.names[0].name != "*"
    if isinstance(node, ast.Assign):
        return isinstance(node.value, ast.Constant) and all(isinstance(target, ast.Name) for target in node.targets)
    return isinstance(node, ast.Pass)


def _bound(node: ast.Try) -> set[str]:
    names: set[str] = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.alias):
            names.add(inner.asname or inner.name.partition(".")[0])
        elif isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            names.add(inner.id)
    return names


def _modules(node: ast.Try) -> set[str]:
    found: set[str] = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Import):
            found.update(alias.name for alias in inner.names)
        elif isinstance(inner, ast.ImportFrom):
            found.add(inner.module or "")
    return found
