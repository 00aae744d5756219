"""The new function and its call as text, by libcst."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst

from offbook.refactor.module.cells import CellText, Statement
from offbook.refactor.module.scene import Scene
from offbook.refactor.region.layout import Layout
from offbook.refactor.region.segments import Unit

_BLANK = cst.EmptyLine(indent=False)
_WIDTH = 88


@dataclass(frozen=True, slots=True)
class Signature:
    """What the call looks like.

    Attributes:
        name: the function's name.
        needs: its parameters.
        gives: what it returns.
    """

    name: str
    needs: Sequence[str]
    gives: Sequence[str]

    def header(self) -> str:
        """Return the line ``def name(a, b):``, or several where it is long."""
        line = f"def {self.name}({', '.join(self.needs)}):"
        if len(line) <= _WIDTH:
            return line
        return f"def {self.name}(\n" + "".join(f"    {name},\n" for name in self.needs) + "):"

    def call(self, targets: Sequence[str]) -> str:
        """Return the call, with what it binds."""
        left = f"{', '.join(targets)} = " if targets else ""
        line = f"{left}{self.name}({', '.join(self.needs)})"
        if len(line) <= _WIDTH:
            return line
        if len(left) > _WIDTH // 2:
            left = "(\n" + "".join(f"    {name},\n" for name in targets) + ") = "
        arguments = "".join(f"    {name},\n" for name in self.needs)
        return f"{left}{self.name}(\n{arguments})" if self.needs else f"{left}{self.name}()"


class RegionText:
    """The statements of a region as libcst trees."""

    def __init__(self, scene: Scene, layout: Layout) -> None:
        self.layout = layout
        hidden: list[str] = []
        self.texts = [CellText(scene, part.cell, part.facts, hidden) for part in layout.region.parts]
        self.newline = scene.line_ending(layout.region.parts[0].cell)
        self.statements: dict[Unit, Statement] = {}
        for number, text in enumerate(self.texts):
            units = layout.region.units_of(number)
            body = list(text.module.body)
            if len(units) != len(body):
                raise scene.refuse(
                    "the statements of the cell could not be told apart", layout.region.parts[number].cell
                )
            for index, (unit, node) in enumerate(zip(units, body, strict=True)):
                lines = [*text.module.header, *node.leading_lines] if index == 0 else node.leading_lines
                self.statements[unit] = node.with_changes(leading_lines=lines)

    def footer(self, part: int) -> Sequence[cst.EmptyLine]:
        """Return the comments at the end of a part."""
        footer = self.texts[part].module.footer
        return footer if any(line.comment for line in footer) else ()

    def code(self, statements: Sequence[Statement], part: int = 0) -> str:
        """Return statements as text without a last line end; magics of the part are as they were."""
        module = self.texts[part].module
        text = module.with_changes(header=[], footer=[], body=_trimmed(statements), default_newline="\n").code
        return self.texts[part].reveal(text).rstrip("\n")

    def function(self, signature: Signature, docstring: str, body: Sequence[Statement]) -> cst.FunctionDef:
        """Return the function's definition."""
        node = cst.parse_statement(f"{signature.header()}\n    pass\n")
        assert isinstance(node, cst.FunctionDef), "the template defines a function"
        inner = _trimmed(body)
        if docstring:
            inner = [cst.parse_statement(f'"""{docstring}"""'), *inner]
        moved = node.with_changes(body=cst.IndentedBlock(inner)).visit(BlankLines())
        assert isinstance(moved, cst.FunctionDef), "the visitor changes whitespace only"
        return moved


class BlankLines(cst.CSTTransformer):
    """Keeps blank lines empty where their statements are indented."""

    def leave_EmptyLine(  # noqa: N802  (libcst's name)
        self, original_node: cst.EmptyLine, updated_node: cst.EmptyLine
    ) -> cst.EmptyLine:
        """Take the indentation away."""
        return updated_node if updated_node.comment is not None else updated_node.with_changes(indent=False)


