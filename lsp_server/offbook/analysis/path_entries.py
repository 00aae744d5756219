"""What the cells of a notebook put on ``sys.path``, as far as their code says which folders that are."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from offbook.analysis.analysis import Analysis
from offbook.analysis.facts import CellFacts, span_of
from offbook.analysis.path_values import PathValues
from offbook.notebook import Cell, CellId, holds_parameters, is_excused
from offbook.notebook.ipython import TRANSPARENT_MAGICS
from offbook.text import Span

_FINDING = frozenset({"path", "meta_path", "path_hooks"})
_LOOKING = frozenset({"print", "pprint", "display", "len", "sorted", "list"})
_BACKWARD = frozenset({"append", "extend", "remove", "pop", "index", "count", "copy"})


class PathEntry(NamedTuple):
    """A statement after which imports look elsewhere, too.

    Attributes:
        number: its cell's index among all cells.
        cell: its cell.
        span: where it stands.
        folder: what is on the path afterwards, absolute or seen from the kernel's folder; ``None``: not known.
        first: whether it may be looked into before the kernel's own folder.
    """

    number: int
    cell: CellId
    span: Span
    folder: str | None
    first: bool

    @property
    def moment(self) -> tuple[int, int]:
        """The cell's index and the line in it, from 0, at which it runs."""
        return self.number, self.span.start.line


def find_path_entries(analysis: Analysis) -> tuple[PathEntry, ...]:
    """Return the changes of ``sys.path`` in the order of the notebook.

    A folder is known where literals name it in a statement that runs whenever its cell does, or unless the folder is on
    the path already.
    """
    if not any("path" in facts.source or "addsitedir" in facts.source for _, facts in analysis.cells):
        return ()
    return tuple(_Finder(analysis).entries())


class _Finder:
    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.values = PathValues(analysis)
        imports = [item for _, facts in analysis.cells for item in facts.imports]
        self.modules = {item.bound for item in imports if item.module == "sys" and not item.name}
        self.lists = {item.bound for item in imports if item.module == "sys" and item.name in _FINDING}
        if any(item.module == "sys" and item.bound == "*" for item in imports):
            self.lists.add("path")

    def entries(self) -> Iterator[PathEntry]:
        """Yield all changes."""
        starred = False
        for cell, facts in self.analysis.cells:
            if facts.tree is not None:
                index = self.analysis.notebook.index(cell.id)
                stars = [item.span for item in facts.imports if item.bound == "*" and item.top]
                for span, folder, first in self._in_cell(cell, facts, facts.tree):
                    hidden = starred or any(star.start < span.start for star in stars)
                    yield PathEntry(index, cell.id, span, None if hidden else folder, first)
                starred = starred or bool(stars)

    def _in_cell(self, cell: Cell, facts: CellFacts, tree: ast.Module) -> Iterator[tuple[Span, str | None, bool]]:
        mentions = [node for node in ast.walk(tree) if self._is_search_path(node)]
        if not mentions:
            return
        magic = facts.masked.cell_magic
        plain = magic is None or magic.name in TRANSPARENT_MAGICS
        certain = plain and not is_excused(cell) and not holds_parameters(cell)
        parents = {id(child): node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        found: list[tuple[Span, str | None, bool]] = []
        known: set[int] = set()
        for statement in tree.body if certain else ():
            added = self._added(statement)
            if added is not None:
                known.update(id(node) for node in ast.walk(statement))
                found += ((span_of(statement), folder, added[1]) for folder in added[0])
        for node in mentions:
            if id(node) not in known and not _only_looks(node, parents):
                found.append((span_of(node), None, _may_be_first(node, parents)))
        yield from sorted(found, key=lambda entry: entry[0].start)

    def _is_search_path(self, node: ast.AST) -> bool:
        """Tell whether a node may be ``sys.path``, or another thing that decides where imports look."""
        if isinstance(node, ast.Name):
            return node.id in self.lists or node.id == "addsitedir"
        if not isinstance(node, ast.Attribute):
            return False
        if node.attr == "addsitedir":
            return True
        owner = node.value
        module = (isinstance(owner, ast.Name) and owner.id in self.modules) or (
            isinstance(owner, ast.Attribute) and owner.attr == "sys"
        )
        return node.attr in _FINDING and module

    def _added(self, node: ast.stmt) -> tuple[list[str], bool] | None:
        """Return the folders that a statement surely puts on the path, and whether before all others."""
        if isinstance(node, ast.If) and len(node.body) == 1 and not node.orelse:
            return self._added_once(node.test, node.body[0])
        if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add) and self._is_path(node.target):
            return self._folders(_items(node.value), first=False)
        if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call) or node.value.keywords:
            return None
        function, arguments = node.value.func, node.value.args
        if not isinstance(function, ast.Attribute) or not self._is_path(function.value):
            return None
        if function.attr == "append" and len(arguments) == 1:
            return self._folders(arguments, first=False)
        if function.attr == "extend" and len(arguments) == 1:
            return self._folders(_items(arguments[0]), first=False)
        if function.attr == "insert" and len(arguments) == 2 and _is_index(arguments[0]):
            return self._folders(arguments[1:], first=True)
        return None

    def _added_once(self, test: ast.expr, body: ast.stmt) -> tuple[list[str], bool] | None:
        """Return what ``if folder not in sys.path: sys.path.append(folder)`` makes sure of."""
        added = self._added(body) if isinstance(body, ast.Expr) else None
        if added is None or not isinstance(test, ast.Compare) or not isinstance(body, ast.Expr):
            return None
        call = body.value
        same = isinstance(call, ast.Call) and ast.dump(call.args[-1]) == ast.dump(test.left)
        unless = [type(operator) for operator in test.ops] == [ast.NotIn] and self._is_path(test.comparators[0])
        return added if same and unless else None

    def _is_path(self, node: ast.expr) -> bool:
        return self.values.dotted(node) == "sys.path"

    def _folders(self, nodes: Sequence[ast.expr] | None, *, first: bool) -> tuple[list[str], bool] | None:
        values = [self.values.value(node) for node in nodes or ()]
        texts = [value.text for value in values if value is not None and not value.is_path]
        return (texts, first) if texts and len(texts) == len(values) else None


