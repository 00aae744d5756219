"""The text of the module that takes the pieces, by libcst."""

from __future__ import annotations

import ast
import copy
from collections.abc import Mapping, Sequence

import libcst as cst
from libcst.codemod import CodemodContext
from libcst.codemod.visitors import AddImportsVisitor

from offbook.refactor.module.cells import USUAL_INDENT, FixedIndentation, Statement
from offbook.refactor.module.names import ImportedName
from offbook.refactor.module.scene import Piece
from offbook.text import line_ending

_BLANK = cst.EmptyLine(indent=False)
Moved = Sequence[tuple[Piece, Statement]]


def new_module(docstring: str, imports: Sequence[Sequence[str]], moved: Moved, newline: str) -> str:
    """Return the text of a new module.

    Args:
        docstring: its first line.
        imports: groups of import statements.
        moved: the pieces, in order.
        newline: how its lines end.
    """
    head = "\n\n".join([f'"""{docstring}"""', *("\n".join(group) for group in imports)]) + "\n"
    module = cst.parse_module(head).with_changes(default_newline=newline)
    return _with_pieces(module, moved).code


def extended_module(before: str, imports: Sequence[ImportedName], moved: Moved) -> str:
    """Return the text of a module with imports merged into its own, and pieces at its end.

    What runs the module as a script (``if __name__ == "__main__":``) stays last.

    Raises:
        ValueError: where libcst cannot keep the module's text as it is.
    """
    if not imports and not moved:
        return before
    text = before.removeprefix("\ufeff")
    module = cst.parse_module(text)
    if module.code != text:
        raise ValueError("it has characters that cannot be kept as they are")
    module = module.with_changes(default_newline=line_ending(text))
    context = CodemodContext()
    for item in imports:
        own_name = not item.name and item.bound == item.module.partition(".")[0]
        alias = None if own_name or item.bound == item.name else item.bound
        AddImportsVisitor.add_needed_import(context, item.module, item.name or None, alias)
    merged = AddImportsVisitor(context).transform_module(module) if imports else module
    return before[: len(before) - len(text)] + _with_pieces(_spaced_imports(merged, module), moved).code


def _spaced_imports(module: cst.Module, before: cst.Module) -> cst.Module:
    """Put blank lines between imports that are new and the statement below them."""
    body = list(module.body)
    if len(body) == len(before.body):
        return module
    for index in range(len(body) - 1):
        following = body[index + 1]
        if _is_import(body[index]) and not _is_import(following) and not following.leading_lines:
            blank = [_BLANK] * (2 if isinstance(following, cst.FunctionDef | cst.ClassDef) else 1)
            body[index + 1] = following.with_changes(leading_lines=blank)
            break
    return module.with_changes(body=body)


def _with_pieces(module: cst.Module, moved: Moved) -> cst.Module:
    body = list(module.body)
    tail: list[Statement] = []
    while body and _is_script_part(body[-1]):
        tail.insert(0, body.pop())
    if not tail and body and not module.has_trailing_newline:
        module = module.with_changes(has_trailing_newline=True)
    previous: Statement | None = body[-1] if body else None
    for _, statement in moved:
        adapted = _adapted(statement, module)
        blank = [_BLANK] * (_distance(previous, adapted) if previous is not None or module.header else 0)
        body.append(adapted.with_changes(leading_lines=[*blank, *adapted.leading_lines]))
        previous = adapted
    if tail:
        comments = _without_blank_start(tail[0].leading_lines)
        tail[0] = tail[0].with_changes(leading_lines=[_BLANK, _BLANK, *comments])
    return module.with_changes(body=[*body, *tail])


def _adapted(statement: Statement, module: cst.Module) -> Statement:
    """Return a statement with the module's line ends, and with the indentation that it has."""
    changes: list[cst.CSTTransformer] = []
    if module.default_newline != "\n":
        changes.append(_OtherNewlines(module.default_newline))
    if module.default_indent != USUAL_INDENT:
        changes.append(FixedIndentation(USUAL_INDENT))
    for change in changes:
        changed = statement.visit(change)
        assert isinstance(changed, Statement), "the visitors change whitespace only"
        statement = changed
    return statement


