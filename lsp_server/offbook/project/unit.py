"""A notebook or a module, as a list of analysed sources: navigation treats both the same."""

from __future__ import annotations

import ast
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from threading import Lock

from msgspec import Struct

from offbook.analysis import Analysis, Binding, CellFacts, Import, NameEvents, analyze, analyze_cell, span_of
from offbook.notebook import CellId, NotebookError, NotebookFile
from offbook.text import Position, Span


class Unit(Struct, frozen=True, eq=False):
    """One namespace of a workspace.

    Attributes:
        path: its file.
        sources: its cells and their facts, in order; a module is one source, whose cell is ``None``.
    """

    path: Path
    sources: tuple[tuple[CellId | None, CellFacts], ...]

    @staticmethod
    def of_notebook(path: Path, analysis: Analysis) -> Unit:
        """Wrap a notebook's analysis."""
        return Unit(path, tuple((cell.id, facts) for cell, facts in analysis.cells))

    @staticmethod
    def of_module(path: Path, text: str) -> Unit:
        """Analyse a module's text."""
        return Unit(path, ((None, analyze_cell(text.removeprefix("\ufeff"))),))

    def mentions(self, name: str) -> bool:
        """Tell, without looking closely, whether the name may stand in the unit."""
        return any(name in facts.source for _, facts in self.sources)

    def bindings(self, name: str) -> Iterator[tuple[int, CellId | None, Binding]]:
        """Yield where the name is bound, in order, with the number of the source."""
        for number, (cell, facts) in enumerate(self.sources):
            events = facts.by_name.get(name)
            for binding in events.bindings if events else ():
                yield number, cell, binding

    def imports(self) -> Iterator[tuple[CellId | None, Import]]:
        """Yield every import, those in functions too."""
        for cell, facts in self.sources:
            for item in facts.imports:
                yield cell, item

    def import_of(self, number: int, binding: Binding) -> Import | None:
        """Return the import that makes a binding."""
        imports = self.sources[number][1].imports
        return next((item for item in imports if item.span == binding.span and item.bound == binding.name), None)

    def number(self, cell: CellId | None) -> int | None:
        """Return the number of a cell's source; ``None`` where it has none."""
        return next((number for number, (here, _) in enumerate(self.sources) if here == cell), None)

    def name_spans(self, name: str) -> Iterator[tuple[CellId | None, Span]]:
        """Yield every place where the top-level name is bound, read or deleted; functions' own names are left out."""
        for cell, facts in self.sources:
            events = facts.by_name.get(name)
            if events is None:
                continue
            for span in sorted(set(event_spans(events))):
                yield cell, span


def event_spans(events: NameEvents) -> Iterator[Span]:
    """Yield where a name is bound, deleted and read."""
    yield from (binding.span for binding in events.bindings)
    yield from (deletion.span for deletion in events.deletions)
    yield from (read.span for read in events.reads)
    yield from (read.span for read in events.deferred)


def span_at(node: ast.Attribute) -> Span:
    """Return where the last name of ``a.b.c`` stands."""
    end = span_of(node).end
    return Span(Position(end.line, end.column - len(node.attr)), end)


class UnitCache:
    """Units of files on the disk, read again when a file's time or size has changed."""

    def __init__(self, capacity: int = 2_000) -> None:
        self._capacity = capacity
        self._kept: OrderedDict[Path, tuple[tuple[int, int], Unit | None, Analysis | None]] = OrderedDict()
        self._lock = Lock()

    def get(self, path: Path) -> tuple[Unit | None, Analysis | None]:
        """Return the unit of a file, and the analysis of a notebook; ``None`` where it cannot be read."""
        try:
            status = path.stat()
        except OSError:
            return None, None
        stamp = (status.st_mtime_ns, status.st_size)
        with self._lock:
            known = self._kept.get(path)
            if known is not None and known[0] == stamp:
                self._kept.move_to_end(path)
                return known[1], known[2]
        unit, analysis = _load(path)
        with self._lock:
            self._kept[path] = (stamp, unit, analysis)
            while len(self._kept) > self._capacity:
                self._kept.popitem(last=False)
        return unit, analysis


class MarkCache:
    """Whether one of some ASCII words stands in a file, looked up again when its time or size has changed."""

    def __init__(self) -> None:
        self._kept: dict[tuple[Path, tuple[str, ...]], tuple[tuple[int, int], bool]] = {}

    def holds(self, path: Path, words: tuple[str, ...]) -> bool:
        """Tell whether one of the words stands in a file; a file that cannot be read holds none."""
        try:
            status = path.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            known = self._kept.get((path, words))
            if known is None or known[0] != stamp:
                data = path.read_bytes()
                known = self._kept[path, words] = stamp, any(word.encode() in data for word in words)
        except OSError:
            return False
        return known[1]


def _load(path: Path) -> tuple[Unit | None, Analysis | None]:
    if path.suffix == ".ipynb":
        try:
            notebook = NotebookFile.read(path).notebook
        except NotebookError:
            return None, None
        if notebook.language != "python":
            return None, None
        analysis = analyze(notebook)
        return Unit.of_notebook(path, analysis), analysis
    text = read_text(path)
    return (Unit.of_module(path, text) if text is not None else None), None


def read_text(path: Path) -> str | None:
    """Return a file's text with its line ends; ``None`` where there is none, or it is not UTF-8."""
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
