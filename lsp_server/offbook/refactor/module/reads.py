"""The notebook's names that a statement uses: at once, when it is called later, and in strings that are evaluated."""

from __future__ import annotations

import ast
import copy
import re
import symtable
import textwrap
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

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
    """A name that a piece needs.

    Attributes:
        name: the name.
        span: where it stands.
        how: ``code`` is looked up by Python; ``type`` stands in an annotation that is text, and counts where the
            notebook defines or imports the name; ``text`` stands in text that a library evaluates, and counts where
            the notebook binds it.
    """

    name: str
    span: Span
    how: Literal["code", "type", "text"] = "code"


def uses_of(scene: Scene, piece: Piece) -> list[Use]:
    """Return the notebook names that a piece needs, in the order of their places.

    Both the cell's facts and Python's own symbol table are asked, so that neither can overlook a name.
    """
    spans: dict[str, Span] = {}
    own: set[str] = set()
    for node in ast.walk(piece.node):
        if isinstance(node, ast.Name):
            spans.setdefault(node.id, span_of(node))
            if isinstance(node.ctx, ast.Store):
                own.add(node.id)
        elif isinstance(node, ast.arg):
            own.add(node.arg)
    lazy = scene.lazy_from is not None and piece.moment >= scene.lazy_from
    hard = {name: spans.get(name, piece.whole) for name in _symbols(scene, piece, lazy)}
    for name, span in _looked_up(scene, piece, lazy):
        hard.setdefault(name, span)
    if piece.kind == "constant":
        for name in piece.names:
            hard.pop(name, None)
    soft = {use.name: use for use in _textual(piece.node) if use.name not in hard and use.name not in own}
    found = [*(Use(name, span) for name, span in hard.items()), *soft.values()]
    return sorted(found, key=lambda use: (use.span.start, use.name))


def _looked_up(scene: Scene, piece: Piece, lazy: bool) -> Iterator[tuple[str, Span]]:
    """Yield the reads in a piece from the facts of its cell; lazy annotations read nothing."""
    ignored = [span_of(node) for node in _annotations(piece.node)] if lazy else []
    facts = scene.analysis.facts_of(piece.cell)
    reads: list[Read | DeferredRead] = [*facts.reads, *facts.deferred]
    for read in reads:
        start = read.span.start
        if _within(piece.whole, start) and not any(_within(span, start) for span in ignored):
            yield read.name, read.span


def _annotations(node: ast.AST) -> Iterator[ast.expr]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.arg | ast.AnnAssign) and inner.annotation is not None:
            yield inner.annotation
        elif isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef) and inner.returns is not None:
            yield inner.returns


def _within(span: Span, position: Position) -> bool:
    return span.start <= position < span.end


def _symbols(scene: Scene, piece: Piece, lazy: bool) -> set[str]:
    """Return the global names of a statement from Python's symbol table."""
    facts = scene.analysis.facts_of(piece.cell)
    start = piece.whole.start if piece.kind == "constant" else Position(piece.whole.start.line, 0)
    text = Lines(facts.masked.text).slice(Span(start, piece.whole.end))
    if lazy:
        text = ast.unparse(_Unannotated().visit(copy.deepcopy(piece.node)))
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


class _Unannotated(ast.NodeTransformer):
    """Takes annotations away: kept as text, they look nothing up."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.annotation = ast.Constant(None)
        return self.generic_visit(node)


def _is_global(symbol: symtable.Symbol) -> bool:
    """Tell whether a symbol of a function or class is looked up in the module.

    In a function that is called ``top``, :mod:`symtable` takes local names for global ones; local names are assigned.
    """
    local = (symbol.is_parameter() or symbol.is_assigned() or symbol.is_imported()) and not symbol.is_declared_global()
    return symbol.is_referenced() and symbol.is_global() and not local


def _globals(table: symtable.SymbolTable) -> set[str]:
    names = {symbol.get_name() for symbol in table.get_symbols() if _is_global(symbol)}
    for child in table.get_children():
        names |= _globals(child)
    return names


def _textual(node: ast.AST) -> Iterator[Use]:
    """Yield names in annotations that are text, and in text that pandas, numexpr or patsy evaluate in the caller."""
    for annotation in _annotations(node):
        for inner in ast.walk(annotation):
            if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                yield from (Use(name, span_of(inner), "type") for name in _WORD.findall(inner.value))
            elif isinstance(inner, ast.Name):
                yield Use(inner.id, span_of(inner), "type")
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call):
            yield from (Use(name, span, "text") for name, span in evaluated_names(inner))


def evaluated_names(call: ast.Call) -> Iterator[tuple[str, Span]]:
    """Yield the names in texts of a call that pandas, numexpr or patsy look up in the caller, and the texts' places."""
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
                yield from ((found, span_of(inner)) for found in pattern.findall(inner.value))
