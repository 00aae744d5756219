"""A snapshot of the workspace: files on the disk, and over them what is unsaved in an editor."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from threading import Lock

from offbook.analysis import Analysis
from offbook.project.dependencies.installed import Environment
from offbook.project.files import ProjectFiles, find_files
from offbook.project.hover import describe
from offbook.project.index import IndexedFile, WorkspaceIndex
from offbook.project.navigation import Navigator
from offbook.project.outline import OutlineItem, definitions_of
from offbook.project.renaming import Renaming, SourceEdits
from offbook.project.unit import MarkCache, Unit, UnitCache, read_text
from offbook.refactor import Place
from offbook.refactor.module.bases import Bases
from offbook.text import Span

_cache = UnitCache()
"""Shared by all snapshots: what is on the disk is the same for all of them."""
_marks = MarkCache()
_indexes: dict[Path, WorkspaceIndex] = {}
_lock = Lock()


class Project:
    """What a workspace holds, as seen at one moment; it is also the refactorings' workspace.

    Args:
        root: the workspace's folder, absolute.
        overlays: texts of open ``.py`` files, which count more than the disk.
        notebooks: analyses of open notebooks, likewise.
    """

    def __init__(
        self, root: Path, overlays: Mapping[Path, str] | None = None, notebooks: Mapping[Path, Analysis] | None = None
    ) -> None:
        self._root = root
        self._overlays = dict(overlays or {})
        self._open = dict(notebooks or {})
        self._units: dict[Path, Unit] = {}
        self._analyses: dict[Path, Analysis | None] = {}
        self._folders: dict[Path, tuple[Path, ...]] = {}

    @property
    def root(self) -> Path:
        """The workspace's folder."""
        return self._root

    def read(self, path: Path) -> str | None:
        """Return a file's text, as the editor has it; ``None`` where there is none, or it is not UTF-8."""
        return self._overlays[path] if path in self._overlays else read_text(path)

    def is_folder(self, path: Path) -> bool:
        """Tell whether there is a folder."""
        return path.is_dir()

    def holds_modules(self, path: Path) -> bool:
        """Tell whether a folder holds Python modules."""
        if any(open_path.parent == path and open_path.suffix == ".py" for open_path in self._overlays):
            return True
        return next(path.glob("*.py"), None) is not None if path.is_dir() else False

    def library(self, module: str) -> str | None:
        """Return the text of an installed module or package; nothing of it is run."""
        return Environment.around(self._root).source(module)

    @cached_property
    def added_folders(self) -> tuple[Path, ...]:
        """The folders that the workspace's environment puts on the path."""
        return Environment.around(self._root).added_folders

    def is_installed(self, top: str) -> bool:
        """Tell whether the workspace's environment has a top-level module or package of this name."""
        return Environment.around(self._root).holds(top)

    @cached_property
    def files(self) -> ProjectFiles:
        """The notebooks and modules; those that are open and not saved yet are among them."""
        found = find_files(self._root)
        inside = [path for path in (*self._overlays, *self._open) if path.is_relative_to(self._root)]
        notebooks = {*found.notebooks, *(path for path in inside if path in self._open)}
        modules = {*found.modules, *(path for path in inside if path.suffix == ".py")}
        return ProjectFiles(tuple(sorted(notebooks)), tuple(sorted(modules)), found.complete)

    def notebooks(self) -> Iterable[Analysis]:
        """Yield the analysis of every Python notebook that can be read."""
        analyses = map(self.analysis, self.files.notebooks)
        yield from (analysis for analysis in analyses if analysis is not None)

    def notebooks_with(self, words: Sequence[str]) -> Iterable[Analysis]:
        """Yield the analysis of every notebook in whose file one of these words stands; only these are analysed."""
        for path in self.files.notebooks:
            if path in self._open or _marks.holds(path, tuple(words)):
                analysis = self.analysis(path)
                if analysis is not None:
                    yield analysis

    def notebooks_defining(self, names: Iterable[str]) -> Iterable[Analysis]:
        """Yield the analysis of every notebook that may define one of these names; only these are analysed."""
        wanted = set(names)
        for path, entry in self._indexed():
            if path.suffix == ".ipynb" and (entry is None or entry.words is None or wanted & set(entry.definitions)):
                analysis = self.analysis(path)
                if analysis is not None:
                    yield analysis

    def notebooks_in(self, folder: Path) -> Iterable[Analysis]:
        """Yield the analysis of every notebook that stands in a folder, not below it."""
        analyses = (self.analysis(path) for path in self.files.notebooks if path.parent == folder)
        yield from (analysis for analysis in analyses if analysis is not None)

    def unit(self, path: Path) -> Unit | None:
        """Return a notebook or module for navigation; ``None`` where it cannot be read."""
        known = self._units.get(path)
        if known is not None:
            return known
        unit: Unit | None
        if path in self._open:
            unit = Unit.of_notebook(path, self._open[path])
        elif path in self._overlays and path.suffix == ".py":
            unit = Unit.of_module(path, self._overlays[path])
        else:
            unit, _ = _cache.get(path)
        if unit is not None:
            self._units[path] = unit
        return unit

    def import_folders(self, importer: Path) -> tuple[Path, ...]:
        """Return the folders of the workspace in which imports of a notebook look; of a module none are known."""
        known = self._folders.get(importer)
        if known is None:
            analysis = self.analysis(importer)
            known = self._folders[importer] = Bases(analysis, self).folders if analysis is not None else ()
        return known

    def mentioning(self, word: str) -> Iterable[Unit]:
        """Yield the notebooks and modules in whose text a word stands; only these are analysed."""
        for path, entry in self._indexed():
            if entry is None or entry.mentions(word):
                unit = self.unit(path)
                if unit is not None and unit.mentions(word):
                    yield unit

    def _indexed(self) -> Iterator[tuple[Path, IndexedFile | None]]:
        """Yield all files with what the index knows of them: nothing, where they are open in an editor."""
        with _lock:
            index = _indexes.setdefault(self._root, WorkspaceIndex(self._root))
        paths = (*self.files.modules, *self.files.notebooks)
        known = index.refresh(path for path in paths if path not in self._open and path not in self._overlays)
        yield from ((path, known.get(path)) for path in paths)

    def definition(self, place: Place) -> list[Place]:
        """Return where the name at a place is defined: in the notebook, or in a module of the workspace.

        Empty where there is no name, or it is a function's own, or it comes from elsewhere.
        """
        return Navigator(self).definition(place)

    def references(self, place: Place) -> list[Place]:
        """Return every place of the workspace that means what the name at a place means, its definition too."""
        return Navigator(self).references(place)

    def name_at(self, place: Place) -> tuple[str, Span]:
        """Return the name at a place that can be renamed, and where it stands.

        Raises:
            UserError: where there is none.
        """
        return Renaming(self).name_at(place)

    def rename(self, place: Place, new: str) -> list[SourceEdits]:
        """Return the edits that give the name at a place another name, everywhere in the workspace.

        Raises:
            UserError: where that would change what some code does; the message says where.
        """
        return Renaming(self).rename(place, new)

    def describe(self, place: Place) -> tuple[str, Span] | None:
        """Return Markdown on the name at a place, and where it stands; ``None`` where it is not the workspace's."""
        return describe(self, place)

    def analysis(self, path: Path) -> Analysis | None:
        """Return the analysis of a notebook, the same each time; ``None`` for other files."""
        if path in self._open:
            return self._open[path]
        if path not in self._analyses:
            self._analyses[path] = _cache.get(path)[1] if path.suffix == ".ipynb" else None
        return self._analyses[path]

    def find_symbols(self, query: str, limit: int) -> list[tuple[Place, OutlineItem]]:
        """Return top-level definitions of the workspace whose name holds the letters of a query, in that order."""
        wanted = re.compile(".*?".join(map(re.escape, query)), re.IGNORECASE)
        return list(islice(self._symbols(wanted), limit))

    def _symbols(self, wanted: re.Pattern[str]) -> Iterator[tuple[Place, OutlineItem]]:
        for path, entry in self._indexed():
            if entry is not None and not any(map(wanted.search, entry.definitions)):
                continue
            unit = self.unit(path)
            if unit is not None:
                for number, item in definitions_of(unit):
                    if wanted.search(item.name):
                        yield Place(path, unit.sources[number][0], item.span), item
