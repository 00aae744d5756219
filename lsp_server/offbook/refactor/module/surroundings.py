"""What elsewhere in the notebook stands in the way of moving code, or should be known before."""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Iterator

from offbook.analysis import CellFacts, span_of
from offbook.notebook import Cell
from offbook.refactor.module.names import Names
from offbook.refactor.module.pickles import find_picklings
from offbook.refactor.module.scene import Moment, Piece, Scene
from offbook.refactor.module.target import Target
from offbook.text import Span

_NAMESPACE_MAGICS = {
    "run",
    "load",
    "loadpy",
    "pylab",
    "store",
    "rerun",
    "recall",
    "macro",
    "edit",
    "Rpull",
    "reset",
    "xdel",
}
_READING = {"get", "keys", "items", "values", "copy"}
_PLACE_ATTRIBUTES = {"__module__", "__globals__", "co_firstlineno", "co_filename"}
_COMPILED = {"cython", "cython_inline", "pythran", "fortran"}
_OUTPUT_OPTION = re.compile(r"(?:^|\s)(?:-o|--out|--output)[=\s]+([\w,]+)")
_LISTINGS = {"os.listdir", "glob.glob", "glob.iglob", "os.walk", "os.scandir"}


def check_notebook(scene: Scene) -> None:
    """Refuse notebooks of another language or an old format, and cells that may bind any name.

    Raises:
        RefusedError: with the place.
    """
    scene.check_readable()
    for index, cell, facts in scene.cells:
        found = next(_namespace_uses(facts), None)
        if found is not None:
            what, span = found
            raise scene.refuse(
                f"cell {index + 1} uses `{what}`, which can bind any name",
                cell.id,
                span,
                "Bind the names by plain assignments.",
            )


def check_run(scene: Scene, names: Names, target: Target, pieces: list[Piece], start: Moment) -> None:
    """Refuse where the import would not find the module, or the notebook looks at where code stands.

    Raises:
        RefusedError: with the place.
    """
    _check_path(scene, target, start)
    doctests = any(has_doctest(piece.node) for piece in pieces)
    for index, cell, facts in scene.cells:
        _check_magics(scene, target, index, cell, facts, start)
        for call in facts.calls:
            dotted = names.dotted(call.node.func)
            span = span_of(call.node)
            if dotted == "os.chdir" and Moment(index, span.start.line) < start:
                raise scene.refuse(
                    f"cell {index + 1} changes the folder (`os.chdir`) before the import of `{target.dotted}`",
                    cell.id,
                    span,
                    "Define the functions before that, or use paths instead of `os.chdir`.",
                )
            if dotted == "doctest.testmod" and doctests:
                raise scene.refuse(
                    f"cell {index + 1} calls `doctest.testmod`, which would skip the imported functions",
                    cell.id,
                    span,
                    f"Call `doctest.testmod({target.dotted})` there.",
                )
            if dotted == "warnings.filterwarnings":
                _check_filter(scene, target, cell, call.node)
            if dotted == "importlib.reload":
                raise scene.refuse(f"cell {index + 1} reloads modules", cell.id, span, "Take `reload` away first.")
        for node in ast.walk(facts.tree or ast.Module([], [])):
            if isinstance(node, ast.Attribute) and node.attr in _PLACE_ATTRIBUTES:
                raise scene.refuse(
                    f"cell {index + 1} reads `{node.attr}`, which changes when code moves", cell.id, span_of(node)
                )
        _check_foreign(scene, index, cell, facts, {name for piece in pieces for name in piece.names})


def find_warnings(scene: Scene, names: Names, target: Target, pieces: list[Piece]) -> list[str]:
    """Return what the user should know: pickles, listings of the folder, and warnings that name their file."""
    found: list[str] = []
    for pickling in find_picklings(scene, names):
        held = [f"`{piece.name}`" for piece in pieces if piece.name in pickling.classes | pickling.functions]
        if held:
            found.append(
                f"Cell {pickling.cell + 1} may pickle {', '.join(held)} (`{pickling.writer}`): new pickles will name "
                f"`{target.dotted}` instead of `__main__`; old ones still load in this notebook."
            )
    for index, _, facts in scene.cells:
        if any(names.dotted(call.node.func) in _LISTINGS for call in facts.calls) or any(
            magic.name in ("ls", "ll") or (magic.kind == "shell" and re.match(r"ls\b", magic.argument))
            for magic in facts.masked.magics
        ):
            found.append(f"Cell {index + 1} lists files; `{target.name}` may be among them now.")
    for piece in pieces:
        if any(
            isinstance(node, ast.Call) and names.dotted(node.func) == "warnings.warn" for node in ast.walk(piece.node)
        ):
            found.append(f"`{piece.name}` warns: the warning's text will name `{target.name}` as its file.")
    return list(dict.fromkeys(found))


