"""What a module does when it is imported, beyond defining names."""

from __future__ import annotations

import ast
import sys
from collections.abc import Sequence
from functools import lru_cache

from offbook.analysis import analyze
from offbook.notebook import Cell, CellId, Notebook
from offbook.refactor.module.local import LocalModule, imported_from
from offbook.refactor.module.names import ImportedName, Names
from offbook.refactor.module.order import imports_of, is_settled
from offbook.refactor.module.purity import Purity
from offbook.refactor.module.scene import Moment, RefusedError, Scene
from offbook.refactor.plan import Place, Refusal
from offbook.refactor.registry import Context
from offbook.text import Span

_PLAIN_CALLS = frozenset(
    "compile namedtuple getLogger Path PurePath TypeVar NewType frozenset set dict list tuple range partial Fraction "
    "Decimal timedelta date array arange linspace OrderedDict Counter defaultdict deque join split".split()
)


def check_quiet(scene: Scene, dotted: str, start: Moment) -> None:
    """Refuse a module that is imported at a moment where the import does more than define names.

    What the notebook has surely imported by then does not run again.

    Raises:
        RefusedError: with the place in the module, or in the package that holds it.
    """
    there = _imported_before(scene, start)
    for module in scene.reached(dotted):
        tree = module.tree
        if any(moment < start for moment in imports_of(scene, module.path, surely=True)):
            continue
        for statement in tree.body if tree else ():
            problem = noise(module, statement, there, scene)
            if problem:
                place = Place(module.path, None, Span.on_line(statement.lineno - 1))
                advice = f"Import `{module.dotted}` in the notebook first, or choose another module."
                raise RefusedError(Refusal(f"importing `{module.dotted}` {problem}", place, advice))


def _imported_before(scene: Scene, start: Moment) -> set[str]:
    """Return the top-level packages that the notebook imports before a moment, or that are the same before it does."""
    found: set[str] = set()
    for index, _, facts in scene.cells:
        for item in facts.imports:
            moment = Moment(index, item.span.start.line)
            name = ImportedName(item.module, item.name, item.bound)
            plain = item.top and not item.guarded and not item.level
            if plain and (moment < start or is_settled(scene, name, start, moment)):
                found.add(item.module.partition(".")[0])
    return found


def noise(module: LocalModule, statement: ast.stmt, there: set[str], scene: Scene) -> str:
    """Return what a statement of a module does at import beyond defining names; empty where nothing.

    Args:
        module: the module.
        statement: stands at its top level.
        there: packages that are imported by then.
        scene: the notebook that imports it.
    """
    if isinstance(statement, ast.Import | ast.ImportFrom):
        if isinstance(statement, ast.Import):
            modules = [alias.name for alias in statement.names]
        else:
            modules = [imported_from(statement, module.package)]
        for name in modules:
            top = name.partition(".")[0]
            known = top in there or top in sys.stdlib_module_names or scene.is_local(top)
            if not known or (scene.bases.holding(top) and not scene.bases.holding(name)):
                return f"imports `{top}`, which the notebook has not imported at that point"
        return ""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        own = _own_names(module.text)
        return "" if _is_quiet(statement, own) else f"runs code (line {statement.lineno})"
    if isinstance(statement, ast.Pass):
        return ""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return ""
    if isinstance(statement, ast.If) and _is_script_part(statement.test):
        return ""
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        calls = [node for node in ast.walk(statement) if isinstance(node, ast.Call)]
        if all(_called(node) in _PLAIN_CALLS for node in calls) or _is_pure(module, statement, scene):
            return ""
    return f"runs code (line {statement.lineno})"


def _is_pure(module: LocalModule, statement: ast.Assign | ast.AnnAssign, scene: Scene) -> bool:
    """Tell whether an assignment gives the same value, with no effect, whenever the module is imported."""
    cell = Cell(CellId("module"), "code", module.text.removeprefix("\ufeff"))
    own = Scene(Context(analyze(Notebook(module.path, (cell,))), scene.workspace))
    tree = own.facts_at(0).tree
    same = (node for node in tree.body if node.lineno == statement.lineno) if tree is not None else ()
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    plain = all(isinstance(target, ast.Name) for target in targets)
    return plain and all(Purity(Names(own), lambda _: None).statement(node) is None for node in same)


def _is_quiet(statement: ast.stmt, own: frozenset[str]) -> bool:
    """Tell whether a definition only defines: no decorator, default or class body of it runs the module's own code."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        defaults = [*statement.args.defaults, *(default for default in statement.args.kw_defaults if default)]
        return all(_root(item) not in own for item in statement.decorator_list) and _calls_no(own, defaults)
    if isinstance(statement, ast.ClassDef):
        eager = [*statement.bases, *(keyword.value for keyword in statement.keywords)]
        decorated = all(_root(item) not in own for item in statement.decorator_list)
        return decorated and _calls_no(own, eager) and all(_is_quiet(item, own) for item in statement.body)
    return _calls_no(own, [statement])


def _calls_no(own: frozenset[str], nodes: Sequence[ast.AST]) -> bool:
    calls = (node for item in nodes for node in ast.walk(item) if isinstance(node, ast.Call))
    return all(_root(call) not in own for call in calls)


def _root(node: ast.expr) -> str:
    """Return the name with which a call, an attribute or a name begins."""
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


@lru_cache(maxsize=64)
def _own_names(text: str) -> frozenset[str]:
    """Return what a module defines itself, and what runs code or prints wherever it stands."""
    body = ast.parse(text.removeprefix("\ufeff")).body
    defined = {item.name for item in body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)}
    return frozenset(defined | {"print", "open", "exec", "eval", "input", "display"})


def _is_script_part(test: ast.expr) -> bool:
    text = ast.unparse(test)
    return text in ("__name__ == '__main__'", "TYPE_CHECKING", "typing.TYPE_CHECKING")


def _called(node: ast.Call) -> str:
    function = node.func
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )
