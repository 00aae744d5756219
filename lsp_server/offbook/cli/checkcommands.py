"""The commands that mend findings, as a user types them."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from offbook.app.results import FoundCells
from offbook.diagnostics import Proposal
from offbook.notebook import CellId
from offbook.project import find_root

_FEW = 2
"""So many notebooks are named one by one."""
_MODULE = "steps.py"
"""An example of a module beside the notebook, which no proposal names."""


class Scope(NamedTuple):
    """What a check is about: the files and folders that the user named, and whether they are several notebooks."""

    named: Sequence[Path]
    several: bool

    def command(self, words: str, notebooks: Iterable[Path]) -> str:
        """Return a command on some of the notebooks: all by name where they are few, else a folder that holds them."""
        found = list(dict.fromkeys(notebooks))
        return command(words, found if len(found) <= _FEW else self._holding(found))

    def _holding(self, notebooks: list[Path]) -> list[Path]:
        """Return the innermost folder that holds notebooks, but none above what the user named."""
        holding = [path for path in self.named if any(found.is_relative_to(path) for found in notebooks)]
        shared = Path(os.path.commonpath([found.parent for found in notebooks]))
        return holding if len(holding) > 1 and all(path.is_dir() for path in holding) else [shared]


def command(words: str, paths: Iterable[Path]) -> str:
    """Return a command on files and folders."""
    return _line(words.split(), map(str, paths))


def refactoring(proposal: Proposal, path: Path, cells: FoundCells) -> str:
    """Return the command that shows what a proposed refactoring of a notebook would change."""
    words = proposal.refactoring.split(".")
    options = [word for name, value in proposal.options.items() for word in _option(name, value, proposal, path, cells)]
    if proposal.refactoring == "extract.module":
        options += ["--to", str(path.with_name(_MODULE))]
    return _line(words, [str(path), *options])


def _option(name: str, value: object, proposal: Proposal, path: Path, cells: FoundCells) -> Iterator[str]:
    yield "--" + name.replace("_", "-")
    values = value if isinstance(value, list) else [value]
    if name in proposal.CELLS:
        yield ",".join(str(cells.index(CellId(str(cell))) + 1) for cell in values)
    elif name == "to":
        target = find_root(path) / str(value)
        yield str(target) if path.is_absolute() else os.path.relpath(target)
    else:
        yield ",".join(map(str, values))


def _line(words: Iterable[str], rest: Iterable[str]) -> str:
    return shlex.join(["offbook", *words, *rest])
