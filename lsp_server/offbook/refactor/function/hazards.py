"""What code may not do in a function, since a function has names of its own and a cell of its own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from offbook.analysis import CellFacts, DeferredRead, Read, root_name, span_of
from offbook.refactor.function.texts import check_texts
from offbook.refactor.module.names import Names
from offbook.refactor.module.scene import RefusedError, Scene
from offbook.refactor.module.surroundings import has_doctest
from offbook.refactor.region.choice import is_definition
from offbook.refactor.region.layout import Layout, may_stand_inside
from offbook.text import Span

_HISTORY = re.compile(r"_{1,3}|_i{1,3}|_\d+|_i\d+|_[iod]h|In|Out")
_NAMESPACE = frozenset({"exec", "eval", "globals", "locals", "vars", "dir"})
_SHELL = {"get_ipython": "runs IPython's own commands", "exit": "ends the kernel", "quit": "ends the kernel"}
_LISTINGS = frozenset({"who", "whos", "who_ls", "store", "reset", "reset_selective", "xdel", "run", "load", "macro"})
_FRAMES = ("sys._getframe", "inspect.currentframe", "inspect.stack", "sys.getrefcount", "sys.modules")
_PICKLERS = frozenset({"pickle", "cPickle", "multiprocessing", "concurrent", "multiprocess"})
_CELL_SETTINGS = {
    "ast_node_interactivity": "shows the values of all expressions",
    "close_figures": "keeps figures open from cell to cell",
    "__annotations__": "may read the annotations of the notebook's variables",
}
_LINE_PARTS = 40


def check_notebook(scene: Scene) -> None:
    """Refuse notebooks in which a cell looks at the others' names, history or settings.

    Raises:
        RefusedError: with the place.
    """
    scene.check_readable()
    for index, cell, facts in scene.cells:
        for word, what in _CELL_SETTINGS.items():
            if word in facts.source:
                raise scene.refuse(f"cell {index + 1} {what} (`{word}`)", cell.id)
        itself = next((item for item in facts.imports if item.module == "__main__"), None)
        if itself is not None:
            raise scene.refuse(f"cell {index + 1} imports the notebook itself (`__main__`)", cell.id, itself.span)
        for magic in facts.masked.magics:
            if magic.name in _LISTINGS:
                raise scene.refuse(f"cell {index + 1} uses `%{magic.name}`, which sees all names", cell.id, magic.span)
        for name, span in _uses_of_namespace(facts):
            raise scene.refuse(f"cell {index + 1} uses `{name}`, which can read or bind any name", cell.id, span)
        reads: list[Read | DeferredRead] = [*facts.reads, *facts.deferred]
        for read in reads:
            if _HISTORY.fullmatch(read.name) and not scene.flow.bindings(read.name):
                raise scene.refuse(
                    f"cell {index + 1} uses `{read.name}`, the history of the notebook",
                    cell.id,
                    read.span,
                    "Give the value a name.",
                )


def _uses_of_namespace(facts: CellFacts) -> Iterator[tuple[str, Span]]:
    """Yield what sees the notebook's names as a whole: ``globals()``, ``dir()``, ``exec(code)``."""
    for call in facts.calls:
        function = call.node.func
        if isinstance(function, ast.Name) and function.id in _NAMESPACE:
            bare = function.id in ("vars", "dir", "locals")
            if not (bare and (call.node.args or call.owner)):
                yield function.id, span_of(call.node)


