"""The cell that reads the file: its code, its names, and its place in the notebook."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from offbook.notebook import CellId
from offbook.refactor.configuration.values import Form
from offbook.refactor.module.scene import Scene

_NAMES = ("config", "settings", "notebook_config", "_config")
_MOVES = re.compile(r"^\s*[%!]?(?:cd|pushd|popd)\b|\bchdir\(|sys\.path|^\s*%%", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Loader:
    """The loader cell.

    Attributes:
        source: its code.
        name: the variable that holds the configuration.
        after: the cell behind which it stands; ``None`` at the top.
        form: the form of the file.
    """

    source: str
    name: str
    after: CellId | None
    form: Form

    def read(self, entry: str) -> str:
        """Return the code that reads an entry."""
        return f"{self.name}.{entry}" if self.form == "py" else f'{self.name}["{entry}"]'


def make_loader(scene: Scene, form: Form, path: str, dotted: str, users: Sequence[int], secrets: bool) -> Loader:
    """Return the loader cell.

    Args:
        scene: the notebook.
        form: the form of the file.
        path: the file as seen from the notebook's folder.
        dotted: its name in an import, for a module.
        users: the indices of the cells that use it.
        secrets: whether the notebook also reads environment variables.

    Raises:
        RefusedError: where no name is free.
    """
    at = _place(scene, min(users))
    name = next((name for name in _NAMES if _is_free(scene, name)), None)
    if name is None:
        raise scene.refuse("the names `config` and `settings` are in use already", advice="Rename one of them.")
    lines = ["import os"] if secrets else []
    if form == "py":
        package, _, module = dotted.rpartition(".")
        alias = f" as {name}" if module != name else ""
        lines.append(f"from {package} import {module}{alias}" if package else f"import {module}{alias}")
    else:
        reader = _imported(scene, "json" if form == "json" else "yaml", "", lines)
        place = _imported(scene, "Path", "pathlib", lines)
        text = f'{place}("{path}").read_text(encoding="utf-8")'
        call = f"{reader}.loads({text})" if form == "json" else f"{reader}.safe_load({text})"
        lines.sort(key=lambda line: ("yaml" in line, line.startswith("from"), line))
        if form == "yaml":
            lines.insert(len(lines) - 1, "")
        lines += ["", f"{name} = {call}"]
    cells = scene.notebook.cells
    return Loader("\n".join(lines), name, cells[at - 1].id if at else None, form)


def _place(scene: Scene, first: int) -> int:
    """Return the index at which the loader goes: above its first user, or at the top where code moves elsewhere."""
    moves = any(_MOVES.search(cell.source) for index, cell, _ in scene.cells if index < first)
    return scene.cells[0][0] if moves else first


def _is_free(scene: Scene, name: str) -> bool:
    word = re.compile(rf"(?<![\w.]){name}(?!\w)")
    seen = any(word.search(cell.source) for _, cell, _ in scene.cells)
    return not seen and not any(star.may_bind(name) for star in scene.stars)


def _imported(scene: Scene, name: str, module: str, lines: list[str]) -> str:
    """Add an import to the lines and return the name that it binds: another one where the notebook uses it itself."""
    bindings = scene.flow.bindings(name)
    own = [item for _, _, facts in scene.cells for item in facts.imports if item.bound == name and item.top]
    alike = [item for item in own if (item.module, item.name) == ((module, name) if module else (name, ""))]
    unused = not scene.flow.names.get(name)
    bound = name if unused or (alike and len(alike) == len(bindings)) else f"_{name}"
    alias = f" as {bound}" if bound != name else ""
    lines.append(f"from {module} import {name}{alias}" if module else f"import {name}{alias}")
    return bound
