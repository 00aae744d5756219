"""The modules beside a notebook, as an import in the notebook finds them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from offbook.refactor.registry import Workspace


@dataclass(frozen=True, slots=True)
class LocalModule:
    """A Python file that an import runs: ``dotted`` is its name, seen from the notebook's folder."""

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


def run_by_import(dotted: str, folder: Path, workspace: Workspace) -> Iterator[LocalModule]:
    """Yield the files in ``folder`` that ``import dotted`` runs itself: the packages' ``__init__.py``, the module."""
    parts = dotted.split(".")
    for end in range(1, len(parts) + 1):
        base = folder.joinpath(*parts[:end])
        for path in (base / "__init__.py", base.with_name(base.name + ".py")):
            text = workspace.read(path)
            if text is not None:
                yield LocalModule(".".join(parts[:end]), path, text)
                break


def imported_modules(module: LocalModule) -> set[str]:
    """Return the dotted names of all that a module imports; ``from a import b`` may be ``a.b`` too."""
    found: set[str] = set()
    for node in ast.walk(module.tree or ast.Module([], [])):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = module.package.split(".")
                base = ".".join([*parents[: len(parents) - node.level + 1], *filter(None, [base])])
            found.update({base, *(f"{base}.{alias.name}" for alias in node.names)})
    return {name for name in found if name}


def reached(dotted: str, folder: Path, workspace: Workspace) -> Iterator[LocalModule]:
    """Yield every local file that ``import dotted`` runs, through other local modules too."""
    waiting, seen = [dotted], set[Path]()
    while waiting:
        for module in run_by_import(waiting.pop(), folder, workspace):
            if module.path not in seen:
                seen.add(module.path)
                yield module
                waiting += sorted(imported_modules(module))


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
