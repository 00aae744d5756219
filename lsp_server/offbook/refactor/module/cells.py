"""The notebook's cells as libcst trees: pieces taken out, one import put in their place."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

import libcst as cst

from offbook.analysis import CellFacts
from offbook.notebook import CellId
from offbook.refactor.module.scene import Piece, Scene
from offbook.text import Lines, Position, Span

Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement

USUAL_INDENT = " " * 4
"""The indentation of blocks that name none."""

_DIRECTIVE = re.compile(
    r"#\s*(?:\||@|%%|export|hide|default_exp|NBVAL|offbook|nbdev|In\[|-\*-|!|pragma)", re.IGNORECASE
)
"""Comments that speak to a tool about the cell: they stay in it."""

_TOKEN = re.compile(r"_offbook_magic_(\d+)_")


@dataclass(frozen=True, slots=True)
class CutCell:
    """A cell after its pieces were taken out.

    Attributes:
        source: the cell's new source.
        moved: the pieces as libcst statements, in order, with their comments; blocks keep their indentation where it
            is not the usual one.
    """

    source: str
    moved: tuple[tuple[Piece, Statement], ...]


class CellText:
    r"""A cell's text, with magics hidden behind names so that it is Python; lines end with ``\\n``.

    ``facts`` are those of a part of the cell, where only that is wanted; several texts may hide magics in one list,
    ``shared``.
    """

    def __init__(
        self, scene: Scene, cell: CellId, facts: CellFacts | None = None, shared: list[str] | None = None
    ) -> None:
        facts = facts or scene.analysis.facts_of(cell)
        self.newline = "\r\n" if "\r\n" in facts.source else "\n"
        lines = Lines(facts.source)
        self.hidden: list[str] = [] if shared is None else shared
        head = 0
        pieces: list[str] = []
        for magic in facts.masked.magics:
            if magic.kind == "cell":
                head = done = lines.offset(Position(magic.span.start.line + 1, 0))
                continue
            done = head if not pieces else done
            start = lines.offset(magic.span.start)
            pieces += (facts.source[done:start], f"_offbook_magic_{len(self.hidden)}_")
            self.hidden.append(lines.slice(magic.span))
            done = lines.offset(magic.span.end)
        done = done if pieces else head
        self.head = facts.source[:head]
        hidden = "".join((*pieces, facts.source[done:])).replace("\r\n", "\n")
        self.tail = ""
        self.module = self._parsed(scene, cell, hidden)
        if self.module.code != hidden:  # libcst loses blanks on the last lines of a module
            code = hidden.rstrip()
            self.tail = hidden[len(code) :]
            self.module = self._parsed(scene, cell, code)
            if self.module.code != code:
                raise scene.refuse(f"cell {scene.number(cell)} has characters that cannot be kept as they are", cell)

    def _parsed(self, scene: Scene, cell: CellId, code: str) -> cst.Module:
        """Return the tree of a cell's code.

        Raises:
            RefusedError: where libcst cannot read it.
        """
        try:
            return cst.parse_module(code)
        except (cst.ParserSyntaxError, UnicodeError) as error:
            first = next((line for line in code.split("\n") if line.strip() and not line.lstrip().startswith("#")), "")
            line = error.raw_line - 1 if isinstance(error, cst.ParserSyntaxError) else 0
            why, advice = "has syntax that cannot be rewritten", "Write it in another way."
            if first[:1].isspace():
                why, advice = "is indented as a whole", "Move its code to the left margin."
            raise scene.refuse(
                f"cell {scene.number(cell)} {why}", cell, Span.on_line(max(line, 0) + self.head.count("\n")), advice
            ) from None

    def restore(self, code: str) -> str:
        """Return the cell's source for the text of a changed module."""
        code += self.tail
        if self.newline != "\n":
            code = code.replace("\n", self.newline)
        return self.head + self.reveal(code)

    def reveal(self, code: str) -> str:
        """Return code with its magics."""
        return _TOKEN.sub(lambda found: self.hidden[int(found.group(1))], code)


def cut_cell(
    scene: Scene,
    cell: CellId,
    pieces: Sequence[Piece],
    statements: Mapping[tuple[str, ...], str],
    held: Container[Piece] = (),
) -> CutCell:
    """Take pieces out of a cell, and put statements where some of them stood, named by what these bound.

    The comments above a piece that the module holds already stay in the cell.

    Raises:
        RefusedError: where the cell cannot be rewritten faithfully.
    """
    text = CellText(scene, cell)
    waiting = {piece.names: piece for piece in pieces}
    moved: list[tuple[Piece, Statement]] = []
    kept: list[Statement] = []
    header: Sequence[cst.EmptyLine] = text.module.header
    loose: list[cst.EmptyLine] = []
    body = list(text.module.body)
    if body:  # libcst gives the comments above the first statement to the module
        header, body[0] = [], body[0].with_changes(leading_lines=[*header, *body[0].leading_lines])
    for node in body:
        found = _pieces_of(node, waiting)
        if not found:
            kept.append(node.with_changes(leading_lines=_joined(loose, node.leading_lines)))
            loose = []
            continue
        above, attached = _split_comments(node.leading_lines)
        if (
            found[0][0].original is not None or found[0][0] in held
        ):  # the module has the definition, but not these comments
            above, attached = list(node.leading_lines), []
        moved += _moved(node, found, attached, text.module)
        rest = _without(node, [piece for piece, _ in found])
        lines = _joined(loose, above, at_start=not kept and node is not body[0])
        for new in _replacements(node, found, rest, statements, text.module):
            kept.append(new.with_changes(leading_lines=lines))
            lines = []
        loose = _with_comments(lines)
    footer = [*loose, *text.module.footer]
    if kept:
        header, kept[0] = kept[0].leading_lines, kept[0].with_changes(leading_lines=[])
    module = text.module.with_changes(header=header, body=kept, footer=footer)
    return CutCell(text.restore(module.code), tuple(moved))


def _pieces_of(
    node: Statement, waiting: dict[tuple[str, ...], Piece]
) -> list[tuple[Piece, cst.BaseSmallStatement | None]]:
    """Return the pieces that a statement line holds, each with its part of a line of several statements."""
    if isinstance(node, cst.FunctionDef | cst.ClassDef):
        piece = waiting.get((node.name.value,))
        return [(piece, None)] if piece is not None and piece.kind != "constant" else []
    if not isinstance(node, cst.SimpleStatementLine):
        return []
    found: list[tuple[Piece, cst.BaseSmallStatement | None]] = []
    for small in node.body:
        piece = waiting.get(_bound_names(small))
        if piece is not None and piece.kind == "constant":
            found.append((piece, small))
    return found


def _bound_names(node: cst.BaseSmallStatement) -> tuple[str, ...]:
    targets: list[cst.BaseExpression] = []
    if isinstance(node, cst.Assign):
        targets = [target.target for target in node.targets]
    elif isinstance(node, cst.AnnAssign) and node.value is not None:
        targets = [node.target]
    names: list[str] = []
    for target in targets:
        items = [item.value for item in target.elements] if isinstance(target, cst.Tuple | cst.List) else [target]
        names += [item.value for item in items if isinstance(item, cst.Name)]
    return tuple(dict.fromkeys(names))


def _split_comments(lines: Sequence[cst.EmptyLine]) -> tuple[list[cst.EmptyLine], list[cst.EmptyLine]]:
    """Part the lines above a statement: the comment block right above it moves, directives and all else stay."""
    start = len(lines)
    while start and lines[start - 1].comment is not None:
        start -= 1
    above, attached = list(lines[:start]), list[cst.EmptyLine]()
    for line in lines[start:]:
        directive = line.comment is not None and _DIRECTIVE.match(line.comment.value)
        (above if directive else attached).append(line)
    return above, attached


def _with_comments(lines: Sequence[cst.EmptyLine]) -> list[cst.EmptyLine]:
    """Return lines that stay where their statement goes: the comments, and one blank line behind the last."""
    end = len(lines)
    while end and lines[end - 1].comment is None:
        end -= 1
    return list(lines[: end + 1]) if end else []


def _joined(
    above: Sequence[cst.EmptyLine], below: Sequence[cst.EmptyLine], *, at_start: bool = False
) -> list[cst.EmptyLine]:
    """Join the lines above two statements of which the first is gone; ``at_start`` drops blank lines at their top."""
    start = 0
    blank_above = at_start if not above else above[-1].comment is None
    while blank_above and start < len(below) and below[start].comment is None:
        start += 1
    return [*above, *below[start:]]


def _moved(
    node: Statement,
    found: Sequence[tuple[Piece, cst.BaseSmallStatement | None]],
    attached: Sequence[cst.EmptyLine],
    module: cst.Module,
) -> list[tuple[Piece, Statement]]:
    fixed = node if module.default_indent == USUAL_INDENT else node.visit(FixedIndentation(module.default_indent))
    if not isinstance(fixed, cst.SimpleStatementLine):
        return [(found[0][0], fixed.with_changes(leading_lines=attached))]  # type: ignore[union-attr]
    whole = isinstance(node, cst.SimpleStatementLine) and len(found) == len(node.body) == 1
    if whole:
        return [(found[0][0], fixed.with_changes(leading_lines=attached))]
    lines = [
        (piece, cst.SimpleStatementLine([small.with_changes(semicolon=cst.MaybeSentinel.DEFAULT)]))
        for piece, small in found
        if small is not None
    ]
    first_piece, first = lines[0]
    return [(first_piece, first.with_changes(leading_lines=attached)), *lines[1:]]


def _replacements(
    node: Statement,
    found: Sequence[tuple[Piece, cst.BaseSmallStatement | None]],
    rest: Statement | None,
    statements: Mapping[tuple[str, ...], str],
    module: cst.Module,
) -> list[Statement]:
    """Return what stands in the place of a statement: new imports, and what stays of its line.

    An import stands behind the rest of the line where it takes the place of the line's last part.
    """
    before: list[Statement] = []
    after: list[Statement] = []
    for piece, small in found:
        if piece.names in statements:
            new = cst.parse_statement(statements[piece.names], config=module.config_for_parsing)
            last = isinstance(node, cst.SimpleStatementLine) and small is node.body[-1]
            (after if last else before).append(new)
    return [*before, *([rest] if rest is not None else []), *after]


def _without(node: Statement, pieces: Sequence[Piece]) -> Statement | None:
    """Return what stays of a line of several statements."""
    if not isinstance(node, cst.SimpleStatementLine):
        return None
    names = {piece.names for piece in pieces}
    rest = [small for small in node.body if _bound_names(small) not in names]
    if not rest:
        return None
    rest[-1] = rest[-1].with_changes(semicolon=cst.MaybeSentinel.DEFAULT) if rest[-1] is not node.body[-1] else rest[-1]
    return node.with_changes(body=rest)


class FixedIndentation(cst.CSTTransformer):
    """Writes a block's indentation into it, so that it stays the same in another module."""

    def __init__(self, indent: str) -> None:
        super().__init__()
        self.indent = indent

    def leave_IndentedBlock(  # noqa: N802  (libcst's name)
        self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock
    ) -> cst.IndentedBlock:
        """Give a block that names no indentation its own."""
        return updated_node if updated_node.indent is not None else updated_node.with_changes(indent=self.indent)
