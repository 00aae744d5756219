"""When the module runs, and that everything it imports has been imported by then.

A module runs as a whole at its first import. Its own imports have no effect at that moment where the notebook has run
the same imports before; otherwise the order of imports changes, and with it what they print, or whether they work.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from offbook.notebook import CellId
from offbook.refactor.module.closure import Closure
from offbook.refactor.module.local import LocalModule, run_by_import
from offbook.refactor.module.names import ImportedName
from offbook.refactor.module.scene import Moment, Piece, RefusedError, Scene
from offbook.refactor.module.target import Target
from offbook.refactor.plan import Place, Refusal
from offbook.text import Span

_QUIET = frozenset("numpy pandas scipy sklearn networkx sympy statsmodels IPython joblib".split())
"""Libraries whose import has no effect but to define names."""

_INFLUENCE = re.compile(
    r"\b(?:pip|conda|mamba|apt|apt-get)\b|environ|putenv|sys\.path|chdir|\.use\(|%env|%cd|^\s*[!%]", re.MULTILINE
)
"""Code that may decide whether, or how, an import works."""


class LateImportError(RefusedError):
    """The module would import something before the notebook does, at ``moment``."""

    def __init__(self, refusal: Refusal, moment: Moment) -> None:
        super().__init__(refusal)
        self.moment = moment


class Slot(NamedTuple):
    """A new import: the piece whose place it takes, and the pieces that it imports."""

    piece: Piece
    imported: tuple[Piece, ...]


def slots(scene: Scene, pieces: Sequence[Piece]) -> dict[CellId, list[Slot]]:
    """Return where each cell imports what moved out of it: mostly once.

    It is the place of the last of the pieces that follow one another with nothing but imports between, so that imports
    of the same cell come first. Where pieces end a cell and an expression stands above them, they are imported there,
    so that the expression does not become the cell's last, which would show its value.
    """
    found: dict[CellId, list[Slot]] = {}
    for cell in dict.fromkeys(piece.cell for piece in pieces):
        moving = {id(piece.node): piece for piece in pieces if piece.cell == cell}
        tree = scene.analysis.facts_of(cell).tree
        body = tree.body if tree is not None else []
        first = _run(body, moving)
        ending = _ending(body, moving)
        if not ending or first[0] in ending:
            found[cell] = [Slot(first[-1], tuple(moving.values()))]
        else:
            rest = tuple(piece for piece in moving.values() if piece not in ending)
            found[cell] = [Slot(first[-1], rest), Slot(ending[-1], tuple(ending))]
    return found


def _run(body: Sequence[ast.stmt], moving: Mapping[int, Piece]) -> list[Piece]:
    """Return the first pieces that follow one another with nothing but imports between."""
    found: list[Piece] = []
    for node in body:
        if id(node) in moving:
            found.append(moving[id(node)])
        elif found and not isinstance(node, ast.Import | ast.ImportFrom):
            break
    return found


def _ending(body: Sequence[ast.stmt], moving: Mapping[int, Piece]) -> list[Piece]:
    """Return the pieces at the cell's end, where an expression stands right above them."""
    found: list[Piece] = []
    for node in reversed(body):
        if id(node) not in moving:
            return found if isinstance(node, ast.Expr) else []
        found.insert(0, moving[id(node)])
    return []


def new_imports_run(scene: Scene, pieces: Sequence[Piece]) -> Moment:
    """Return when the first of the new imports runs."""
    return min(slot.piece.moment for places in slots(scene, pieces).values() for slot in places)


def first_run(scene: Scene, target: Target, pieces: Sequence[Piece]) -> Moment:
    """Return when the module runs: at the first import of it, be it new or old, direct or through other modules."""
    moments = [new_imports_run(scene, pieces)]
    if target.before is not None:
        for index, _, facts in scene.cells:
            for item in facts.imports:
                dotted = f"{item.module}.{item.name}" if item.name not in ("", "*") else item.module
                if any(module.path == target.path for module in scene.reached(dotted)):
                    moments.append(Moment(index, item.span.start.line))
    return min(moments)


def check_order(scene: Scene, target: Target, closure: Closure) -> None:
    """Refuse where the module would import something earlier than the notebook does.

    Raises:
        RefusedError: with the place of the late import.
    """
    start = first_run(scene, target, closure.ordered)
    for item, moment in closure.imports.items():
        _check_patched(scene, item)
        if item.module == target.dotted or moment is None or moment < start or is_settled(scene, item, start, moment):
            continue
        error = scene.refuse(
            f"`{target.name}` would run in cell {start.cell + 1} and import `{item.module}` there, "
            f"before cell {moment.cell + 1} does",
            scene.notebook.cells[moment.cell].id,
            None,
            f"Move that import above the definitions, into cell {start.cell + 1} or before it.",
        )
        raise LateImportError(error.refusal, moment)


def _check_patched(scene: Scene, item: ImportedName) -> None:
    """Refuse ``from module import name`` where the module's name gets another value on the way."""
    if not item.name:
        return
    for index, cell, facts in scene.cells:
        for mutation in facts.mutations:
            if mutation.how != "attribute" or mutation.detail != item.name:
                continue
            if any(binding.kind == "import" for _, binding in scene.flow.bindings(mutation.name)):
                raise scene.refuse(
                    f"cell {index + 1} gives `{mutation.name}.{item.name}` another value, and the code imports it",
                    cell.id,
                    mutation.span,
                    f"Use `{item.module}.{item.name}` in the code.",
                )
    for module in run_by_import(item.module, scene.notebook.path.parent, scene.workspace):
        if module.dotted == item.module and item.name in _rebound(module):
            raise RefusedError(
                Refusal(
                    f"`{module.path.name}` gives its `{item.name}` other values (`global`), and the code imports it",
                    Place(module.path, None, Span.on_line(0)),
                    f"Use `{item.module}.{item.name}` in the code.",
                )
            )


def _rebound(module: LocalModule) -> set[str]:
    """Return the names that functions of a module rebind."""
    nodes = ast.walk(module.tree or ast.Module([], []))
    return {name for node in nodes if isinstance(node, ast.Global) for name in node.names}


def is_settled(scene: Scene, item: ImportedName, start: Moment, moment: Moment) -> bool:
    """Tell whether an import gives the same at ``start`` as at the later ``moment``."""
    top = item.module.partition(".")[0]
    if scene.workspace.read(scene.notebook.path.parent / f"{top}.py") is not None:
        return False
    if top in sys.stdlib_module_names and top not in ("this", "antigravity"):
        return True
    between = (cell.source for index, cell, _ in scene.cells if start.cell <= index <= moment.cell)
    return top in _QUIET and not any(_INFLUENCE.search(source) for source in between)
