"""Which of the moving definitions a module has already: the notebook imports these, and nothing is written.

A function means the same there only where all that it reads does: constants and helpers have to be held too, and the
module has to give them no other value. Imports and builtins are compared by ``existing.py``.
"""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import KeysView, Mapping
from io import StringIO

from offbook.analysis import analyze_cell, span_of
from offbook.refactor.module.scene import Piece, Scene
from offbook.text import Span

_READS_TEXT = re.compile(r"getsource|findsource|\?\?|%psource|%pycat")
"""Code that shows a definition's text, comments and all."""


class HeldPieces:
    """What a module defines at its top level, once and for all.

    Args:
        scene: the notebook.
        text: the module's text; it can be parsed.
        bound: how often the module binds each name.
    """

    def __init__(self, scene: Scene, text: str, bound: Mapping[str, int]) -> None:
        self.scene = scene
        self.text = text.removeprefix("\ufeff")
        self.bound = bound
        facts = analyze_cell(self.text)
        self._changed = {mutation.name for mutation in facts.mutations} | _set_from_outside(scene)
        self._nodes: dict[str, ast.stmt] = {ast.dump(node): node for node in (facts.tree or ast.Module([], [])).body}
        self._texts_read = any(_READS_TEXT.search(cell.source) for _, cell, _ in scene.cells)

    def find(self, piece: Piece, read_as: Mapping[str, str]) -> ast.stmt | None:
        """Return the module's statement that is the same as a piece; ``read_as``: what it reads by another name."""
        node = self._nodes.get(ast.dump(piece.node))
        if node is None or read_as or piece.renamed or piece.original is not None:
            return None
        if any(self.bound.get(name) != 1 or name in self._changed for name in piece.names):
            return None
        return None if self._texts_read and self._text(piece) != _lines(self.text, _whole(node)) else node

    def _text(self, piece: Piece) -> list[str]:
        return _lines(self.scene.analysis.facts_of(piece.cell).source, piece.whole)


def comments_of(text: str) -> KeysView[str]:
    """Return the comments of Python, in order; those in front of what cannot be read."""
    found: dict[str, None] = {}
    try:
        for token in tokenize.generate_tokens(StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                found[token.string] = None
    except (tokenize.TokenError, IndentationError):
        pass
    return found.keys()


def _lines(text: str, span: Span) -> list[str]:
    return text.splitlines()[span.start.line : span.end.line + 1]


def keeps_state(piece: Piece) -> bool:
    """Tell whether what a piece binds may be changed in place: a list, a class, a function's default."""
    if isinstance(piece.node, ast.FunctionDef | ast.AsyncFunctionDef):
        defaults = (*piece.node.args.defaults, *piece.node.args.kw_defaults)
        return not all(default is None or isinstance(default, ast.Constant) for default in defaults)
    value = getattr(piece.node, "value", None)
    return not isinstance(value, ast.Constant)


def _set_from_outside(scene: Scene) -> set[str]:
    """Return the names of attributes that cells set: one may be the module's."""
    return {item.detail for _, _, facts in scene.cells for item in facts.mutations if item.how == "attribute"}


def _whole(node: ast.stmt) -> Span:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return Span(min(span_of(part).start for part in (node, *decorators)), span_of(node).end)
