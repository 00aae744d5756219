"""Parses one cell's masked source; columns of the tree count code points."""

from __future__ import annotations

import ast
import re
import warnings
from typing import Any

from offbook.analysis.facts import SyntaxProblem
from offbook.analysis.nodes import walk
from offbook.text import Lines, Span
from offbook.text.patterns import pattern

_SURROGATE = pattern(r"[\ud800-\udfff]")
_PYTHON2 = pattern(
    r"""^[ \t]*(?:
        print[ \t]+[^\s=(\[.,:)\]]      # print x
      | print[ \t]*>>
      | exec[ \t]+["'\w]
      | except[ \t]+[\w.()]+[ \t]*,[ \t]*\w+[ \t]*:
      | raise[ \t]+[\w.]+[ \t]*,
    )|\b0[0-7]+\b(?![.eE])|<>|\bur['"]|`\w+`""",
    re.MULTILINE | re.VERBOSE,
)


def parse_cell(text: str) -> ast.Module | SyntaxProblem:
    """Parse the Python of a cell, as IPython would: top-level ``await`` and indented cells are fine."""
    if not text.isascii():
        text = _SURROGATE.sub("?", text)
    try:
        tree = _parse(text)
    except SyntaxError as error:
        tree_or_none = _parse_indented(text) if isinstance(error, IndentationError) else None
        if tree_or_none is None:
            return _problem(error, text)
        tree = tree_or_none
    except ValueError as error:  # NUL bytes
        return SyntaxProblem(str(error), Span.on_line(0, 0, 0), False)
    except (RecursionError, MemoryError):
        return SyntaxProblem("the code is nested too deeply", Span.on_line(0, 0, 0), False)
    if not text.isascii():
        _count_code_points(tree, Lines(text))
    return tree


def _parse(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _parse_indented(text: str) -> ast.Module | None:
    """Parse a cell whose first line is indented: IPython takes that indentation away from every line."""
    try:
        tree = _parse("if 1:\n" + text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    block = tree.body[0]
    if len(tree.body) > 1 or not isinstance(block, ast.If):
        return None
    tree.body = block.body
    ast.increment_lineno(tree, -1)
    return tree


def _problem(error: SyntaxError, text: str) -> SyntaxProblem:
    lines = Lines(text)
    line = min(max((error.lineno or 1) - 1, 0), len(lines) - 1)
    width = len(lines.line(line))
    column = min(max((error.offset or 1) - 1, 0), width)
    end = width
    if error.end_lineno == error.lineno and error.end_offset and error.end_offset > (error.offset or 0):
        end = min(error.end_offset - 1, width)
    return SyntaxProblem(error.msg, Span.on_line(line, column, max(end, column)), _PYTHON2.search(text) is not None)


def _count_code_points(tree: ast.Module, lines: Lines) -> None:
    """Turn the tree's columns from UTF-8 bytes into code points."""
    wide = {number for number in range(1, len(lines) + 1) if not lines.line(number - 1).isascii()}
    node: Any
    for node in walk(tree):
        if hasattr(node, "col_offset"):
            if node.lineno in wide:
                node.col_offset = lines.from_utf8(node.lineno - 1, node.col_offset).column
            if node.end_lineno in wide:
                node.end_col_offset = lines.from_utf8(node.end_lineno - 1, node.end_col_offset).column
