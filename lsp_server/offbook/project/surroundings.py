"""What is around a saved notebook, as rules ask for it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from offbook.project.clones import Entry
from offbook.project.clones.places import find_place
from offbook.project.files import find_root
from offbook.project.modules import module_file
from offbook.project.tested import untested
from offbook.project.workspace import known_clones, workspace_at
from offbook.rules.surroundings import Answer, CloneElsewhere, Question


@dataclass(frozen=True, slots=True)
class NotebookSurroundings:
    """Answers the rules' questions about what lies outside a notebook.

    It is small and can be sent to another process.

    Attributes:
        path: the notebook's file.
        root: its workspace.
        folders: where code may look for files: the notebook's folder, and that of the settings, in which some tools
            run notebooks.
        told: answers that are known already.
        waits: whether an answer may take as long as reading the whole workspace; else it may be one of before.
    """

    path: Path
    root: Path
    folders: tuple[str, ...]
    told: tuple[tuple[Question, Answer], ...] = ()
    waits: bool = True

    @staticmethod
    def of(path: Path, settings_root: Path, *, waits: bool = True) -> NotebookSurroundings:
        """Return what is around a notebook file; ``settings_root`` is the folder of its settings."""
        path = path.resolve()
        folders = (str(path.parent), str(settings_root.resolve()))
        return NotebookSurroundings(path, find_root(path), folders, waits=waits)

    def knowing(self, question: Question, answer: Answer) -> NotebookSurroundings:
        """Return the same surroundings, with an answer that need not be sought again."""
        return replace(self, told=(*self.told, (question, answer)))

    def answer(self, kind: str, key: str) -> Answer:
        """Answer a question, see :data:`offbook.rules.surroundings.OUTSIDE`."""
        for question, answer in self.told:
            if question == (kind, key):
                return answer
        if kind == "file":
            return any(os.path.exists(os.path.join(folder, key)) for folder in self.folders)  # noqa: PTH110, PTH118
        if kind == "import":
            workspace = workspace_at(self.root)
            found = workspace.dependencies(self.path.parent).undeclared(key)
            return None if found is None or workspace.has_module(key) else found
        if kind == "twins":
            return self._twins(key)
        if kind == "module":
            return module_file(key, 0, self.path, self.root, Path.is_file) is not None
        if kind == "untested":
            return self._untested(*key.split(":"))
        assert kind == "clone", kind
        return self._clone(*key.split("\n"))

    def _twins(self, key: str) -> Answer:
        index = workspace_at(self.root).clones if self.waits else known_clones(self.root)
        return index.twins(self.path, _entry(key)) if index else ()

    def _untested(self, module: str, name: str) -> str | None:
        if module_file(module, 0, self.path, self.root, Path.is_file) is None:
            return None
        file = untested(module, name, self.path, self.root, workspace_at(self.root).files.modules)
        return file.relative_to(self.root).as_posix() if file is not None else None

    def _clone(self, digest: str, exact: str, *files: str) -> CloneElsewhere | None:
        for file in files:
            place = find_place(self.root / file, digest, exact)
            if place is not None:
                return CloneElsewhere(file, *place)
        return None


def index_clones(notebooks: Iterable[tuple[NotebookSurroundings, str]]) -> None:
    """Bring the indexes of runs of statements up to date, with what notebooks asked: it tells what they hold."""
    known: dict[Path, dict[Path, Entry]] = {}
    for around, asked in notebooks:
        known.setdefault(around.root, {})[around.path] = _entry(asked)
    for root, entries in known.items():
        workspace_at(root).index_clones(entries)


def _entry(asked: str) -> Entry:
    runs, _, cells = asked.partition("|")
    return Entry(tuple(runs.split()), tuple(cells.split()))
