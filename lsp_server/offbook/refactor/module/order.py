"""When the module runs, and that everything it imports has been imported by then.

A module runs as a whole at its first import. Its own imports have no effect at that moment where the notebook has run
the same imports before; otherwise the order of imports changes, and with it what they print, or whether they work.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from offbook.analysis import CellFacts, Import
from offbook.notebook import CellId
from offbook.refactor.module.closure import Closure
from offbook.refactor.module.local import LocalModule
from offbook.refactor.module.names import ImportedName
from offbook.refactor.module.scene import Moment, Piece, RefusedError, Scene, direct_name
from offbook.refactor.module.target import Target
from offbook.refactor.plan import Place, Refusal
from offbook.text import Span

QUIET = frozenset(
    "numpy pandas scipy sklearn networkx sympy statsmodels IPython joblib matplotlib mpl_toolkits".split()
)
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
    so that the expression does not become the cell's last, which would show its value. What shares its name with other
    statements is imported where it stood.
    """
    found: dict[CellId, list[Slot]] = {}
    for cell in dict.fromkeys(piece.cell for piece in pieces):
        here = [piece for piece in pieces if piece.cell == cell]
        if any(piece.shared for piece in here) and _are_neighbours(scene, here):
            found[cell] = [Slot(here[-1], tuple(here))]
            continue
        found[cell] = [Slot(piece, (piece,)) for piece in here if piece.shared]
        moving = {id(piece.node): piece for piece in here if not piece.shared}
        if not moving:
            continue
        tree = scene.analysis.facts_of(cell).tree
        body = tree.body if tree is not None else []
        first = _run(body, moving)
        ending = _ending(body, moving)
        if not ending or first[0] in ending:
            found[cell].append(Slot(first[-1], tuple(moving.values())))
        else:
            rest = tuple(piece for piece in moving.values() if piece not in ending)
            found[cell] += [Slot(first[-1], rest), Slot(ending[-1], tuple(ending))]
    return found


def _are_neighbours(scene: Scene, pieces: Sequence[Piece]) -> bool:
    """Tell whether nothing stands between pieces of one cell."""
    tree = scene.analysis.facts_of(pieces[0].cell).tree
    places = [place for place, node in enumerate(tree.body if tree is not None else []) if node in _nodes(pieces)]
    return places == list(range(places[0], places[-1] + 1))


def _nodes(pieces: Sequence[Piece]) -> list[ast.stmt]:
    return [piece.node for piece in pieces]


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


def first_run(scene: Scene, target: Target, pieces: Sequence[Piece], *, surely: bool = False) -> Moment:
    """Return when the module may run for the first time, or when it surely has.

    That is at the first import of it, be it new or old, direct or through other modules.
    """
    moments = [new_imports_run(scene, pieces)]
    if target.before is not None:
        moments += imports_of(scene, target.path, surely=surely)
    return min(moments)


def imports_of(scene: Scene, path: Path, *, surely: bool = False) -> Iterator[Moment]:
    """Yield when cells may import a local module, directly or through others; or when they surely do, directly."""
    for index, _, facts in scene.cells:
        for item in facts.imports:
            direct = direct_name(item)
            found = [module for module in scene.reached(direct) if module.path == path]
            if surely:
                itself = any(f"{direct}.".startswith(f"{module.dotted}.") for module in found)
                found = found if itself and _surely_imports(scene, facts, item) else []
            if found:
                yield Moment(index, item.span.start.line)


def _surely_imports(scene: Scene, facts: CellFacts, item: Import) -> bool:
    """Tell whether an import runs with its cell, and nobody can doubt where it looks."""
    plain = facts.tree is not None and item.node in facts.tree.body and not item.level
    return plain and scene.bases.sole(item.module.partition(".")[0]) is not None


def check_order(scene: Scene, target: Target, closure: Closure) -> None:
    """Refuse where the module would import something earlier than the notebook does.

    Raises:
        RefusedError: with the place of the late import.
    """
    start = first_run(scene, target, closure.ordered)
    for guard in closure.guards:
        late = guard.moment >= start or target.dotted in guard.modules
        if late or _is_influenced(scene, guard.moment, start):
            error = scene.refuse(
                f"`{target.name}` would run in cell {start.cell + 1} and try the imports of cell "
                f"{guard.moment.cell + 1} there",
                scene.notebook.cells[guard.moment.cell].id,
                Span.on_line(guard.moment.line),
                "Move them above the definitions.",
            )
            raise LateImportError(error.refusal, guard.moment)
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


def _is_influenced(scene: Scene, first: Moment, last: Moment) -> bool:
    """Tell whether code between two moments may decide whether an import works."""
    for index, cell, _ in scene.cells:
        if first.cell <= index <= last.cell:
            lines = cell.source.split("\n")[first.line + 1 if index == first.cell else 0 :]
            if _INFLUENCE.search("\n".join(lines)):
                return True
    return False


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
    for module in scene.reached(item.module):
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
    if any(scene.workspace.read(folder / f"{top}.py") is not None for folder in scene.bases.folders):
        return False
    if top in sys.stdlib_module_names and top not in ("this", "antigravity"):
        return True
    between = (cell.source for index, cell, _ in scene.cells if start.cell <= index <= moment.cell)
    return top in QUIET and not any(_INFLUENCE.search(source) for source in between)
