"""Puts reads of the configuration in the place of literals, by libcst."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from offbook.notebook import CellId
from offbook.refactor.configuration.candidates import Candidate
from offbook.refactor.configuration.values import same
from offbook.refactor.module.cells import CellText
from offbook.refactor.module.scene import Scene

Place = tuple[int, int]


class ConfigCell:
    """A cell whose literals are replaced; literals that libcst does not see as such (in a magic's line) stay."""

    def __init__(self, scene: Scene, cell: CellId, candidates: Sequence[Candidate]) -> None:
        self.text = CellText(scene, cell)
        self.wrapper = MetadataWrapper(self.text.module)
        head = self.text.head.count("\n")
        finder = _Finder({(item.span.start.line + 1 - head, item.span.start.column): item for item in candidates})
        self.wrapper.visit(finder)
        self.found: dict[int, tuple[Candidate, cst.BaseExpression]] = {
            id(item): (item, node) for item, node in finder.found
        }
        self.commented = finder.commented

    def literal(self, candidate: Candidate) -> str:
        """Return a literal as it is written."""
        return self.wrapper.module.code_for_node(self.found[id(candidate)][1])

    def replaced(self, expressions: Mapping[int, str]) -> str:
        """Return the cell's source with expressions in the place of literals, by the candidates' ids."""
        nodes = {self.found[key][1]: cst.parse_expression(text) for key, text in expressions.items()}
        module = self.wrapper.module.visit(_Replacer(nodes))
        return self.text.restore(module.code)


class _Finder(cst.CSTVisitor):
    """Finds the literals at their places: the whole value of an assignment, or inside an expression."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, waiting: Mapping[Place, Candidate]) -> None:
        super().__init__()
        self.waiting = dict(waiting)
        self.found: list[tuple[Candidate, cst.BaseExpression]] = []
        self.commented: list[Candidate] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Assign | cst.AnnAssign | cst.BaseExpression):
            start = self.get_metadata(PositionProvider, node).start
            candidate = self.waiting.get((start.line, start.column))
            assigns = not isinstance(node, cst.BaseExpression)
            if candidate is not None and assigns == (candidate.statement is not None):
                self._take(candidate, node if isinstance(node, cst.BaseExpression) else node.value)
        return True

    def _take(self, candidate: Candidate, node: cst.BaseExpression | None) -> None:
        if node is None or not _is_literal(node, candidate.value):
            return
        self.waiting = {place: item for place, item in self.waiting.items() if item is not candidate}
        if _has_comments(node):
            self.commented.append(candidate)
        self.found.append((candidate, node))


def _is_literal(node: cst.BaseExpression, value: object) -> bool:
    try:
        return same(ast.literal_eval(cst.Module([]).code_for_node(node).strip()), value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False


class _CommentFinder(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.found = False

    def visit_Comment(self, node: cst.Comment) -> None:  # noqa: N802  (libcst's name)
        self.found = True


def _has_comments(node: cst.CSTNode) -> bool:
    finder = _CommentFinder()
    node.visit(finder)
    return finder.found


class _Replacer(cst.CSTTransformer):
    def __init__(self, nodes: Mapping[cst.BaseExpression, cst.BaseExpression]) -> None:
        super().__init__()
        self.nodes = nodes

    def on_leave(self, original_node: cst.CSTNode, updated_node: cst.CSTNode) -> cst.CSTNode:  # type: ignore[override]
        new = self.nodes.get(original_node) if isinstance(original_node, cst.BaseExpression) else None
        return new if new is not None else updated_node
