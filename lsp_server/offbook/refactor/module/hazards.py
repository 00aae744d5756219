"""What a moved statement may not do, since a module is another place than the notebook."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from offbook.analysis import span_of
from offbook.refactor.module.names import Names
from offbook.refactor.module.scene import Piece, RefusedError, Scene
from offbook.text import Span

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
_DOCSTRINGS = re.compile(r"__doc__|\bhelp\(|getdoc|doctest|pydoc|\binspect\b|\bpinfo|\bpdoc")
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


def check_body(scene: Scene, names: Names, piece: Piece, moves: Callable[[str], object]) -> None:
    """Refuse statements and calls that work in the notebook alone.

    ``moves`` tells whether a variable that functions set moves with them.

    Raises:
        RefusedError: for ``global``, magics, and looks into the caller's frame.
    """
    _check_magics(scene, piece)
    _check_texts(scene, piece)
    for node in ast.walk(piece.node):
        stays = next((name for name in node.names if not moves(name)), None) if isinstance(node, ast.Global) else None
        if stays is not None:
            raise scene.refuse(
                f"`{piece.name}` changes the notebook's `{stays}` (`global`)",
                piece.cell,
                span_of(node),
                f"Return the new value of `{stays}` instead.",
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


def _check_texts(scene: Scene, piece: Piece) -> None:
    """Refuse texts with a line of blanks: IPython takes these away in cells since version 9, and Python never does.

    A docstring may have one where no cell looks at docstrings.
    """
    lines = scene.analysis.facts_of(piece.cell).source.split("\n")
    if not any(_is_blank(line) for line in lines[piece.whole.start.line : piece.whole.end.line + 1]):
        return
    unread = set() if _reads_docstrings(scene) else {id(text) for text in _docstrings(piece.node)}
    for node in ast.walk(piece.node):
        if id(node) in unread:
            continue
        text = isinstance(node, ast.JoinedStr) or (
            isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
        )
        if not text or not isinstance(node, ast.expr) or node.lineno == node.end_lineno:
            continue
        for number in range(node.lineno, node.end_lineno or node.lineno):
            if _is_blank(lines[number]):
                raise scene.refuse(
                    f"`{piece.name}` has a text with a line of blanks, which IPython may take away, and a module not",
                    piece.cell,
                    Span.on_line(number),
                    "Leave that line empty.",
                )


def _is_blank(line: str) -> bool:
    """Tell whether a line has blanks and nothing else."""
    return bool(line.strip("\r")) and line.isspace()


def _docstrings(node: ast.AST) -> Iterator[ast.expr]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = inner.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield first.value


def _reads_docstrings(scene: Scene) -> bool:
    return any(
        _DOCSTRINGS.search(cell.source) or any(magic.kind == "help" for magic in facts.masked.magics)
        for _, cell, facts in scene.cells
    )


def name_node(piece: Piece, name: str) -> ast.AST | None:
    """Return the first node in which a piece uses a name."""
    return next((node for node in ast.walk(piece.node) if isinstance(node, ast.Name) and node.id == name), None)


def binds_inside(piece: Piece, name: str) -> bool:
    """Tell whether a piece has a name of its own somewhere that hides the notebook's."""
    for node in ast.walk(piece.node):
        if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load):
            return True
        if isinstance(node, ast.arg) and node.arg == name:
            return True
        if isinstance(node, ast.alias) and name in (node.asname, node.name.partition(".")[0]):
            return True
        named = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.ExceptHandler | ast.MatchAs | ast.MatchStar
        if isinstance(node, named) and node.name == name and node is not piece.node:
            return True
        if isinstance(node, ast.MatchMapping) and node.rest == name:
            return True
    return False


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
