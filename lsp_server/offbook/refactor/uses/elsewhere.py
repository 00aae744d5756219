"""Other notebooks that run this one (``%run``), and so use what it binds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from offbook.analysis import Analysis, CellFacts
from offbook.notebook import CellId
from offbook.refactor.module.scene import RefusedError, Scene
from offbook.refactor.plan import Place, Refusal
from offbook.text import Span

_WORD = re.compile(r"[^\W\d]\w*")
_RUNNING = ("%run", "run_line_magic", "magic(", "import_ipynb", "nbimporter", "importnb", "ipynb.fs")
"""Words of code that runs notebooks."""


def check_elsewhere(scene: Scene, names: Iterable[str]) -> None:
    """Refuse where a notebook that runs this one uses one of these names.

    Raises:
        RefusedError: with the place in the other notebook.
    """
    wanted = set(names)
    for other in _runners(scene) if wanted else ():
        for cell, facts in other.cells:
            used = wanted.intersection(_WORD.findall(cell.source))
            if used:
                place = _place(other, cell.id, facts, min(used))
                raise RefusedError(
                    Refusal(
                        f"`{other.notebook.path.name}` runs this notebook, and uses its `{min(used)}`",
                        place,
                        "Move what both need to a module first.",
                    )
                )


def _runners(scene: Scene) -> Iterator[Analysis]:
    """Yield the notebooks that may run this one: they name it, and run notebooks."""
    path = scene.notebook.path
    for other in scene.workspace.notebooks_with(_RUNNING):
        sources = [cell.source for cell, _ in other.cells]
        named = other.notebook.path != path and any(path.stem in source for source in sources)
        if named and any(word in source for source in sources for word in _RUNNING):
            yield other


def _place(other: Analysis, cell: CellId, facts: CellFacts, name: str) -> Place:
    events = facts.by_name.get(name)
    spans = [read.span for read in events.reads] + [read.span for read in events.deferred] if events else []
    return Place(other.notebook.path, cell, min(spans, default=Span.on_line(0)))
