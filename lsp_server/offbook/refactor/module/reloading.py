"""IPython's `autoreload`, above the first import of the module: edits of the module reach the running notebook."""

from __future__ import annotations

import re
from collections.abc import Mapping

from offbook.notebook import CellId
from offbook.refactor.module.scene import Scene

_LINES = ("%load_ext autoreload", "%autoreload 2")
_WRITES_CODE = re.compile(r"%%(?:writefile|file)\b|\.py\b['\"]")


def with_autoreload(scene: Scene, sources: Mapping[CellId, str], module: str) -> tuple[dict[CellId, str], str]:
    """Return the cell that loads `autoreload`, as it is then, and why there is none.

    Args:
        scene: the notebook.
        sources: the new sources of the cells that change.
        module: the module's name in imports.
    """
    for index, _, facts in scene.cells:
        if "autoreload" in facts.source:
            return {}, f"Cell {index + 1} sets up `autoreload` already; it stays as it is."
        if _WRITES_CODE.search(facts.source):
            return {}, f"`autoreload` is not added: cell {index + 1} may write modules, which it would load again."
    for index, cell, facts in scene.cells:
        source = sources.get(cell.id)
        if source is None:
            continue
        lines = source.split("\n")
        places = [number for number, line in enumerate(lines) if line.startswith(f"from {module} import ")]
        if not places:
            continue
        if len(places) > 1 or facts.masked.cell_magic is not None:
            return {}, f"`autoreload` is not added: cell {index + 1} has no plain place for it."
        end = "\r" if lines[places[0]].endswith("\r") or "\r\n" in source else ""
        lines[places[0] : places[0]] = [line + end for line in _LINES]
        return {cell.id: "\n".join(lines)}, ""
    return {}, "`autoreload` is not added: no cell imports the module on a line of its own."
