"""What a rule may ask that lies outside the notebook."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any

from offbook.rules.surroundings import CloneElsewhere, Twin, Undeclared


class OutsideView(ABC):
    """The part of a view that asks the notebook's surroundings."""

    @abstractmethod
    def _ask(self, kind: str, key: str = "") -> Any:
        """Answer a question, and note it."""

    def exists(self, path: str) -> bool | None:
        """Tell whether there is a file or folder where the notebook's code would look for a relative path.

        ``None`` for a notebook that is not saved: nobody knows where it will be.
        """
        found: bool | None = self._ask("file", path)
        return found

    def undeclared(self, module: str) -> Undeclared | None:
        """Return what an import of a top-level module needs and nobody declares; ``None`` where all is well."""
        found: Undeclared | None = self._ask("import", module)
        return found

    def twins(self, runs: Iterable[str], cells: Iterable[str]) -> Sequence[Twin]:
        """Return which runs of statements may stand in other files, see :data:`offbook.rules.surroundings.OUTSIDE`."""
        found: Sequence[Twin] | None = self._ask("twins", f"{' '.join(runs)}|{' '.join(cells)}")
        return found or ()

    def clone(self, twin: Twin, exact: str) -> CloneElsewhere | None:
        """Return where a run of statements stands in another file."""
        found: CloneElsewhere | None = self._ask("clone", "\n".join((twin.digest, exact, *twin.files)))
        return found

    def is_own_module(self, module: str) -> bool:
        """Tell whether a dotted name is a module of the workspace."""
        return self._ask("module", module) is True

    def untested(self, module: str, name: str) -> str | None:
        """Return the file of a function of the workspace that no test calls; ``None`` for all else."""
        found: str | None = self._ask("untested", f"{module}:{name}")
        return found
