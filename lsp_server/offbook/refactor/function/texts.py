"""Values whose text names the function that they were made in: ``<generator object f.<locals>.<genexpr> at 0x...>``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from offbook.analysis import span_of
from offbook.refactor.module.scene import Scene
from offbook.refactor.module.shown import items_of, texts_made
from offbook.refactor.region.layout import Layout

_CODE = ast.Lambda | ast.GeneratorExp
_ADVICE = "Show what it gives instead, or leave that cell out."


def check_texts(scene: Scene, layout: Layout) -> None:
    """Refuse where the text of a lambda, a generator or a function that the region makes is shown.

    Raises:
        RefusedError: with the place where it is shown.
    """
    region = layout.region
    made = _made(layout)
    for node in _shown(layout):
        if _holds_code(node, made):
            cell, span = region.place(span_of(node))
            raise scene.refuse(_reason(node), cell, span, _ADVICE)
    for segment in region.after if made else ():
        for node in texts_made(segment.facts.tree, segment.facts.display):
            if isinstance(node, ast.Name) and node.id in made:
                span = span_of(node)
                raise scene.refuse(_reason(node), segment.cell, span, _ADVICE)


def _reason(node: ast.expr) -> str:
    return f"`{' '.join(ast.unparse(node).split())}` is shown, and its text would name the new function"


def _shown(layout: Layout) -> Iterator[ast.expr]:
    """Yield the expressions of the region whose text is made."""
    for unit in layout.inside:
        for node in unit.nodes:
            if isinstance(node, ast.Expr):
                yield from items_of(node.value)
    yield from texts_made(layout.facts.tree, None)


def _made(layout: Layout) -> set[str]:
    """Return the names that the region gives to functions, lambdas, generators, and to what holds them."""
    found: set[str] = set()
    for unit in layout.inside:
        for statement in unit.nodes:
            for node in ast.walk(statement):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    found.add(node.name)
                elif isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr):
                    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                    if node.value is not None and _holds_code(node.value, found):
                        found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


def _holds_code(node: ast.expr, made: set[str]) -> bool:
    """Tell whether the text of a value shows a function that the region makes."""
    if isinstance(node, _CODE):
        return True
    if isinstance(node, ast.Name):
        return node.id in made
    parts: list[ast.expr] = []
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        parts = node.elts
    elif isinstance(node, ast.Dict):
        parts = node.values
    elif isinstance(node, ast.ListComp | ast.SetComp):
        parts = [node.elt]
    elif isinstance(node, ast.DictComp):
        parts = [node.value]
    elif isinstance(node, ast.IfExp):
        parts = [node.body, node.orelse]
    elif isinstance(node, ast.Call):
        parts = _shown_arguments(node)
    return any(_holds_code(part, made) for part in parts)


def _shown_arguments(node: ast.Call) -> list[ast.expr]:
    """Return the arguments that the text of a call's value may show: those of a class; ``fit`` returns its object."""
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name == "fit" and isinstance(function, ast.Attribute):
        return [function.value]
    if name == "partial" or name[:1].isupper():
        return [*node.args, *(keyword.value for keyword in node.keywords)]
    return []