def _without_blank_start(lines: Sequence[cst.EmptyLine]) -> list[cst.EmptyLine]:
    start = 0
    while start < len(lines) and lines[start].comment is None:
        start += 1
    return list(lines[start:])


def _distance(above: Statement | None, below: Statement) -> int:
    """Return the number of blank lines between two statements."""
    if any(isinstance(node, cst.FunctionDef | cst.ClassDef) for node in (above, below)):
        return 2
    if above is None or _is_import(above) or _is_docstring(above):
        return 1
    return 1 if any(line.comment for line in below.leading_lines) else 0


def _is_import(node: Statement) -> bool:
    return isinstance(node, cst.SimpleStatementLine) and isinstance(node.body[0], cst.Import | cst.ImportFrom)


def _is_docstring(node: Statement) -> bool:
    return isinstance(node, cst.SimpleStatementLine) and isinstance(node.body[0], cst.Expr)


def _is_script_part(node: Statement) -> bool:
    if not isinstance(node, cst.If):
        return False
    test = cst.Module([]).code_for_node(node.test)
    return "__name__" in test and "__main__" in test


class _OtherNewlines(cst.CSTTransformer):
    """Gives line ends inside strings and behind backslashes the module's form."""

    def __init__(self, newline: str) -> None:
        super().__init__()
        self.newline = newline

    def _changed(self, text: str) -> str:
        return text.replace("\n", self.newline)

    def leave_SimpleString(  # noqa: N802  (libcst's names)
        self, original_node: cst.SimpleString, updated_node: cst.SimpleString
    ) -> cst.SimpleString:
        return updated_node.with_changes(value=self._changed(updated_node.value))

    def leave_FormattedStringText(  # noqa: N802
        self, original_node: cst.FormattedStringText, updated_node: cst.FormattedStringText
    ) -> cst.FormattedStringText:
        return updated_node.with_changes(value=self._changed(updated_node.value))

    def leave_SimpleWhitespace(  # noqa: N802
        self, original_node: cst.SimpleWhitespace, updated_node: cst.SimpleWhitespace
    ) -> cst.SimpleWhitespace:
        return updated_node.with_changes(value=self._changed(updated_node.value))


class _Renamed(cst.CSTTransformer):
    """Gives a definition, and what it reads, the names that they have in the module."""

    def __init__(self, names: Mapping[str, str]) -> None:
        super().__init__()
        self.names = names

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.Attribute:  # noqa: N802
        return updated_node.with_changes(attr=original_node.attr)

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:  # noqa: N802
        return updated_node.with_changes(keyword=original_node.keyword)

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:  # noqa: N802
        return updated_node.with_changes(value=self.names.get(updated_node.value, updated_node.value))


def renamed(piece: Piece, statement: Statement, names: Mapping[str, str]) -> Statement:
    """Return a moving statement with the names that it and what it reads have in the module.

    Args:
        piece: the statement; nothing in it hides the names that change.
        statement: its text.
        names: what it reads by another name.
    """
    if not names and not piece.renamed:
        return statement
    changed = statement.visit(_Renamed(names))
    assert isinstance(changed, Statement), "the visitor changes names only"
    own = {"name": cst.Name(piece.bound[0])} if isinstance(changed, cst.FunctionDef | cst.ClassDef) else {}
    return changed.with_changes(**own)


def same_definitions(source: Mapping[Piece, Mapping[str, str]], text: str) -> bool:
    """Tell whether a module's text holds every piece just as it was: the last guard against a faulty edit.

    ``source`` holds the pieces, each with what it reads by another name.
    """
    tree = ast.parse(text.removeprefix("\ufeff"))
    dumped = {ast.dump(node) for node in tree.body}
    return all(_dump(piece, names) in dumped for piece, names in source.items() if piece.original is None)


def _dump(piece: Piece, names: Mapping[str, str]) -> str:
    if not names and not piece.renamed:
        return ast.dump(piece.node)
    node = copy.deepcopy(piece.node)
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            inner.id = names.get(inner.id, inner.id)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        node.name = piece.bound[0]
    return ast.dump(node)
