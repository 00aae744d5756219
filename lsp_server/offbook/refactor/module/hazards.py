"""What a moved statement may not do, since a module is another place than the notebook."""

from __future__ import annotations

import ast
import re

from offbook.analysis import span_of
from offbook.refactor.module.names import Names
from offbook.refactor.module.scene import Piece, RefusedError, Scene

_HISTORY = re.compile(r"_{1,3}|_i{1,3}|_\d+|_i\d+|_[iod]h|In|Out")
_PLACE_NAMES = {
    "__name__",
    "__file__",
    "__doc__",
    "__spec__",
    "__loader__",
    "__package__",
    "__builtins__",
    "__cached__",
}
_NAMESPACES = {"exec", "eval", "globals", "locals"}
_BARE_NAMESPACES = {"builtins.vars", "builtins.dir"}
_SHELL = {"get_ipython": "runs IPython's own commands", "exit": "ends the kernel", "quit": "ends the kernel"}
_FRAMES = ("sys._getframe", "inspect.currentframe", "inspect.stack", "sys.modules", "inspect.getouterframes")


def check_name(scene: Scene, piece: Piece, name: str, node: ast.AST | None) -> None:
    """Refuse names whose meaning depends on where the code stands.

    Raises:
        RefusedError: for a name that only the notebook has, or that means something else in a module.
    """
    span = span_of(node) if node is not None else piece.whole

    def refuse(what: str, advice: str) -> RefusedError:
        return scene.refuse(f"`{piece.name}` {what}", piece.cell, span, advice)

    if name in _PLACE_NAMES:
        raise refuse(f"uses `{name}`, which is another in a module", "Pass the value as a parameter.")
    if name in _NAMESPACES:
        raise refuse(f"uses `{name}`, which sees the notebook's variables", "Name the variables that it needs.")
    if name in _SHELL:
        raise refuse(f"uses `{name}`, which {_SHELL[name]}", "Leave that part in the notebook.")
    if _HISTORY.fullmatch(name):
        raise refuse(f"uses `{name}`, the history of the notebook", "Give the value a name, and pass it.")


def check_body(scene: Scene, names: Names, piece: Piece) -> None:
    """Refuse statements and calls that work in the notebook alone.

    Raises:
        RefusedError: for ``global``, magics, and looks into the caller's frame.
    """
    _check_magics(scene, piece)
    for node in ast.walk(piece.node):
        if isinstance(node, ast.Global):
            raise scene.refuse(
                f"`{piece.name}` changes the notebook's `{node.names[0]}` (`global`)",
                piece.cell,
                span_of(node),
                f"Return the new value of `{node.names[0]}` instead.",
            )
        if isinstance(node, ast.ImportFrom) and (node.level or any(alias.name == "*" for alias in node.names)):
            raise scene.refuse(
                f"`{piece.name}` imports relatively or with a star", piece.cell, span_of(node), "Name what it imports."
            )
        if isinstance(node, ast.Import | ast.ImportFrom) and _imports_main(node):
            raise scene.refuse(f"`{piece.name}` imports the notebook itself (`__main__`)", piece.cell, span_of(node))
        if isinstance(node, ast.Attribute) and names.dotted(node).startswith(_FRAMES):
            raise scene.refuse(
                f"`{piece.name}` uses `{ast.unparse(node)}`, which sees the notebook's variables",
                piece.cell,
                span_of(node),
                "Pass what it needs as a parameter.",
            )
        if isinstance(node, ast.Call) and not node.args and names.dotted(node.func) in _BARE_NAMESPACES:
            check_name(scene, piece, "locals", node)


def name_node(piece: Piece, name: str) -> ast.AST | None:
    """Return the first node in which a piece uses a name."""
    return next((node for node in ast.walk(piece.node) if isinstance(node, ast.Name) and node.id == name), None)


def _imports_main(node: ast.Import | ast.ImportFrom) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module == "__main__"
    return any(alias.name == "__main__" for alias in node.names)


def _check_magics(scene: Scene, piece: Piece) -> None:
    for magic in scene.analysis.facts_of(piece.cell).masked.magics:
        if magic.kind != "cell" and magic.span.overlaps(piece.whole):
            sign = "!" if magic.kind == "shell" else "?" if magic.kind == "help" else f"%{magic.name}"
            raise scene.refuse(
                f"`{piece.name}` uses `{sign}`, which a module cannot",
                piece.cell,
                magic.span,
                "Leave that part in the notebook, or write it in Python.",
            )
