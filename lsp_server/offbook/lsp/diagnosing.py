"""Keeps the diagnostics of the open notebooks and modules current."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from pathlib import Path

from lsprotocol import types

from offbook.analysis import Analysis, analyze
from offbook.app.surroundings import rules_for
from offbook.config import ConfigError, Settings, find_settings
from offbook.diagnostics import Diagnostic
from offbook.lsp.notebooks import OpenNotebook
from offbook.lsp.open_notebook import NotebookSession
from offbook.lsp.publishing import crash_finding
from offbook.lsp.session import Session
from offbook.lsp.stored import read_stored
from offbook.notebook import Notebook
from offbook.project import find_root, forget_workspaces, refresh_clones
from offbook.rules import RuleSettings
from offbook.rules.checker import Checker

log = logging.getLogger(__name__)

LARGE = 60
"""From so many cells on, rules that look at the whole notebook wait for a pause in typing."""

PAUSE = 0.25
"""Seconds without a change after which they run."""

PATIENCE = 5.0
"""Seconds that a client waits at most for findings that are current."""

POLL = 0.01
"""Seconds between two looks at them."""

Publish = Callable[[types.PublishDiagnosticsParams], None]


class Diagnoser:
    """Checks notebooks in a worker thread, one at a time for each notebook, and publishes what is not outdated."""

    def __init__(self, session: Session, publish: Publish, warn: Callable[[str], None]) -> None:
        self._session = session
        self._publish = publish
        self._warn = warn
        self._warned = ""
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._unread: set[str] = set()
        self._touched: set[str] = set()
        self._looking: dict[Path, asyncio.Task[None]] = {}
        self._unseen: set[Path] = set()
        self._wake: dict[str, asyncio.Event] = {}
        self._settings_read = 0

    def touch(self, uri: str, *, file_changed: bool = False) -> None:
        """Have a notebook checked soon; ``file_changed`` has its saved outputs read again first."""
        if uri not in self._session.checked:
            return
        self._touched.add(uri)
        if file_changed:
            self._unread.add(uri)
        if uri in self._wake:
            self._wake[uri].set()
        if uri not in self._tasks:
            self._tasks[uri] = asyncio.get_running_loop().create_task(self._work(uri))

    async def settle(self, notebook: NotebookSession) -> None:
        """Wait, for a short time, until a notebook is checked as it is now."""
        end = asyncio.get_running_loop().time() + PATIENCE
        while notebook.uri in self._tasks and notebook.found[0] != notebook.revision:
            left = end - asyncio.get_running_loop().time()
            if left <= 0:
                return
            await asyncio.sleep(min(left, POLL))

    def check_again(self) -> None:
        """Check every open notebook with settings read anew."""
        self._settings_read += 1
        for notebook in self._session.checked.values():
            notebook.checker = None
            notebook.revision += 1
            self.touch(notebook.uri)

    def look_around(self) -> None:
        """Learn what the other files of the open notebooks' workspaces hold; what rests on it is checked again."""
        for root in {find_root(notebook.path) for notebook in self._session.checked.values() if notebook.saved}:
            self._unseen.add(root)
            if root not in self._looking:
                self._looking[root] = asyncio.get_running_loop().create_task(self._look_around(root))

    async def _look_around(self, root: Path) -> None:
        try:
            while root in self._unseen:
                self._unseen.discard(root)
                forget_workspaces()
                if await asyncio.to_thread(refresh_clones, root):
                    for uri in self._session.checked:
                        self.touch(uri)
        except Exception:
            log.exception("a bug of offbook, while looking around in %s", root)
        finally:
            del self._looking[root]

    def forget(self, notebook: NotebookSession) -> None:
        """Stop checking a notebook that was closed, and take its diagnostics away."""
        task = self._tasks.pop(notebook.uri, None)
        if task is not None:
            task.cancel()
        self._unread.discard(notebook.uri)
        self._touched.discard(notebook.uri)
        self._send(notebook, notebook.document, {})

    async def _work(self, uri: str) -> None:
        """Check until nothing has changed meanwhile, and nothing is left to do."""
        notebook = self._session.checked[uri]
        try:
            await asyncio.sleep(0)  # several messages that came at once are one change
            while not await self._check(notebook) or await self._catch_up(notebook):
                await asyncio.sleep(0)
        except Exception:
            log.exception("a bug of offbook, while checking %s", uri)
            self._send(notebook, notebook.document, crash_finding(notebook.document))
        finally:
            if self._tasks.get(uri) is asyncio.current_task():
                del self._tasks[uri]

    async def _check(self, notebook: NotebookSession) -> bool:
        """Check once; tell whether the result was published, and nothing calls for another check."""
        if notebook.uri in self._unread:
            self._unread.discard(notebook.uri)
            if notebook.saved:
                notebook.take_stored(await asyncio.to_thread(read_stored, notebook.path))
        while notebook.checker is None:
            reading = self._settings_read
            checker = await self._make_checker(notebook.path, notebook.saved)
            if reading == self._settings_read:  # else they changed while they were read
                notebook.checker = checker
        self._touched.discard(notebook.uri)
        revision, document = notebook.revision, notebook.document
        checker, snapshot, previous = notebook.checker, notebook.snapshot(), notebook.analysis
        analysis, diagnostics = await asyncio.to_thread(_run, checker, snapshot, previous)
        notebook.take_analysis(revision, analysis)
        if notebook.revision != revision or notebook.uri in self._unread:
            return False
        notebook.found = (revision, diagnostics)
        self._send(notebook, document, notebook.encoder.encode(diagnostics, document, self._session.codec))
        return notebook.uri not in self._touched

    async def _catch_up(self, notebook: NotebookSession) -> bool:
        """Run what a quick check has left out, in a pause; tell whether the notebook has to be checked again."""
        checker = notebook.checker
        if checker is None or not checker.pending:
            return checker is None
        wake = self._wake[notebook.uri] = asyncio.Event()
        try:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(wake.wait(), PAUSE)
            while checker.pending and not wake.is_set():
                await asyncio.to_thread(checker.catch_up)
        finally:
            self._wake.pop(notebook.uri, None)
        return True

    async def _make_checker(self, path: Path, saved: bool) -> Checker:
        """Return the rules with the settings that hold for a notebook; wrong settings are told, and left out."""
        try:
            settings = await asyncio.to_thread(find_settings, path.parent, self._session.editor_settings)
            self._warned = ""
        except ConfigError as error:
            settings = Settings(root=path.parent)
            if str(error) != self._warned:
                self._warned = str(error)
                self._warn(f"offbook uses its default settings: {error}")
        if settings.excludes(path):
            return Checker(RuleSettings(enabled=()))
        if not saved:
            return Checker(settings.for_path(path))
        self.look_around()
        return Checker(rules_for(settings, path, waits=False))

    def _send(
        self, notebook: NotebookSession, document: OpenNotebook, found: dict[str, list[types.Diagnostic]]
    ) -> None:
        """Publish what changed: a cell's findings, or that it has none any more."""
        for cell in notebook.published.keys() - found.keys():
            version = document.cell(cell).document.version if cell in document else None
            self._publish(types.PublishDiagnosticsParams(cell, [], version))
        current: dict[str, tuple[int, list[types.Diagnostic]]] = {}
        for cell, diagnostics in found.items():
            version = document.cell(cell).document.version
            current[cell] = (version, diagnostics)
            if notebook.published.get(cell) != current[cell]:
                self._publish(types.PublishDiagnosticsParams(cell, diagnostics, version))
        notebook.published = current


def _run(checker: Checker, snapshot: Notebook, previous: Analysis | None) -> tuple[Analysis, list[Diagnostic]]:
    """Analyse a snapshot and run the rules on it; in a worker thread."""
    analysis = analyze(snapshot, previous)
    return analysis, checker.check(analysis, quick=previous is not None and len(snapshot.cells) >= LARGE)
