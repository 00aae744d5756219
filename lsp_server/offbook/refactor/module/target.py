"""The module that takes the code: its path, its name in an import, and whether an import finds it."""

from __future__ import annotations

import importlib.machinery
import keyword
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from offbook.refactor.module.scene import RefusedError, Scene
from offbook.refactor.plan import Refusal


@dataclass(frozen=True, slots=True)
class Target:
    """Where the code goes.

    Attributes:
        path: the module's file.
        dotted: its name in an import of the notebook.
        before: its text; ``None`` for a new module.
        inits: ``__init__.py`` files to create.
    """

    path: Path
    dotted: str
    before: str | None
    inits: tuple[Path, ...]

    @property
    def name(self) -> str:
        """The file's name, for messages."""
        return self.path.name


def find_target(scene: Scene, to: str) -> Target:
    """Return the module at ``to``, a path in the workspace.

    Raises:
        RefusedError: where the notebook could not import it, or it would hide another module.
    """
    root, folder = scene.workspace.root, scene.notebook.path.parent
    path = Path(os.path.normpath(root / to))
    shown = _shown(path, root)
    if not to or path.suffix != ".py":
        raise _refused(f"`{to}` is no Python module", "Name a file that ends in `.py`.")
    if not path.is_relative_to(root):
        raise _refused(f"`{to}` is outside the workspace (`{root}`)", "Choose a file in the workspace.")
    if not path.is_relative_to(folder):
        inside = folder.relative_to(root) / path.name if folder.is_relative_to(root) else folder / path.name
        raise _refused(
            f"the notebook could not import `{shown}`: its kernel starts in `{_shown(folder, root)}`",
            f"Choose a module in that folder or below it, such as `{inside.as_posix()}`.",
        )
    parts = path.relative_to(folder).with_suffix("").parts
    for part in parts:
        if not part.isidentifier() or keyword.iskeyword(part) or part == "__init__":
            raise _refused(f"`{part}` cannot stand in an import", "Use letters, digits and underscores.")
    before = scene.workspace.read(path)
    if before is None and scene.workspace.is_folder(path):
        raise _refused(f"`{shown}` is a folder", "Choose another name.")
    _check_siblings(scene, path, folder, root)
    if before is None:
        _check_shadowing(scene, parts[0], folder.joinpath(*parts[:1]), shown)
    packages = [folder.joinpath(*parts[:end]) for end in range(1, len(parts))]
    inits = tuple(
        package / "__init__.py"
        for package in packages
        if scene.workspace.read(package / "__init__.py") is None and not scene.workspace.holds_modules(package)
    )
    return Target(path, ".".join(parts), before, inits)


def _refused(reason: str, advice: str) -> RefusedError:
    return RefusedError(Refusal(reason, None, advice))


def _shown(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _check_siblings(scene: Scene, path: Path, folder: Path, root: Path) -> None:
    """Refuse where a folder and a module of one name would compete for an import."""
    module = path.with_suffix("")
    if scene.workspace.is_folder(module):
        raise _refused(f"the folder `{_shown(module, root)}` has the same name as the module", "Choose another name.")
    package = path.parent
    while package != folder:
        sibling = package.with_name(package.name + ".py")
        if scene.workspace.read(sibling) is not None:
            raise _refused(
                f"`{_shown(sibling, root)}` has the same name as the folder `{_shown(package, root)}`",
                "Choose another folder.",
            )
        package = package.parent


def _check_shadowing(scene: Scene, top: str, base: Path, shown: str) -> None:
    """Refuse a name that the standard library, an installed package or an import of the notebook has."""
    if scene.workspace.is_folder(base) or scene.workspace.read(base.with_name(base.name + ".py")) is not None:
        return  # the name is in use already for the notebook's own modules
    if top in sys.stdlib_module_names:
        raise _refused(f"`{shown}` would hide the module `{top}` of the standard library", "Choose another name.")
    for _, cell, facts in scene.cells:
        for item in facts.imports:
            if item.module.partition(".")[0] == top and not item.level:
                raise scene.refuse(
                    f"`{shown}` would hide the module `{top}` that the notebook imports",
                    cell.id,
                    item.span,
                    "Choose another name.",
                )
    if _is_installed(top, base):
        raise _refused(f"`{shown}` would hide the installed package `{top}`", "Choose another name.")


def _is_installed(top: str, base: Path) -> bool:
    try:
        here = base.parent.resolve()
        paths = [entry for entry in sys.path if entry and Path(entry).resolve() != here]
        spec = importlib.machinery.PathFinder.find_spec(top, paths)
    except (ImportError, OSError, ValueError):
        return False
    if spec is None or spec.origin is not None:
        return spec is not None
    folders = spec.submodule_search_locations or ()  # a folder without `__init__.py`, which any folder is
    return any(Path(folder).parent.name in ("site-packages", "dist-packages") for folder in folders)
