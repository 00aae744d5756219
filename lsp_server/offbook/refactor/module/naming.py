"""Whether a module's name means it alone, and it has no other name, wherever the notebook's imports look."""

from __future__ import annotations

import importlib.machinery
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from offbook.refactor.module.bases import Base
from offbook.refactor.module.scene import RefusedError, Scene
from offbook.refactor.plan import Refusal


def check_alone(scene: Scene, base: Base, dotted: str, shown: str, *, new: bool) -> None:
    """Refuse a name by whose first part an import could find something else, or did so until now.

    In the notebook's own folder a module or package comes before all others of its name.

    Args:
        scene: the notebook.
        base: where its imports find the module.
        dotted: its name.
        shown: its path, for messages.
        new: whether there will be a module or package of that first part, and was none, or a mere folder.
    """
    top = dotted.partition(".")[0]
    first = base is scene.bases.own
    if first and scene.bases.is_regular(base, top):
        return
    for other in scene.bases.holding(top):
        if other is not base and _is_rival(scene, base, other, dotted, new=new):
            where = _shown(other.folder / top, scene.workspace.root)
            raise _refused(f"an import of `{top}` could mean `{where}` as well as `{shown}`")
    hides = f"`{shown}` would hide" if first else f"an import of `{top}` would find, before `{shown}`,"
    if top in sys.stdlib_module_names:
        raise _refused(f"{hides} the module `{top}` of the standard library")
    if base not in scene.bases.holding(top):
        _check_imports(scene, top, shown)
    if is_installed(top, base.folder) or (not first and scene.workspace.is_installed(top)):
        raise _refused(f"{hides} the installed package `{top}`")


def _is_rival(scene: Scene, base: Base, other: Base, dotted: str, *, new: bool) -> bool:
    """Tell whether an import may find something in another folder; mere folders of one name are searched together."""
    top, _, rest = dotted.partition(".")
    if scene.bases.is_regular(other, top):
        return True
    if new:
        return top in scene.imported
    inner = Base(other.folder / top)
    return not scene.bases.is_regular(base, top) and scene.bases.holds(inner, rest.partition(".")[0])


def _check_imports(scene: Scene, top: str, shown: str) -> None:
    for _, cell, facts in scene.cells:
        for item in facts.imports:
            if item.module.partition(".")[0] == top and not item.level:
                raise scene.refuse(
                    f"`{shown}` would hide the module `{top}` that the notebook imports",
                    cell.id,
                    item.span,
                    "Choose another name.",
                )


def is_installed(top: str, folder: Path) -> bool:
    """Tell whether a package is installed beside offbook; what lies in ``folder`` does not count."""
    try:
        here = folder.resolve()
        paths = [entry for entry in sys.path if entry and Path(entry).resolve() != here]
        spec = importlib.machinery.PathFinder.find_spec(top, paths)
    except (ImportError, OSError, ValueError):
        return False
    if spec is None or spec.origin is not None:
        return spec is not None
    folders = spec.submodule_search_locations or ()  # a folder without `__init__.py`, which any folder is
    return any(Path(folder).parent.name in ("site-packages", "dist-packages") for folder in folders)


def check_names(scene: Scene, base: Base, paths: Sequence[Path]) -> None:
    """Refuse a module that the notebook imports by another name: it would be there twice, each with its own state.

    So would its packages, and what it imports.

    Args:
        scene: the notebook.
        base: where its imports find the module.
        paths: the folders of the module's packages, and its file.
    """
    others = [other for other in scene.bases.every if other is not base]
    if not any(path.is_relative_to(other.folder) for other in others for path in paths):
        return
    dotted = base.dotted(paths[-1])
    known = {path: base.dotted(path) for path in paths}
    for module in scene.reached(dotted):
        known.setdefault(module.path, module.dotted)
    imported = scene.imported | scene.imported_with(dotted)
    for path, name in known.items():
        for other in {found.dotted(path) for found in scene.bases.every} - {"", name}:
            if other in imported:
                raise RefusedError(
                    Refusal(
                        f"`{_shown(path, scene.workspace.root)}` would be imported as `{name}` and as `{other}`, "
                        "twice, each with its own state",
                        None,
                        "Use one of these names everywhere.",
                    )
                )


def check_attribute(scene: Scene, base: Base, path: Path) -> None:
    """Refuse a new module of a package that has something else of this name already, which it would replace."""
    init = path.parent / "__init__.py"
    text = scene.workspace.read(init) if path.parent != base.folder else None
    if text is None:
        return
    texts = [text, *(module.text for module in scene.reached(base.dotted(init)) if "*" in text)]
    if any(re.search(rf"\b{re.escape(path.stem)}\b", text) for text in texts):
        where = _shown(init, scene.workspace.root)
        raise _refused(f"`{where}` has a `{path.stem}` of its own, which the module would replace")


def _refused(reason: str) -> RefusedError:
    return RefusedError(Refusal(reason, None, "Choose another name."))


def _shown(path: Path, root: Path) -> str:
    return Path(os.path.relpath(path, root)).as_posix() if path.is_relative_to(root) else str(path)
