"""The module that takes the code: its path, its name in an import, and whether an import finds it."""

from __future__ import annotations

import keyword
import os
from dataclasses import dataclass
from pathlib import Path

from offbook.refactor.module.bases import Base
from offbook.refactor.module.naming import check_alone, check_attribute, check_names
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
        base: the folder in which imports of the notebook find it.
    """

    path: Path
    dotted: str
    before: str | None
    inits: tuple[Path, ...]
    base: Base

    @property
    def name(self) -> str:
        """The file's name, for messages."""
        return self.path.name


def find_target(scene: Scene, to: str) -> Target:
    """Return the module at ``to``, a path in the workspace.

    Raises:
        RefusedError: where the notebook could not import it, or it would hide another module.
    """
    root, workspace = scene.workspace.root, scene.workspace
    path = Path(os.path.normpath(root / to))
    shown = _shown(path, root)
    if not to or path.suffix != ".py":
        raise _refused(f"`{to}` is no Python module", "Name a file that ends in `.py`.")
    if not path.is_relative_to(root):
        raise _refused(f"`{to}` is outside the workspace (`{root}`)", "Choose a file in the workspace.")
    base = _find_base(scene, path)
    parts = path.relative_to(base.folder).with_suffix("").parts
    for part in parts:
        if not part.isidentifier() or keyword.iskeyword(part) or part == "__init__":
            raise _refused(f"`{part}` cannot stand in an import", "Use letters, digits and underscores.")
    before = workspace.read(path)
    if before is None and workspace.is_folder(path):
        raise _refused(f"`{shown}` is a folder", "Choose another name.")
    _check_siblings(scene, path, base.folder, root)
    packages = [base.folder.joinpath(*parts[:end]) for end in range(1, len(parts))]
    inits = tuple(package / "__init__.py" for package in packages if _needs_init(scene, base, package))
    new = packages[0] / "__init__.py" in inits if packages else before is None
    check_alone(scene, base, ".".join(parts), shown, new=new)
    if before is None:
        check_attribute(scene, base, path)
    check_names(scene, base, [*packages, path])
    return Target(path, ".".join(parts), before, inits, base)


def _find_base(scene: Scene, path: Path) -> Base:
    """Return the folder in which imports of the notebook find a module.

    Of several it is the one from which the notebook imports its neighbours already, else the nearest.
    """
    found = scene.bases.around(path)
    if not found:
        raise _unreachable(scene, path)
    if len(found) == 1:
        return found[0]
    near = [base for base in found if any(name in scene.imported for name in _packages(base.dotted(path)))]
    return (near or found)[0]


def _packages(dotted: str) -> list[str]:
    """Return a module's name and those of its packages."""
    parts = dotted.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts) + 1)]


def _unreachable(scene: Scene, path: Path) -> RefusedError:
    """Return the refusal of a module that no import of the notebook would find, with the ways out."""
    root, folder, workspace = scene.workspace.root, scene.notebook.path.parent, scene.workspace
    inside = folder.relative_to(root) / path.name if folder.is_relative_to(root) else folder / path.name
    base = path.parent
    while base != root and workspace.read(base / "__init__.py") is not None:
        base = base.parent
    if base == path.parent:
        base = root / "src" if path.parent.is_relative_to(root / "src") else root
    line = f'import sys; sys.path.append("{Path(os.path.relpath(base, folder)).as_posix()}")'
    project = any(workspace.read(root / name) is not None for name in ("pyproject.toml", "setup.py"))
    install = ", or install the project (`pip install -e .`)" if project else ""
    return _refused(
        f"the notebook could not import `{_shown(path, root)}`: its kernel starts in `{_shown(folder, root)}`",
        f"Choose a module in that folder or below it, such as `{inside.as_posix()}`, or write `{line}` in the first "
        f"cell{install}.",
    )


def _needs_init(scene: Scene, base: Base, package: Path) -> bool:
    """Tell whether a folder becomes a package by an ``__init__.py``; one that is there can do without elsewhere."""
    if scene.workspace.read(package / "__init__.py") is not None or scene.workspace.holds_modules(package):
        return False
    return base is scene.bases.own or not scene.workspace.is_folder(package)


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
