"""The notebook's names that a statement uses: at once, when it is called later, and in strings that are evaluated."""

from __future__ import annotations

import ast
import re
import symtable
import textwrap
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from offbook.analysis import DeferredRead, Read, span_of
from offbook.refactor.module.scene import Piece, Scene
from offbook.text import Lines, Position, Span

_QUERIES = frozenset({"query", "eval"})
_EVALUATORS = frozenset({"evaluate", "re_evaluate"})
_FORMULAS = frozenset(
    "ols wls gls glm logit probit poisson mixedlm gee rlm quantreg mnlogit negativebinomial dmatrix dmatrices "
    "from_formula PatsyModel".split()
)
_AT = re.compile(r"@([^\W\d]\w*)")
_WORD = re.compile(r"(?<![\w.'\"])[^\W\d]\w*")
_CALLED = re.compile(r"(?<![\w.])([^\W\d]\w*)(?=\s*[.(])")


@dataclass(frozen=True, slots=True)
class Use:
    """A name that a piece needs. A ``soft`` one counts only where the notebook defines or imports it."""

    name: str
    span: Span
    soft: bool = False


def uses_of(scene: Scene, piece: Piece) -> list[Use]:
    """Return the notebook names that a piece needs, in the order of their places.

    Both the cell's facts and Python's own symbol table are asked, so that neither can overlook a name.
    """
    spans: dict[str, Span] = {}
    for node in ast.walk(piece.node):
        if isinstance(node, ast.Name):
            spans.setdefault(node.id, span_of(node))
    hard = {name: spans.get(name, piece.whole) for name in _symbols(scene, piece)}
    facts = scene.analysis.facts_of(piece.cell)
    looked_up: list[Read | DeferredRead] = [*facts.reads, *facts.deferred]
    for read in looked_up:
        if _within(piece.whole, read.span.start):
            hard.setdefault(read.name, read.span)
    if piece.kind == "constant":
        for name in piece.names:
            hard.pop(name, None)
    soft = {use.name: use for use in _textual(piece.node) if use.name not in hard}
    found = [*(Use(name, span) for name, span in hard.items()), *soft.values()]
    return sorted(found, key=lambda use: (use.span.start, use.name))


def _within(span: Span, position: Position) -> bool:
    return span.start <= position < span.end


def _symbols(scene: Scene, piece: Piece) -> set[str]:
    """Return the global names of a statement from Python's symbol table."""
    facts = scene.analysis.facts_of(piece.cell)
    text = Lines(facts.masked.text).slice(Span(Position(piece.whole.start.line, 0), piece.whole.end))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            table = symtable.symtable(textwrap.dedent(text), "<cell>", "exec")
    except (SyntaxError, ValueError, RecursionError) as error:
        raise scene.refuse(f"`{piece.name}` cannot be read: {error}", piece.cell, piece.whole) from None
    names = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()}
    for child in table.get_children():
        names |= _globals(child)
    return names


def _globals(table: symtable.SymbolTable) -> set[str]:
    names = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global() and symbol.is_referenced()}
    for child in table.get_children():
        names |= _globals(child)
    return names


def _textual(node: ast.AST) -> Iterator[Use]:
    """Yield names in annotations that are text, and in text that pandas, numexpr or patsy evaluate in the caller."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.arg | ast.AnnAssign):
            yield from _annotation(inner.annotation)
        elif isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _annotation(inner.returns)
        elif isinstance(inner, ast.Call):
            yield from _evaluated(inner)


def _annotation(node: ast.expr | None) -> Iterator[Use]:
    if node is None:
        return
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield from (Use(name, span_of(inner), soft=True) for name in _WORD.findall(inner.value))
        elif isinstance(inner, ast.Name):
            yield Use(inner.id, span_of(inner), soft=True)


def _evaluated(call: ast.Call) -> Iterator[Use]:
    function = call.func
    name = (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )
    pattern = _AT if name in _QUERIES else _WORD if name in _EVALUATORS else _CALLED if name in _FORMULAS else None
    if pattern is None:
        return
    for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
        for inner in ast.walk(argument):
            if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                yield from (Use(found, span_of(inner), soft=True) for found in pattern.findall(inner.value))