def has_doctest(node: ast.AST) -> bool:
    """Tell whether the docstring of a definition, or of one inside it, holds examples for :mod:`doctest`."""
    definitions = (
        inner for inner in ast.walk(node) if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    )
    return any(">>>" in (ast.get_docstring(definition) or "") for definition in definitions)


def _namespace_uses(facts: CellFacts) -> Iterator[tuple[str, Span]]:
    """Yield what may bind or remove names that cannot be seen: ``exec``, ``globals()[...] = ``, ``%run``."""
    for magic in facts.masked.magics:
        if magic.name in _NAMESPACE_MAGICS:
            yield f"%{magic.name}", magic.span
    if not facts.dynamic or facts.tree is None:
        return
    reading = _reading_calls(facts.tree)
    for call in facts.calls:
        function = call.node.func
        if not isinstance(function, ast.Name) or id(call.node) in reading:
            continue
        if function.id in ("exec", "globals") or (
            function.id in ("locals", "vars") and not call.owner and not call.node.args
        ):
            yield function.id, span_of(call.node)


def _reading_calls(tree: ast.Module) -> set[int]:
    """Return the calls whose mapping is only read: ``'x' in globals()``, ``globals()['x']``, ``locals().get('x')``."""
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            found.update(id(item) for item in node.comparators)
        elif (isinstance(node, ast.keyword) and node.arg == "globals") or (
            isinstance(node, ast.Attribute) and node.attr in _READING
        ):  # timeit.timeit(..., globals=globals())
            found.add(id(node.value))
        if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Store | ast.Del):
            found.add(id(node.value))
    return found


def _check_magics(scene: Scene, target: Target, index: int, cell: Cell, facts: CellFacts, start: Moment) -> None:
    for magic in facts.masked.magics:
        if magic.name in ("cd", "pushd", "popd") and Moment(index, magic.span.start.line) < start:
            raise scene.refuse(
                f"cell {index + 1} changes the folder (`%{magic.name}`) before the import of `{target.dotted}`",
                cell.id,
                magic.span,
                "Define the functions before that, or use paths instead.",
            )
        if magic.name in ("writefile", "file") and target.name in magic.argument:
            raise scene.refuse(
                f"cell {index + 1} writes `{target.name}` itself (`%%{magic.name}`)",
                cell.id,
                magic.span,
                "Choose another module.",
            )


def _check_foreign(scene: Scene, index: int, cell: Cell, facts: CellFacts, names: set[str]) -> None:
    """Refuse cells of other languages that bind a moved name: compiled code, and ``%%R -o name``."""
    bound: set[str] = set()
    if facts.masked.language in _COMPILED:
        bound = names & set(re.findall(r"[^\W\d]\w*", cell.source))
    for magic in facts.masked.magics:
        for found in _OUTPUT_OPTION.findall(magic.argument):
            bound |= names & set(found.split(","))
    if bound:
        raise scene.refuse(f"cell {index + 1} may bind `{min(bound)}` in another language", cell.id, Span.on_line(0))


def _check_filter(scene: Scene, target: Target, cell: Cell, call: ast.Call) -> None:
    """Refuse a filter of warnings by module that holds in one of the notebook and the new module alone."""
    named = (keyword.value for keyword in call.keywords if keyword.arg == "module")
    pattern = next(named, call.args[3] if len(call.args) > 3 else None)
    if pattern is None:
        return
    if isinstance(pattern, ast.Constant) and isinstance(pattern.value, str):
        with contextlib.suppress(re.error):
            found = re.compile(pattern.value)
            if bool(found.match("__main__")) == bool(found.match(target.dotted)):
                return
    raise scene.refuse(
        f"cell {scene.number(cell.id)} filters warnings by their module, which changes when code moves",
        cell.id,
        span_of(call),
        "Filter them by `category` or `message`.",
    )


def _check_path(scene: Scene, target: Target, start: Moment) -> None:
    """Refuse a folder that comes before the notebook's own on `sys.path` and may hold a module of the same name."""
    top = target.dotted.partition(".")[0]
    bases = scene.bases
    taken = [base.entry for base in bases.entered if base.folder != bases.own.folder and bases.holds(base, top)]
    for entry in (*bases.unknown, *taken) if target.base is bases.own else ():
        if entry is not None and entry.first and entry.moment < start:
            raise scene.refuse(
                f"cell {entry.number + 1} puts a folder before all others on `sys.path`, which may hold another "
                f"`{top}`",
                entry.cell,
                entry.span,
                "Use `sys.path.append` instead.",
            )
