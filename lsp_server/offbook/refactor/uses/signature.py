"""Edits that give a function one more parameter, and its calls the argument."""

from __future__ import annotations

import ast
import io
import tokenize

from offbook.text import Edit, Lines, Position, Span


def parameter_edit(text: str, node: ast.FunctionDef | ast.AsyncFunctionDef, names: list[str]) -> Edit:
    """Return the edit that adds parameters behind all others; behind defaults they are keyword-only.

    Args:
        text: the cell's Python; its lines and columns are those of the tree.
        node: the function.
        names: the parameters, which it does not have yet.
    """
    arguments = node.args
    start, end = find_brackets(text, node)
    starless = arguments.vararg is None and not arguments.kwonlyargs
    words = (["*"] if arguments.defaults and starless else []) + names
    if arguments.kwarg is not None:
        place = _before_stars(text, Position(arguments.kwarg.lineno - 1, arguments.kwarg.col_offset))
        return Edit(Span(place, place), "".join(f"{word}, " for word in words))
    return _append(text, start, end, words)


def argument_edit(text: str, call: ast.Call, names: list[str]) -> Edit:
    """Return the edit that passes variables by their names, behind all other arguments."""
    end = Position((call.end_lineno or call.lineno) - 1, (call.end_col_offset or 1) - 1)
    start = Position((call.func.end_lineno or call.lineno) - 1, call.func.end_col_offset or 0)
    return _append(text, start, end, [f"{name}={name}" for name in names])


def _append(text: str, start: Position, end: Position, words: list[str]) -> Edit:
    """Return the edit that puts words before a closing parenthesis: behind what stands there, if anything does."""
    lines = Lines(text)
    inside = text[lines.offset(start) : lines.offset(end)]
    tokens = _tokens(inside)
    last = next((token for token in reversed(tokens) if token.string.strip()), None)
    row, column = last.end if last else (1, 0)
    place = Position(start.line + row - 1, column + (start.column if row == 1 else 0)) if last else end
    joined = ", ".join(words)
    if last is None or last.string == "(":
        return Edit(Span(place, place), joined)
    return Edit(Span(place, place), f" {joined}" if last.string == "," else f", {joined}")


def _tokens(text: str) -> list[tokenize.TokenInfo]:
    """Return the tokens of a piece of code without comments; its parentheses need not be closed."""
    found: list[tokenize.TokenInfo] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type not in (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT):
                found.append(token)
    except (tokenize.TokenError, IndentationError):
        pass  # the closing parenthesis stands behind the piece
    return found


def find_brackets(text: str, node: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[Position, Position]:
    """Return where the parentheses of a function's head open and close."""
    lines = Lines(text)
    begin = Position(node.lineno - 1, node.col_offset)
    opened: Position | None = None
    depth = 0
    for token in _tokens(text[lines.offset(begin) :]):
        place = Position(begin.line + token.start[0] - 1, token.start[1] + (begin.column if token.start[0] == 1 else 0))
        if token.string == "(":
            depth += 1
            opened = opened or place
        elif token.string == ")":
            depth -= 1
            if depth == 0 and opened is not None:
                return opened, place
    raise AssertionError("a function has parentheses")


def _before_stars(text: str, name: Position) -> Position:
    """Return where the ``**`` before a parameter's name starts."""
    lines = Lines(text)
    return lines.position(text.rindex("**", 0, lines.offset(name)))
