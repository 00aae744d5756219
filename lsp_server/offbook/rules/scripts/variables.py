"""What the names of a notebook are: constants, functions, or variables that cells change."""

from __future__ import annotations

import ast

from offbook.analysis import Binding, Occurrence
from offbook.analysis.nodes import text_of

_FACTORIES = frozenset(
    "lambda namedtuple partial NewType TypeVar vectorize njit jit itemgetter attrgetter lru_cache cache wraps "
    "singledispatch Union Optional Callable".split()
)


def changed_in(cells: list[Occurrence], start: int, end: float) -> list[Occurrence]:
    """Return the cells behind number ``start``, and before ``end``, that give a name another value.

    A cell that repeats an earlier binding word by word gives no other value, and neither does the first of all.
    """
    known = {_text(found) for found in cells if found.number <= start and found.events.binds}
    found_cells = []
    for found in cells:
        if not start < found.number < end:
            continue
        text = _text(found) if found.events.binds else ""
        mutated = any(not mutation.owner for mutation in found.events.mutations)
        if known and ((text and text not in known) or (mutated and not text)):
            found_cells.append(found)
        known |= {text} - {""}
    return found_cells


def is_callable(cells: list[Occurrence]) -> bool:
    """Tell whether a name is, in some cell, a function, a class, a module, or another name for one."""
    bindings = [binding for found in cells for binding in found.events.bindings]
    return any(binding.kind in ("import", "function", "class", "magic") or _makes(binding) for binding in bindings)


def _text(found: Occurrence) -> str:
    return "\n".join(
        text_of(binding.node) if isinstance(binding.node, ast.Assign | ast.AnnAssign) else str(found.number)
        for binding in found.events.bindings
    )


def _value(binding: Binding) -> ast.expr | None:
    node = binding.node
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return node.value
    return None


def _makes(binding: Binding) -> bool:
    """Tell whether an assignment makes a function or class, or gives one another name."""
    value = _value(binding)
    if isinstance(value, ast.Lambda | ast.Attribute):
        return True
    if isinstance(value, ast.Subscript):
        return isinstance(value.value, ast.Name) and value.value.id[:1].isupper()
    if not isinstance(value, ast.Call):
        return False
    function = value.func
    called = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return called in _FACTORIES
