"""What is around a saved notebook, as rules ask for it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from offbook.project.clones import Entry
from offbook.project.files import find_root
from offbook.project.workspace import known_clones, workspace_at
from offbook.rules.surroundings import Answer, CloneElsewhere, Question


class NotebookSurroundings(Struct, frozen=True):
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
            return workspace_at(self.root).module(key, self.path) is not None
        if kind == "untested":
            return self._untested(*key.split(":"))
        assert kind == "clone", kind
        return self._clone(*key.split("\n"))

    def _twins(self, key: str) -> Answer:
        index = workspace_at(self.root).clones if self.waits else known_clones(self.root)
        return index.twins(self.path, _entry(key)) if index else ()

    def _untested(self, module: str, name: str) -> str | None:
        workspace = workspace_at(self.root)
        path = workspace.module(module, self.path)
        if path is None:
            return None
        from offbook.project.tested import untested  # noqa: PLC0415  (the analysis: few notebooks ask)

        return path.relative_to(self.root).as_posix() if untested(path, name, workspace.files.modules) else None

    def _clone(self, digest: str, exact: str, *files: str) -> CloneElsewhere | None:
        from offbook.project.clones.places import find_place  # noqa: PLC0415  (the analysis, likewise)

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