def _trimmed(statements: Sequence[Statement]) -> list[Statement]:
    """Return statements without blank lines in front of the first."""
    found = list(statements)
    if found:
        lines = list(found[0].leading_lines)
        while lines and lines[0].comment is None:
            lines.pop(0)
        found[0] = found[0].with_changes(leading_lines=lines)
    return found


def with_lines(node: Statement, lines: Sequence[cst.EmptyLine]) -> Statement:
    """Return a statement with lines above its own comments."""
    return node.with_changes(leading_lines=[*lines, *node.leading_lines])


def blank_before(node: Statement) -> Statement:
    """Return a statement with a blank line above it."""
    lines = node.leading_lines
    return node if lines and lines[0].comment is None else with_lines(node, [_BLANK])


def comment(text: str) -> cst.EmptyLine:
    """Return a comment line."""
    return cst.EmptyLine(comment=cst.Comment(f"# {text}"))


def shown_lines(node: Statement, always: bool, name: str) -> list[Statement]:
    """Return statements that show the value of the expression at the end of a line.

    Args:
        node: the line.
        always: whether the value is surely not ``None``; else it is asked.
        name: a free name.
    """
    if not isinstance(node, cst.SimpleStatementLine):
        return [node]
    last = node.body[-1]
    assert isinstance(last, cst.Expr), "the line ends with an expression"
    if always:
        shown = cst.Expr(cst.Call(cst.Name("display"), [cst.Arg(_bare(last.value))]))
        return [node.with_changes(body=[*node.body[:-1], shown])]
    assigned = cst.NamedExpr(cst.Name(name), last.value, lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    test = cst.Comparison(assigned, [cst.ComparisonTarget(cst.IsNot(), cst.Name("None"))])
    asked = cst.If(test, cst.IndentedBlock([cst.parse_statement(f"display({name})")]), leading_lines=node.leading_lines)
    if len(node.body) == 1:
        return [asked]
    rest = [*node.body[:-2], node.body[-2].with_changes(semicolon=cst.MaybeSentinel.DEFAULT)]
    return [cst.SimpleStatementLine(rest, leading_lines=node.leading_lines), asked.with_changes(leading_lines=[])]


def _bare(node: cst.BaseExpression) -> cst.BaseExpression:
    """Return an expression as a call's only argument, without parentheses that the call's own make needless."""
    if isinstance(node, cst.Tuple) and not node.lpar:
        return node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    if isinstance(node, cst.Tuple | cst.GeneratorExp | cst.NamedExpr) or len(node.lpar) != 1:
        return node
    left = node.lpar[0].whitespace_after
    plain = isinstance(left, cst.SimpleWhitespace)
    return node.with_changes(lpar=[], rpar=[]) if plain and "\n" not in cst.Module([]).code_for_node(node) else node


def returning(node: Statement, gives: Sequence[str]) -> list[Statement]:
    """Return a line whose last expression is returned, behind names."""
    assert isinstance(node, cst.SimpleStatementLine), "only simple lines end with an expression"
    last = node.body[-1]
    assert isinstance(last, cst.Expr), "the line ends with an expression"
    value = last.value
    if gives and isinstance(value, cst.Name) and value.value in gives:
        value = cst.parse_expression(", ".join(gives))
    elif gives:
        names = [cst.Element(cst.Name(name)) for name in gives]
        inner = (
            value
            if not isinstance(value, cst.Tuple) or value.lpar
            else value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        )
        value = cst.Tuple([*names, cst.Element(inner)], lpar=[], rpar=[])
    result = cst.Return(value, whitespace_after_return=cst.SimpleWhitespace(" "))
    if len(node.body) == 1:
        return [node.with_changes(body=[result])]
    rest = [*node.body[:-2], node.body[-2].with_changes(semicolon=cst.MaybeSentinel.DEFAULT)]
    return [cst.SimpleStatementLine(rest, leading_lines=node.leading_lines), cst.SimpleStatementLine([result])]


def last_expression(node: Statement) -> str:
    """Return the text of the expression that ends a line."""
    assert isinstance(node, cst.SimpleStatementLine), "only simple lines end with an expression"
    last = node.body[-1]
    assert isinstance(last, cst.Expr), "the line ends with an expression"
    return cst.Module([]).code_for_node(last.value)