def _items(node: ast.expr) -> Sequence[ast.expr] | None:
    return node.elts if isinstance(node, ast.List | ast.Tuple) else None


def _is_index(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int


def _only_looks(node: ast.AST, parents: dict[int, ast.AST]) -> bool:
    """Tell whether a mention of the path changes nothing: ``print(sys.path)``, ``x in sys.path``."""
    parent = parents.get(id(node))
    if isinstance(parent, ast.Call):
        return isinstance(parent.func, ast.Name) and parent.func.id in _LOOKING
    if isinstance(parent, ast.Subscript):
        return isinstance(parent.ctx, ast.Load)
    return isinstance(parent, ast.Compare | ast.Expr | ast.FormattedValue)


def _may_be_first(node: ast.AST, parents: dict[int, ast.AST]) -> bool:
    """Tell whether a change may put something before the kernel's own folder."""
    parent = parents.get(id(node))
    if isinstance(parent, ast.Attribute):
        return parent.attr not in _BACKWARD
    if isinstance(parent, ast.AugAssign):
        return False
    return isinstance(parent, ast.Assign | ast.Delete | ast.Subscript)


def extends_path(text: str) -> bool:
    """Tell whether a module's code may change where imports look, or the current folder."""
    if not any(word in text for word in ("sys", "chdir", "addsitedir")):
        return False
    try:
        return any(map(_changes_lookup, ast.walk(ast.parse(text.removeprefix("\ufeff")))))
    except (SyntaxError, ValueError, RecursionError):
        return True


def _changes_lookup(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        of_sys = node.attr in _FINDING and isinstance(node.value, ast.Name) and node.value.id == "sys"
        return of_sys or node.attr in ("chdir", "fchdir", "addsitedir")
    names: Iterable[str] = [alias.name for alias in node.names] if isinstance(node, ast.ImportFrom) else ()
    finding = isinstance(node, ast.ImportFrom) and node.module == "sys" and not _FINDING.isdisjoint(names)
    return finding or not {"chdir", "addsitedir"}.isdisjoint(names)