class BodyCheck:
    """Looks for what the statements of the new function may not do."""

    def __init__(self, scene: Scene, layout: Layout) -> None:
        self.scene = scene
        self.layout = layout
        self.names = Names(scene)

    def refuse(self, node: ast.AST | Span, reason: str, advice: str = "") -> RefusedError:
        """Return a refusal at a node of the joined text."""
        cell, place = self.layout.region.place(span_of(node))
        return self.scene.refuse(reason, cell, place, advice)

    def check(self) -> None:
        """Refuse what stands in the way.

        Raises:
            RefusedError: with the place.
        """
        for unit in self.layout.inside:
            if unit.magic and not may_stand_inside(self.layout.region, unit):
                raise self.refuse(
                    unit.nodes[0],
                    "a magic or shell line stands in the middle of the code",
                    "Give it a cell of its own, or leave it out of the selection.",
                )
            if len(unit.nodes) > _LINE_PARTS:
                raise self.refuse(unit.nodes[0], "a line holds too many statements")
            if is_definition(unit):
                self._check_nested(unit.nodes[0])
            for node in unit.nodes:
                self._check_statement(node)
        self._check_deletions()
        check_texts(self.scene, self.layout)

    def _check_nested(self, node: ast.stmt) -> None:
        """Refuse definitions that would be other ones inside a function."""
        if isinstance(node, ast.ClassDef):
            raise self.refuse(
                node,
                f"the class `{node.name}` uses variables of the code, and would be another one in a function",
                "Move the class to a cell of its own.",
            )
        picklers = {
            item.module
            for _, _, facts in self.scene.cells
            for item in facts.imports
            if item.module.partition(".")[0] in _PICKLERS
        }
        if any("get_type_hints" in facts.source for _, _, facts in self.scene.cells):
            raise self.refuse(
                node,
                f"`{getattr(node, 'name', '')}` would stand in a function, whose names `get_type_hints` does not see",
                "Move it to a cell of its own, with what it needs.",
            )
        tested = any(item.module == "doctest" for _, _, facts in self.scene.cells for item in facts.imports)
        if tested and has_doctest(node):
            raise self.refuse(
                node,
                f"`{getattr(node, 'name', '')}` would stand inside a function, where `doctest` could not find it",
                "Move it to a cell of its own, with what it needs.",
            )
        if picklers and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            raise self.refuse(
                node, f"`{node.name}` would stand inside a function, where `{min(picklers)}` could not find it"
            )

    def _check_statement(self, statement: ast.stmt) -> None:
        for node in _own_level(statement):
            if isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith) or getattr(node, "is_async", False):
                raise self.refuse(
                    node if hasattr(node, "lineno") else statement, "the code awaits something (`await`, `async for`)"
                )
            if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
                raise self.refuse(node, "a star import cannot stand in a function", "Import by name.")
            if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                raise self.refuse(node, "`from __future__` must stand at the top")
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                self._check_annotated(node, node.target.id)
            if isinstance(node, ast.ClassDef) and node is not statement:
                raise self.refuse(node, f"the class `{node.name}` is defined inside another statement")
        harmless = set(_membership_tests(statement))
        for node in ast.walk(statement):
            if node in harmless:
                continue
            if isinstance(node, ast.Global):
                raise self.refuse(node, f"a function in the code changes `{node.names[0]}` (`global`)")
            if isinstance(node, ast.Name) and node.id in _SHELL and not self.scene.flow.bindings(node.id):
                raise self.refuse(node, f"the code uses `{node.id}`, which {_SHELL[node.id]}")
            if isinstance(node, ast.Attribute) and self.names.dotted(node).startswith(_FRAMES):
                raise self.refuse(node, f"the code uses `{ast.unparse(node)}`, which sees who calls it")
            if isinstance(node, ast.Expr):
                self._check_resize(node.value)

    def _check_annotated(self, node: ast.AnnAssign, name: str) -> None:
        """Refuse annotations of variables that do something: in a function, Python does not evaluate them."""
        if node.value is None:
            raise self.refuse(node, f"`{name}` is annotated and not bound", "Bind it there.")
        call = next((inner for inner in ast.walk(node.annotation) if isinstance(inner, ast.Call | ast.NamedExpr)), None)
        if call is not None:
            raise self.refuse(call, f"the annotation of `{name}` runs code, which it would not in a function")

    def _check_resize(self, node: ast.expr) -> None:
        """Refuse numpy's ``resize`` in place, which fails where an array has several names."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "resize":
            name = root_name(node.func.value)
            if name is not None and any(read.name == name for read in self.layout.facts.reads):
                raise self.refuse(node, f"`{name}.resize` counts the references to `{name}`")

    def _check_deletions(self) -> None:
        for deletion in self.layout.facts.deletions:
            bound = [item for item in self.layout.facts.bindings if item.name == deletion.name]
            first = min((item.span.start for item in bound), default=None)
            if first is None or first > deletion.span.start or not deletion.definite:
                raise self.refuse(
                    deletion.span,
                    f"the code deletes the notebook's `{deletion.name}`",
                    "Leave the `del` in the notebook.",
                )


def _membership_tests(statement: ast.stmt) -> Iterator[ast.AST]:
    """Yield ``sys.modules`` where it is only asked for a name: ``"google.colab" in sys.modules``."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Constant) and len(node.ops) == 1:
            right = node.comparators[0]
            if isinstance(node.ops[0], ast.In | ast.NotIn) and ast.unparse(right) == "sys.modules":
                yield right


def _own_level(statement: ast.stmt) -> Iterator[ast.AST]:
    """Yield the nodes of a statement that are not inside functions."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)
