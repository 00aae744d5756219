"""Plans that a client was given, until it asks to have one verified."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from offbook.lsp.notebooks import OpenNotebook
from offbook.lsp.protocol import InvalidParamsError, StaleRequestError
from offbook.lsp.stored import as_file
from offbook.notebook import Notebook, NotebookFile
from offbook.project.project import Project
from offbook.refactor import FileChange, Plan

_KEPT = 32

Sources = tuple[tuple[str, str, str], ...]
"""What a plan depends on: URI, kind and text of each cell."""


def sources_of(notebook: OpenNotebook) -> Sources:
    """Return what a plan for a notebook depends on; outputs and versions are left out."""
    return tuple((cell.uri, cell.kind, cell.document.text) for cell in notebook.cells)


@dataclass(frozen=True)
class StoredPlan:
    """A plan, and the state of the documents that it was made for.

    Attributes:
        plan: the plan.
        notebook: the URI of the notebook that it was asked for.
        notebooks: the open notebooks, as values, by URI.
        sources: what the cells of those notebooks held.
        versions: the client's versions of those notebooks.
        project: the workspace.
        files: the notebooks that the plan changes and that are not open.
    """

    plan: Plan
    notebook: str
    notebooks: Mapping[str, Notebook]
    sources: Mapping[str, Sources]
    versions: Mapping[str, int]
    project: Project
    files: Mapping[Path, NotebookFile]

    def uri_of(self, path: Path) -> str | None:
        """Return the URI of the open notebook at a path."""
        return next((uri for uri, notebook in self.notebooks.items() if notebook.path == path), None)

    def notebook_at(self, path: Path) -> Notebook:
        """Return a notebook that the plan changes, as it is in the editor, else in its file."""
        return self.file_at(path).notebook if path in self.files else self.notebooks[self.uri_of(path) or ""]

    def file_at(self, path: Path) -> NotebookFile:
        """Return a notebook that the plan changes as a file that could be run: an open one as it is in the editor."""
        return self.files[path] if path in self.files else as_file(self.notebooks[self.uri_of(path) or ""])

    @property
    def written(self) -> tuple[FileChange, ...]:
        """The changed files; a notebook that is not open is one, of which every other byte stays."""
        closed = (change for change in self.plan.notebooks if change.path in self.files)
        texts = ((self.files[change.path], change) for change in closed)
        return (
            *self.plan.files,
            *(FileChange(item.path, file.text, file.render(item.changes)) for file, item in texts),
        )


class PlanStore:
    """The last plans, by id."""

    def __init__(self) -> None:
        self._plans: OrderedDict[str, StoredPlan] = OrderedDict()
        self._count = 0

    def add(self, plan: StoredPlan) -> str:
        """Keep a plan; return its id."""
        self._count += 1
        identity = f"plan-{self._count}"
        self._plans[identity] = plan
        while len(self._plans) > _KEPT:
            self._plans.popitem(last=False)
        return identity

    def get(self, identity: str, opened: Mapping[str, OpenNotebook]) -> StoredPlan:
        """Return a plan that still fits the open notebooks.

        Raises:
            InvalidParamsError: where there is no such plan (any more).
            StaleRequestError: where a notebook that it changes has been edited since.
        """
        try:
            stored = self._plans[identity]
        except KeyError:
            raise InvalidParamsError("this plan is not known any more: make it again") from None
        touched = {change.path for change in stored.plan.notebooks}
        for uri, notebook in stored.notebooks.items():
            if notebook.path in touched and (uri not in opened or sources_of(opened[uri]) != stored.sources[uri]):
                raise StaleRequestError(f"`{notebook.path.name}` has changed since this plan was made: make it again")
        return stored
