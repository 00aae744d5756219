"""The modules of a workspace that an import in a notebook runs."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from offbook.refactor.registry import Workspace


@dataclass(frozen=True, slots=True)
class LocalModule:
    """A Python file that an import runs: ``dotted`` is its name in imports of the notebook."""

    dotted: str
    path: Path
    text: str

    @property
    def tree(self) -> ast.Module | None:
        """Its parsed text; ``None`` where it is no Python."""
        try:
            return ast.parse(self.text.removeprefix("\ufeff"))
        except (SyntaxError, ValueError, RecursionError):
            return None

    @property
    def package(self) -> str:
        """The package that relative imports start from."""
        return self.dotted if self.path.name == "__init__.py" else self.dotted.rpartition(".")[0]


def imported_modules(module: LocalModule) -> frozenset[str]:
    """Return the dotted names of all that a module imports; ``from a import b`` may be ``a.b`` too."""
    return _imported(module.text, module.package)


@lru_cache(maxsize=1024)
def _imported(text: str, package: str) -> frozenset[str]:
    found: set[str] = set()
    for node in ast.walk(LocalModule("", Path(), text).tree or ast.Module([], [])):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = imported_from(node, package)
            found.update({base, *(f"{base}.{alias.name}" for alias in node.names)})
    return frozenset(name for name in found if name)


def imported_from(node: ast.ImportFrom, package: str) -> str:
    """Return the dotted name of the module from which a module of a package imports."""
    parents = package.split(".")
    above = parents[: len(parents) - node.level + 1] if node.level else []
    return ".".join(filter(None, [*above, node.module]))


class LocalModules:
    """The local modules that imports of one notebook run, each looked for once.

    Where several folders have a module or package of one name, all of them count.
    """

    def __init__(self, folders: Sequence[Path], workspace: Workspace) -> None:
        self._folders = folders
        self._workspace = workspace
        self._run: dict[str, tuple[LocalModule, ...]] = {"": ()}
        self._reached: dict[str, tuple[LocalModule, ...]] = {}

    def run_by_import(self, dotted: str) -> tuple[LocalModule, ...]:
        """Return the files that ``import dotted`` may run itself: the packages' ``__init__.py``, the module."""
        known = self._run.get(dotted)
        if known is None:
            package = dotted.rpartition(".")[0]
            known = self._run[dotted] = (*self.run_by_import(package), *self._find(dotted))
        return known

    def _find(self, dotted: str) -> Iterator[LocalModule]:
        *above, name = dotted.split(".")
        for folder in self._folders:
            package = folder.joinpath(*above)
            if above and not self._workspace.is_folder(package):
                continue
            for path in (package / name / "__init__.py", package / f"{name}.py"):
                text = self._workspace.read(path)
                if text is not None:
                    yield LocalModule(dotted, path, text)
                    break

    def reached(self, dotted: str) -> tuple[LocalModule, ...]:
        """Return every local file that ``import dotted`` may run, through other local modules too."""
        if dotted not in self._reached:
            waiting, asked = [dotted], {dotted}
            found: dict[tuple[str, Path], LocalModule] = {}
            while waiting:
                for module in self.run_by_import(waiting.pop()):
                    if (module.dotted, module.path) not in found:
                        found[module.dotted, module.path] = module
                        new = imported_modules(module) - asked
                        asked |= new
                        waiting += sorted(new)
            self._reached[dotted] = tuple(found.values())
        return self._reached[dotted]


def module_level(tree: ast.Module) -> list[ast.AST]:
    """Return the nodes of a module that are not inside functions or classes; these themselves are among them."""
    found: list[ast.AST] = []
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        found.append(node)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return found
