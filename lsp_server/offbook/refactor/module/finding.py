"""Whether an import of the notebook finds the module where it will stand, and others that import it would, too."""

from __future__ import annotations

import os
from pathlib import Path

from offbook.analysis import extends_path
from offbook.refactor.module.bases import Base
from offbook.refactor.module.closure import Closure
from offbook.refactor.module.order import LateImportError, new_imports_run
from offbook.refactor.module.scene import Moment, RefusedError, Scene, direct_name
from offbook.refactor.module.target import Target
from offbook.refactor.plan import Place, Refusal
from offbook.text import Span


def check_found(scene: Scene, target: Target, closure: Closure) -> None:
    """Refuse a module where something may keep its import from finding it; in the notebook's folder little can.

    Raises:
        RefusedError: with the place.
    """
    if target.base is scene.bases.own and _comes_first(scene, target):
        return
    start = new_imports_run(scene, closure.ordered)
    if target.base is scene.bases.own:
        _check_changes(scene, target, start)
        return
    _check_moment(scene, target, start)
    _check_changes(scene, target, start)
    for item in closure.imports:
        _check_shared(scene, target, item.module)
    for module in (module for guard in closure.guards for module in guard.modules):
        _check_shared(scene, target, module)


def _comes_first(scene: Scene, target: Target) -> bool:
    """Tell whether an import finds a module or package, and not a mere folder: any package of its name comes first."""
    top, dot, _ = target.dotted.partition(".")
    package = target.base.folder / top / "__init__.py"
    return not dot or package in target.inits or scene.bases.is_regular(target.base, top)


def _check_moment(scene: Scene, target: Target, start: Moment) -> None:
    """Refuse imports above the line that puts the folder on the path."""
    entry = target.base.entry
    if entry is None:
        return
    if start <= entry.moment:
        error = scene.refuse(
            f"the import of `{target.dotted}` would run in cell {start.cell + 1}, before cell {entry.number + 1} puts "
            "its folder on `sys.path`",
            entry.cell,
            entry.span,
            "Move that line to the first cell.",
        )
        raise LateImportError(error.refusal, Moment(*entry.moment))
    top = target.dotted.partition(".")[0]
    for index, cell, facts in scene.cells:
        for item in facts.imports:
            if Moment(index, item.span.start.line) < entry.moment and top in scene.imported_with(direct_name(item)):
                raise scene.refuse(
                    f"cell {index + 1} imports `{top}` before cell {entry.number + 1} puts its folder on `sys.path`: "
                    "it may be another one",
                    cell.id,
                    item.span,
                    "Move that line to the first cell.",
                )


def _check_changes(scene: Scene, target: Target, start: Moment) -> None:
    """Refuse what changes the path in a way that nobody can follow, before the import."""
    for entry in scene.bases.unknown:
        if entry.moment < start:
            raise scene.refuse(
                f"cell {entry.number + 1} changes where imports look, before the import of `{target.dotted}`",
                entry.cell,
                entry.span,
                'Name a folder there, such as `sys.path.append("..")`.',
            )
    before = (
        item for index, _, facts in scene.cells for item in facts.imports if (index, item.span.start.line) < start
    )
    names = dict.fromkeys([*map(direct_name, before), target.dotted])
    modules = {module.path: module for name in names for module in scene.reached(name)}
    for path, module in modules.items():
        if extends_path(module.text):
            reason = f"`{path.name}`, which the notebook imports, may change where imports look"
            raise RefusedError(Refusal(reason, Place(path, None, Span.on_line(0))))


def _check_shared(scene: Scene, target: Target, module: str) -> None:
    """Refuse to let a shared module import one that this notebook alone would find."""
    for base in scene.bases.holding(module.partition(".")[0]):
        if base is not target.base and not _is_installed(scene, base):
            where = Path(os.path.relpath(base.folder, scene.workspace.root)).as_posix()
            raise scene.refuse(
                f"`{target.name}` would import `{module}`, which lies in `{where}`: others that import "
                f"`{target.name}` may not find it",
                advice=f"Move what the code needs of `{module}` first, or choose a module in the notebook's folder.",
            )


def _is_installed(scene: Scene, base: Base) -> bool:
    return base is not scene.bases.own and base.entry is None
