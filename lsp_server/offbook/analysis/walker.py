"""Walks the tree of one cell once and notes everything that it does with names."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from offbook.analysis.expressions import ExpressionWalker
from offbook.analysis.facts import BindingKind, Definition, Deletion, Import, span_of
from offbook.analysis.nodes import walk
from offbook.analysis.scope import Bound, Frame, Loop
from offbook.text import Span

_BROAD = {"NameError", "Exception", "BaseException", "UnboundLocalError"}
_VERSIONS = {"version_info", "PY2", "PY3", "python_version"}
_IMPORT_ERRORS = {"ImportError", "ModuleNotFoundError"}


class CellWalker(ExpressionWalker):
    """Visits statements in the order of execution; expressions are the base class's."""

    def __init__(self, lines: list[str], lazy_annotations: bool) -> None:
        super().__init__()
        self.lines = lines
        self.lazy_annotations = lazy_annotations
        self.imports: list[Import] = []
        self.deletions: list[Deletion] = []
        self.definitions: list[Definition] = []
        self.block_depth = 0
        self.import_guard = 0

    def statements(self, body: Iterable[ast.stmt]) -> bool:
        """Visit a block; return whether its end is reached."""
        reached = True
        for statement in body:
            handler = self._handlers.get(type(statement))
            if handler is None:
                self.generic(statement)
            else:
                handler(self, statement)
            if isinstance(statement, ast.Raise | ast.Return | ast.Break | ast.Continue):
                reached = False
            if isinstance(statement, ast.Break | ast.Continue) and self.loops:
                self.loops[-1].left = True
                if isinstance(statement, ast.Break):
                    self.loops[-1].breaks.append(self.bound.copy())
        return reached

    def _block(self, body: Iterable[ast.stmt], bound: Bound) -> Bound | None:
        """Visit one branch, which starts from ``bound``; return what holds at its end, if that is reached."""
        before, self.bound = self.bound, bound
        self.block_depth += 1
        self.branch_depth += 1
        reached = self.statements(body)
        self.block_depth -= 1
        self.branch_depth -= 1
        after, self.bound = self.bound, before
        return after if reached else None

    def _branches(self, *ends: Bound | None) -> None:
        possible = [end for end in ends if end is not None]
        if possible:
            self.bound.merge(possible)

    # definitions

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for decorator in node.decorator_list:
            self.expression(decorator)
        self._with_type_parameters(node, lambda: self._function_parts(node))
        self._define(node, "function")

    def _function_parts(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.defaults(node.args)
        for argument in self.all_arguments(node.args):
            self._annotation(argument.annotation)
        self._annotation(node.returns)
        self.function_body(node.args, node.body, self.frame.owner or node.name)

    def _class(self, node: ast.ClassDef) -> None:
        for decorator in node.decorator_list:
            self.expression(decorator)
        self._with_type_parameters(node, lambda: self._class_parts(node))
        self._define(node, "class")

    def _class_parts(self, node: ast.ClassDef) -> None:
        for base in node.bases:
            self.expression(base)
        for keyword in node.keywords:
            self.expression(keyword.value)
        self.frame = Frame("class", self.frame, self.frame.owner or node.name, bound={"__module__", "__qualname__"})
        self.block_depth += 1
        self.statements(node.body)
        self.block_depth -= 1
        parent = self.frame.parent
        assert parent is not None, "a class frame always has a parent"
        self.frame = parent

    def _define(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, kind: BindingKind) -> None:
        name = self._name_after_keyword(node)
        self.bind(node.name, name, kind, node)
        if self.frame.kind == "module" and self.block_depth == 0:
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            end = span_of(node).end
            whole = Span.of(first - 1, node.col_offset, end.line, end.column)
            self.definitions.append(
                Definition(node.name, "class" if kind == "class" else "function", name, whole, node)
            )

    def _name_after_keyword(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Span:
        line = node.lineno - 1
        skip = 5 if isinstance(node, ast.ClassDef) else 9 if isinstance(node, ast.AsyncFunctionDef) else 3
        column = self.lines[line].find(node.name, node.col_offset + skip)
        if column < 0:
            return Span.on_line(line, node.col_offset, node.col_offset + skip)
        return Span.on_line(line, column, column + len(node.name))

    def _with_type_parameters(self, node: ast.AST, visit: Callable[[], None]) -> None:
        """Visit with the names of ``def f[T]()`` (Python 3.12) hidden from the notebook."""
        parameters = getattr(node, "type_params", [])
        if parameters:
            self.frame.hidden.append({parameter.name for parameter in parameters})
        visit()
        if parameters:
            self.frame.hidden.pop()

    def _annotation(self, node: ast.expr | None) -> None:
        if node is not None and not self.lazy_annotations:
            self.expression(node)

    # assignments

    def _assign(self, node: ast.Assign) -> None:
        self.expression(node.value)
        for target in node.targets:
            self.target(target, "assign", node)

    def _augmented(self, node: ast.AugAssign) -> None:
        target = node.target
        if isinstance(target, ast.Name):
            self.load(target.id, ast.copy_location(ast.Name(target.id, ast.Load()), target))
            self.expression(node.value)
            self.mutate(target.id, target, "augment", "")
            self.bind(target.id, target, "augment", node)
        else:
            self.expression(node.value)
            self.target(target, "augment", node)

    def _annotated(self, node: ast.AnnAssign) -> None:
        self._annotation(node.annotation)
        if node.value is not None:
            self.expression(node.value)
            self.target(node.target, "assign", node)
        elif not isinstance(node.target, ast.Name):
            self.generic(node.target)
        elif self.frame.kind == "function":
            self.frame.bound.add(node.target.id)

    def _type_alias(self, node: Any) -> None:
        self._with_type_parameters(
            node, lambda: self.lambda_body(ast.arguments([], [], None, [], [], None, []), node.value)
        )
        self.target(node.name, "assign", node)

    def _delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if not isinstance(target, ast.Name):
                self.target(target, "assign", node)
                continue
            self.load(target.id, target)
            if self.frame.kind == "module":
                self.deletions.append(Deletion(target.id, span_of(target), self.branch_depth == 0))
                self.bound.definite.discard(target.id)
                self.bound.possible.discard(target.id)
                self.deleted.add(target.id)

    # imports

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            bound = alias.asname or alias.name.partition(".")[0]
            self._imported(node, alias, alias.name, "", bound, 0)

    def _import_from(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            self._imported(node, alias, node.module or "", alias.name, alias.asname or alias.name, node.level)

    def _imported(
        self, node: ast.Import | ast.ImportFrom, alias: ast.alias, module: str, name: str, bound: str, level: int
    ) -> None:
        top = self.frame.kind == "module"
        span = span_of(alias)
        self.imports.append(Import(module, name, bound, level, span, top, self.import_guard > 0, node))
        if bound != "*":
            self.bind(bound, span, "import", node)

    # control flow

    def _if(self, node: ast.If) -> None:
        names = self.expression_guards(node.test)
        self.expression(node.test)
        self.guarded_names.append(names)
        versions = _asks_for_version(node.test)
        self.guard += versions
        if _always_true(node.test):
            self.block_depth += 1
            self.statements(node.body)
            self.block_depth -= 1
        else:
            self._branches(self._block(node.body, self.bound.copy()), self._block(node.orelse, self.bound.copy()))
        self.guard -= versions
        self.guarded_names.pop()

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While) -> None:
        inside = self.bound.copy()
        if isinstance(node, ast.While):
            self.expression(node.test)
        else:
            self.expression(node.iter)
            before, self.bound = self.bound, inside
            self.branch_depth += 1
            self.target(node.target, "for", node)
            self.branch_depth -= 1
            self.bound = before
        loop = Loop(self.branch_depth + 1)
        self.loops.append(loop)
        self.attempted.append(loop.bound)
        self._block(node.body, inside)
        self.loops.pop()
        self.attempted.pop()
        for place in loop.later_rounds:
            if self.reads[place].name in loop.bound:  # a round before may have bound it
                self.reads[place] = self.reads[place]._replace(exposure="maybe")
        after = self.bound.copy()
        after.possible |= inside.possible | loop.bound
        ends = self._block(node.orelse, after)
        endless = isinstance(node, ast.While) and _always_true(node.test)
        self._branches(*loop.breaks, *([] if endless and loop.breaks else [ends]))

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            self.expression(item.context_expr)
            if item.optional_vars is not None:
                self.target(item.optional_vars, "with", node)
        self.block_depth += 1
        self.statements(node.body)
        self.block_depth -= 1

    def _try(self, node: ast.Try) -> None:
        caught = [name for handler in node.handlers for name in _caught(handler)]
        guards = any(name in _BROAD for name in caught)
        imports = guards or any(name in _IMPORT_ERRORS for name in caught)
        self.guard += guards
        self.import_guard += imports
        self.attempted.append(set())
        body = self._block(node.body, self.bound.copy())
        self.guard -= guards
        interrupted = self.bound.copy()
        interrupted.possible |= self.attempted.pop()
        handled = [self._handler(handler, interrupted.copy()) for handler in node.handlers]
        self.import_guard -= imports
        if body is not None:
            body = self._block(node.orelse, body)
        self._branches(body, *handled)
        self.statements(node.finalbody)

    def _handler(self, node: ast.ExceptHandler, bound: Bound) -> Bound | None:
        if node.type is not None:
            self.expression(node.type)
        if node.name:
            before, self.bound = self.bound, bound
            self.branch_depth += 1
            self.bind(node.name, span_of(node), "except", node)
            self.branch_depth -= 1
            self.bound = before
        after = self._block(node.body, bound)
        if after is not None and node.name:  # Python deletes the name at the handler's end
            after.definite.discard(node.name)
            after.possible.discard(node.name)
        return after

    def _match(self, node: ast.Match) -> None:
        self.expression(node.subject)
        ends: list[Bound | None] = []
        exhaustive = False
        for case in node.cases:
            bound = self.bound.copy()
            before, self.bound = self.bound, bound
            self.branch_depth += 1
            self._pattern(case.pattern)
            if case.guard is not None:
                self.expression(case.guard)
            elif isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None:
                exhaustive = True
            self.branch_depth -= 1
            self.bound = before
            ends.append(self._block(case.body, bound))
        self._branches(*ends, *([] if exhaustive else [self.bound.copy()]))

    def _pattern(self, pattern: ast.pattern) -> None:
        for node in walk(pattern):
            if isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
                self.bind(node.name, span_of(node), "match", node)
            elif isinstance(node, ast.MatchMapping) and node.rest:
                self.bind(node.rest, span_of(node), "match", node)
            elif isinstance(node, ast.MatchValue):
                self.expression(node.value)
            elif isinstance(node, ast.MatchClass):
                self.expression(node.cls)

    def _global(self, node: ast.Global) -> None:
        self.frame.outer.update(node.names)

    def _nonlocal(self, node: ast.Nonlocal) -> None:
        self.frame.nonlocal_names.update(node.names)

    _handlers: ClassVar[dict[type[ast.stmt], Callable[[CellWalker, Any], None]]] = {
        ast.FunctionDef: _function,
        ast.AsyncFunctionDef: _function,
        ast.ClassDef: _class,
        ast.Assign: _assign,
        ast.AugAssign: _augmented,
        ast.AnnAssign: _annotated,
        ast.Delete: _delete,
        ast.Import: _import,
        ast.ImportFrom: _import_from,
        ast.If: _if,
        ast.For: _loop,
        ast.AsyncFor: _loop,
        ast.While: _loop,
        ast.With: _with,
        ast.AsyncWith: _with,
        ast.Try: _try,
        ast.Match: _match,
        ast.Global: _global,
        ast.Nonlocal: _nonlocal,
    }
    for _newer, _visit in (("TryStar", _try), ("TypeAlias", _type_alias)):  # Python 3.11 and 3.12
        if hasattr(ast, _newer):
            _handlers[getattr(ast, _newer)] = _visit


def _always_true(test: ast.expr) -> bool:
    """Tell whether a notebook always takes the branch: ``if True``, ``if __name__ == "__main__"``."""
    if isinstance(test, ast.Constant):
        return bool(test.value)
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.left, ast.Name)
        and test.left.id == "__name__"
        and isinstance(test.ops[0], ast.Eq)
    )


def _asks_for_version(test: ast.expr) -> bool:
    """Tell whether a condition chooses between versions of Python: each branch has names that the other lacks."""
    names = (getattr(node, "attr", None) or getattr(node, "id", None) for node in walk(test))
    return any(name in _VERSIONS for name in names)


def _caught(handler: ast.ExceptHandler) -> list[str]:
    """Return the names of the exceptions that a handler catches; a bare one catches all."""
    if handler.type is None:
        return ["BaseException"]
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return [node.id for node in types if isinstance(node, ast.Name)]
