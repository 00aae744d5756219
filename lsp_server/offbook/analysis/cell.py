"""The facts of one cell, kept as long as its source is in use."""

from __future__ import annotations

import ast
import re
from collections import OrderedDict
from threading import Lock

from offbook.analysis.facts import Binding, CellFacts, Read, SyntaxProblem
from offbook.analysis.parse import parse_cell
from offbook.analysis.walker import CellWalker
from offbook.notebook import Magic, MaskedSource, mask
from offbook.notebook.ipython import LOCAL_MAGICS
from offbook.text import Span, split_lines

_DYNAMIC_MAGICS = frozenset({"run", "load", "loadpy", "pylab", "store", "rerun", "recall", "macro", "edit", "Rpull"})
_CAPACITY = 2_000
_cache: OrderedDict[str, CellFacts] = OrderedDict()
_lock = Lock()


def analyze_cell(source: str) -> CellFacts:
    """Return what a code cell does. The same source gives the same object, from a cache of bounded size."""
    with _lock:
        known = _cache.get(source)
        if known is not None:
            _cache.move_to_end(source)
            return known
    facts = _analyze(source)
    with _lock:
        _cache[source] = facts
        if len(_cache) > _CAPACITY:
            _cache.popitem(last=False)
    return facts


def _analyze(source: str) -> CellFacts:
    masked = mask(source)
    dynamic = any(magic.name in _DYNAMIC_MAGICS for magic in masked.magics)
    if masked.language != "python":
        reads, bindings = _magic_events(masked.magics)
        return CellFacts(source, masked, bindings=bindings, reads=reads, dynamic=dynamic)
    tree = parse_cell(masked.text)
    if isinstance(tree, SyntaxProblem):
        reads, bindings = _magic_events(masked.magics)
        return CellFacts(source, masked, problem=tree, bindings=bindings, reads=reads, dynamic=dynamic)
    walker = CellWalker(split_lines(masked.text), _has_lazy_annotations(tree))
    try:
        _walk(walker, tree, masked.magics)
    except RecursionError:
        problem = SyntaxProblem("the code is nested too deeply", Span.on_line(0, 0, 0), False)
        return CellFacts(source, masked, problem=problem, dynamic=True)
    local = masked.cell_magic is not None and masked.cell_magic.name in LOCAL_MAGICS
    return CellFacts(
        source=source,
        masked=masked,
        tree=tree,
        bindings=() if local else _settled(walker),
        reads=tuple(walker.reads),
        deferred=tuple(walker.deferred),
        mutations=tuple(walker.mutations),
        imports=() if local else tuple(walker.imports),
        deletions=tuple(walker.deletions),
        definitions=() if local else tuple(walker.definitions),
        calls=tuple(walker.calls),
        display=_display(tree, masked),
        dynamic=dynamic or walker.dynamic,
    )


def _settled(walker: CellWalker) -> tuple[Binding, ...]:
    """Return the bindings, now that it is known which names every path through the cell binds."""
    certain = walker.bound.definite
    return tuple(
        binding._replace(definite=True) if binding.name in certain and binding.kind != "global" else binding
        for binding in walker.bindings
    )


def _walk(walker: CellWalker, tree: ast.Module, magics: tuple[Magic, ...]) -> None:
    """Walk the statements, and note what magics do with names at their place among them."""
    waiting = list(reversed(magics))
    for statement in tree.body:
        while waiting and waiting[-1].span.start.line < statement.lineno:
            _note_magic(walker, waiting.pop())
        walker.statements([statement])
    for magic in reversed(waiting):
        _note_magic(walker, magic)


def _note_magic(walker: CellWalker, magic: Magic) -> None:
    for name in magic.reads:
        walker.reads.append(Read(name, magic.span, walker.exposure(name), True))
    for name in magic.binds:
        walker.bindings.append(Binding(name, magic.span, "magic", True, None, True))
        walker.bound.definite.add(name)


def _magic_events(magics: tuple[Magic, ...]) -> tuple[tuple[Read, ...], tuple[Binding, ...]]:
    reads = tuple(Read(name, magic.span, "exposed", True) for magic in magics for name in magic.reads)
    bindings = tuple(Binding(name, magic.span, "magic", True, None, True) for magic in magics for name in magic.binds)
    return reads, bindings


def _has_lazy_annotations(tree: ast.Module) -> bool:
    return any(
        isinstance(statement, ast.ImportFrom)
        and statement.module == "__future__"
        and any(alias.name == "annotations" for alias in statement.names)
        for statement in tree.body[:3]
    )


def _display(tree: ast.Module, masked: MaskedSource) -> ast.expr | None:
    """Return the expression whose value the cell shows: its last statement, unless a semicolon hides it."""
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        return None
    if masked.magics and masked.magics[-1].span.end.line >= last.lineno - 1 and masked.magics[-1].kind != "cell":
        return None
    lines = split_lines(masked.text)
    line = (last.end_lineno or last.lineno) - 1
    rest = "\n".join([lines[line][last.end_col_offset :], *lines[line + 1 :]])
    return None if re.match(r"\s*;", rest) else last.value
