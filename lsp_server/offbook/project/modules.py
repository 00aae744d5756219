"""Which file of the workspace an import means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from offbook.analysis import Import


def module_file(
    dotted: str,
    level: int,
    importer: Path,
    root: Path,
    exists: Callable[[Path], bool],
    more: Iterable[Path] = (),
) -> Path | None:
    """Return the file that ``import dotted`` in ``importer`` runs, where it lies in the workspace.

    It is looked for from the importing file's folder up to the workspace's, as kernels, scripts and packages would
    have it, and in ``src``.

    Args:
        dotted: the module's name.
        level: dots before it; 0 for an absolute import.
        importer: the notebook or module with the import.
        root: the workspace.
        exists: tells whether there is such a file.
        more: other folders of the workspace in which imports of this file look.
    """
    parts = [part for part in dotted.split(".") if part]
    for base in (*search_bases(level, importer, root), *(more if not level else ())):
        target = base.joinpath(*parts)
        candidates = [target / "__init__.py"]
        if parts:
            candidates.insert(0, target.with_name(target.name + ".py"))
        for candidate in candidates:
            if exists(candidate):
                return candidate
    return None


def imported_files(
    item: Import, importer: Path, root: Path, exists: Callable[[Path], bool], more: Iterable[Path] = ()
) -> tuple[Path | None, Path | None]:
    """Return the module of an import, and the submodule that ``from package import module`` names."""
    module = module_file(item.module, item.level, importer, root, exists, more)
    if not item.name or item.name == "*":
        return module, None
    inner = f"{item.module}.{item.name}" if item.module else item.name
    return module, module_file(inner, item.level, importer, root, exists, more)


def search_bases(level: int, importer: Path, root: Path) -> Iterator[Path]:
    """Yield the folders in which a module is looked for, see :func:`module_file`."""
    folder = importer.parent
    if level:
        for _ in range(level - 1):
            folder = folder.parent
        yield folder
        return
    while folder.is_relative_to(root):
        yield folder
        if folder == root:
            break
        folder = folder.parent
    yield root / "src"
