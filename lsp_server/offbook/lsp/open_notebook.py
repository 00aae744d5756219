"""One open notebook with everything that is known of it."""

from __future__ import annotations

from collections.abc import Iterable
from operator import is_
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from lsprotocol import types
from msgspec.structs import replace

from offbook.analysis import Analysis, analyze
from offbook.diagnostics import Diagnostic
from offbook.lsp.documents import Document
from offbook.lsp.notebooks import OpenNotebook, is_typed
from offbook.lsp.positions import PositionCodec
from offbook.lsp.publishing import Encoder
from offbook.lsp.runlog import RunLog
from offbook.lsp.stored import MadeCells, StoredCells, match_stored, retyped, shapes, snapshot
from offbook.notebook import Notebook, Output
from offbook.rules.checker import Checker
from offbook.wire import CellOutputs

if TYPE_CHECKING:
    from offbook.running import RunReport


class _Snapshot(NamedTuple):
    """A notebook as a value, and what it was made of."""

    revision: int
    document: OpenNotebook
    rests: tuple[object, ...]
    notebook: Notebook


class NotebookSession:
    """The state of one open notebook.

    Attributes:
        document: what the client has.
        path: where it is, or would be, saved.
        saved: whether ``path`` is the client's, so that a file may be there.
        revision: grows with everything that can change what is diagnosed.
        published: document version and diagnostics of each cell that has any, as last sent.
        found: what was found last, and the revision that it was found in.
        encoder: puts findings into the protocol's form.
        analysis: the last analysis, where the next one starts.
        checker: the rules, and what they found last; ``None`` until first used, and after a change of settings.
        passed: the notebook as it last ran to its end, and that run.
    """

    def __init__(self, document: OpenNotebook, path: Path, saved: bool) -> None:
        self.document = document
        self.path = path
        self.saved = saved
        self.revision = 0
        self.published: dict[str, tuple[int, list[types.Diagnostic]]] = {}
        self.found: tuple[int, list[Diagnostic]] = (-1, [])
        self.analysis: Analysis | None = None
        self.checker: Checker | None = None
        self.passed: tuple[Notebook, RunReport] | None = None
        self.encoder = Encoder()
        self._analysed = -1
        self._stored: StoredCells = {}
        self._stored_kernel = ""
        self._log = RunLog(document)
        self._sent: dict[str, tuple[Output, ...]] = {}
        self._snapshot: _Snapshot | None = None
        self._made: MadeCells = {}

    @property
    def uri(self) -> str:
        """The notebook's URI, as the client wrote it."""
        return self.document.uri

    def change(self, params: types.DidChangeNotebookDocumentParams, codec: PositionCodec) -> None:
        """Take a client's changes."""
        before = self.document
        self.document = before.changed(params, codec)
        if not is_typed(params):
            self._log.follow(before, self.document)
            self._sent = {cell: outputs for cell, outputs in self._sent.items() if cell in self.document}
        self.revision += 1

    def take_module(self, document: Document) -> None:
        """Take the text of a module, which is checked as a notebook of one cell."""
        self.document = OpenNotebook.of_module(document)
        self.revision += 1

    def take_outputs(self, messages: Iterable[CellOutputs]) -> None:
        """Take the outputs that a client tells; cells that are gone are skipped."""
        known = [message for message in messages if message.cell in self.document]
        before, first = self.document, frozenset(message.cell for message in known if message.cell not in self._sent)
        self._sent = self._sent | {message.cell: shapes(message) for message in known}
        self.document = before.counted({message.cell: message.execution_count for message in known})
        for message in known:
            if message.running:
                self._log.start(self.document.cell(message.cell))
        self._log.tell(before, self.document, first)
        self.revision += 1

    def note_saved(self) -> None:
        """Note that the client saved the notebook as it is now."""
        self._log.save(self.document)
        self.revision += 1

    def take_stored(self, saved: Notebook | None) -> None:
        """Take what the file holds."""
        self._stored = match_stored(self.document, saved)
        self._stored_kernel = saved.kernel if saved is not None else ""
        self.revision += 1

    def snapshot(self) -> Notebook:
        """Return the notebook as a value; cells are named by the URIs of their documents."""
        last = self._snapshot
        if last is None or last.revision != self.revision:
            rests = (self._stored, self._sent, self._log.runs, self._log.counts)
            same = last is not None and all(map(is_, last.rests, rests))
            typed = self.document.typed_since(last.document) if last is not None and same else None
            if last is not None and typed is not None:
                current = retyped(last.notebook, self.document, typed, self._stored, self._sent, self._made)
            else:
                current = snapshot(self.document, self.path, self._stored, self._sent, self._made)
                saved = self._log.saved(self.document, self._stored)
                kernel = current.kernel or self._stored_kernel
                current = replace(current, kernel=kernel, runs=self._log.runs, saved=saved)
            last = self._snapshot = _Snapshot(self.revision, self.document, rests, current)
        return last.notebook

    def take_analysis(self, revision: int, analysis: Analysis) -> None:
        """Keep an analysis of the notebook as it was at a revision."""
        if revision > self._analysed:
            self._analysed, self.analysis = revision, analysis

    def current_findings(self) -> list[Diagnostic]:
        """Return what was found in the notebook as it is now; nothing where that is not known yet."""
        revision, found = self.found
        return found if revision == self.revision else []

    def current_analysis(self) -> Analysis:
        """Return the analysis of the notebook as it is now; only what changed is analysed."""
        if self.analysis is None or self._analysed != self.revision:
            self.take_analysis(self.revision, analyze(self.snapshot(), self.analysis))
        assert self.analysis is not None
        return self.analysis
