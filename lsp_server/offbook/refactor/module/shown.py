"""What names its module where it is shown: ``<__main__.Model object at 0x...>`` becomes ``<helpers.Model ...>``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from offbook.analysis import span_of
from offbook.refactor.module.names import Names
from offbook.refactor.module.scene import Piece, Scene
from offbook.refactor.module.target import Target

_SHOWING = {"print", "display", "repr", "str", "format", "pprint"}
_DESCRIBING = frozenset(
    "builtins.help pydoc.help pydoc.doc pydoc.render_doc dis.dis dis.show_code dis.get_instructions inspect.getfile "
    "inspect.getsourcefile inspect.getmodule inspect.getsourcelines inspect.getabsfile".split()
)
_NAMING = frozenset({"__class__", "__mro__", "__bases__", "__base__", "__module__"})
"""Attributes whose text names modules."""

_TEXT_METHODS = {"__repr__", "__str__", "_repr_html_", "_repr_mimebundle_", "__format__"}


def check_shown(scene: Scene, names: Names, target: Target, pieces: list[Piece]) -> list[str]:
    """Refuse where a cell shows what moves, or a plain object of a class; warn of classes without a text of their own.

    Raises:
        RefusedError: with the place where it is shown.
    """
    classes = {piece.name: piece for piece in pieces if piece.kind == "class"}
    _check_described(scene, names, {name for piece in pieces for name in piece.names}, bool(classes))
    _check_functions(scene, {name for piece in pieces if piece.kind != "class" for name in piece.names})
    if not classes:
        return []
    plain = {name for name, piece in classes.items() if not _has_text(piece.node, classes)}
    makers = {name: name for name in plain}
    heirs = _heirs(scene, set(classes))
    for index, cell, facts in scene.cells:
        for node in texts_made(facts.tree, facts.display):
            name = _class_shown(scene, node, set(classes), makers) or _ancestor_shown(scene, node, heirs)
            if name is not None:
                raise scene.refuse(
                    f"cell {index + 1} shows `{ast.unparse(node)}`, whose text names the module of `{name}`",
                    cell.id,
                    span_of(node),
                    f"Give `{name}` a `__repr__`." if name in plain else "Show its `__name__` instead.",
                )
    return [
        f"`{name}` has no `__repr__`: where an object of it is shown, the text will name `{target.dotted}` "
        "instead of `__main__`."
        for name in classes
        if name in plain
    ]


def _check_described(scene: Scene, names: Names, moved: set[str], classes: bool) -> None:
    """Refuse calls whose text names the module or the lines of what moves: ``help(f)``, ``dis.dis(f)``."""
    for index, cell, facts in scene.cells:
        for call in facts.calls:
            dotted = names.dotted(call.node.func)
            read = {node.id for node in ast.walk(call.node) if isinstance(node, ast.Name)} & moved
            if (dotted in _DESCRIBING and read) or (dotted == "unittest.main" and classes):
                what = f" of `{min(read)}`" if read else ""
                raise scene.refuse(
                    f"cell {index + 1} calls `{ast.unparse(call.node.func)}`, whose text names the module{what}",
                    cell.id,
                    span_of(call.node),
                )


def _check_functions(scene: Scene, moved: set[str]) -> None:
    """Refuse functions that cells show, ``<function __main__.f(x)>``; ``print`` leaves the module out."""
    for index, cell, facts in scene.cells:
        displayed = [facts.display] if facts.display is not None else []
        for call in facts.calls:
            if isinstance(call.node.func, ast.Name) and call.node.func.id == "display":
                displayed += call.node.args
        for node in (item for part in displayed for item in items_of(part)):
            if isinstance(node, ast.Name) and node.id in moved and _is_function(scene, node.id):
                raise scene.refuse(
                    f"cell {index + 1} shows `{node.id}`, whose text names the module",
                    cell.id,
                    span_of(node),
                    "Show its `__name__` instead.",
                )


def _is_function(scene: Scene, name: str) -> bool:
    """Tell whether a name is bound to a function or a lambda somewhere."""
    nodes = [binding.node for _, binding in scene.flow.bindings(name)]
    return any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        or (isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Lambda))
        for node in nodes
    )


def _has_text(node: ast.stmt, classes: dict[str, Piece]) -> bool:
    """Tell whether objects of a class have a text that does not name the module."""
    if not isinstance(node, ast.ClassDef):
        return True
    for decorator in node.decorator_list:
        function = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(function, ast.Name | ast.Attribute) and ast.unparse(function).split(".")[-1] in (
            "dataclass",
            "define",
        ):
            return True
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef) and statement.name in _TEXT_METHODS:
            return True
        if isinstance(statement, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id in _TEXT_METHODS for target in statement.targets
        ):
            return True
    for base in node.bases:
        root = base.value if isinstance(base, ast.Subscript) else base
        if isinstance(root, ast.Name) and root.id in classes:
            if _has_text(classes[root.id].node, classes):
                return True
        elif not (isinstance(root, ast.Name) and root.id in ("object", "Generic", "ABC", "Protocol")):
            return True  # a library's class: it usually has one; what it prints is warned of by nobody
    return False


def texts_made(tree: ast.Module | None, display: ast.expr | None) -> Iterator[ast.expr]:
    """Yield expressions whose text a cell makes: displayed, printed, formatted."""
    if display is not None:
        yield from items_of(display)
    for node in ast.walk(tree or ast.Module([], [])):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _SHOWING:
            for argument in node.args:
                yield from items_of(argument)
        elif isinstance(node, ast.FormattedValue):
            yield node.value


def items_of(node: ast.expr) -> Iterator[ast.expr]:
    """Yield an expression and, where it is a tuple, list or set, what is in it."""
    yield node
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        for item in node.elts:
            yield from items_of(item)


def _class_shown(scene: Scene, node: ast.expr, classes: set[str], plain: dict[str, str]) -> str | None:
    """Return the moved class whose module the text of an expression names."""
    if isinstance(node, ast.Name):
        if node.id in classes:
            return node.id
        if node.id in ("self", "cls"):
            return min(plain.values() if node.id == "self" else classes, default=None)
        bindings = scene.flow.bindings(node.id)
        if bindings and all(_made_by(binding.node, plain) for _, binding in bindings):
            return _made_by(bindings[0][1].node, plain)
        return None
    if isinstance(node, ast.Attribute) and node.attr in _NAMING:
        return _class_of(scene, node.value, classes)
    if isinstance(node, ast.Call):
        return _class_in_call(scene, node, classes, plain)
    return None


def _ancestor_shown(scene: Scene, node: ast.expr, heirs: dict[str, str]) -> str | None:
    """Return the moved class among the ancestors that an expression shows: ``B.__mro__``, ``B.mro()``."""
    if isinstance(node, ast.Attribute) and node.attr in ("__mro__", "__bases__", "__base__"):
        return heirs.get(_class_of(scene, node.value, set(heirs)) or "")
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name == "mro" and isinstance(node.func, ast.Attribute):
            return heirs.get(_class_of(scene, node.func.value, set(heirs)) or "")
        if name == "getmro" and len(node.args) == 1:
            return heirs.get(_class_of(scene, node.args[0], set(heirs)) or "")
    return None


def _heirs(scene: Scene, moved: set[str]) -> dict[str, str]:
    """Return the classes of the notebook that inherit from a moved one, with that one."""
    bases = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for _, _, facts in scene.cells
        for node in ast.walk(facts.tree or ast.Module([], []))
        if isinstance(node, ast.ClassDef)
    }
    found = {name: name for name in moved}
    while True:
        new = {name: min(own & found.keys()) for name, own in bases.items() if name not in found and own & found.keys()}
        if not new:
            return found
        found |= {name: found[base] for name, base in new.items()}


def _class_in_call(scene: Scene, node: ast.Call, classes: set[str], plain: dict[str, str]) -> str | None:
    function = node.func
    if isinstance(function, ast.Attribute) and function.attr in ("mro", "__subclasses__"):
        return _class_of(scene, function.value, classes)
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name in ("type", "getmro") and len(node.args) == 1:
        return _class_of(scene, node.args[0], classes)
    return plain.get(name) if isinstance(function, ast.Name) else None


def _class_of(scene: Scene, node: ast.expr, classes: set[str]) -> str | None:
    """Return the moved class that an expression is, or surely is an object of; any where that is not known."""
    every = {name: name for name in classes}
    if isinstance(node, ast.Name):
        if node.id in ("self", "cls"):
            return min(classes)
        made = [_made_by(binding.node, every) for _, binding in scene.flow.bindings(node.id)]
        return next((name for name in made if name), every.get(node.id))
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id == "type" and len(node.args) == 1:
            return _class_of(scene, node.args[0], classes)
        return every.get(node.func.id) if isinstance(node.func, ast.Name) else None
    if isinstance(node, ast.Attribute) and node.attr in _NAMING:
        return _class_of(scene, node.value, classes)
    return None


def _made_by(node: ast.AST | None, classes: dict[str, str]) -> str | None:
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return classes.get(value.func.id)
    return None
