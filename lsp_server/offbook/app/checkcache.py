"""Results of checks on the disk: a notebook that is as it was is not checked again.

There is one file for each folder with notebooks, in the user's cache folder, so nothing appears in a project and no
project can bring results of its own. A result holds for one content of one file, one set of settings and one build of
offbook; and only while every question that its rules asked about what is outside the notebook has the same answer.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

import offbook
from offbook.app.results import FoundCells, NotebookCheck
from offbook.diagnostics import Applicability, Diagnostic, Fix, Proposal, Related, Severity
from offbook.errors import UserError
from offbook.notebook import CellId
from offbook.project import NotebookSurroundings
from offbook.rules import RuleSettings
from offbook.text import Span, write_atomically
from offbook.text.store import cache_folder

_FOLDERS = 1000
"""How many folders' results are kept."""

_VARIANTS = 4
"""How many results one file has: for other settings, for what another branch holds."""

_FRESH = 2_000_000_000
"""Nanoseconds after a write in which another one may leave the same time stamps."""

Stamp = tuple[int, int, int]
"""When a file and its entry were changed last, in nanoseconds, and its size: a change without one of them is rare."""

Outside = Mapping[tuple[str, str], Any]
"""Questions about what is outside a notebook, with their answers."""

_Place = tuple[int, int, int, int]


class Reading(NamedTuple):
    """What a file held when it was read."""

    stamp: Stamp
    digest: bytes


class _Finding(msgspec.Struct, array_like=True, frozen=True):
    code: str
    name: str
    severity: Severity
    message: str
    cell: str
    place: _Place
    fix: tuple[str, Applicability] | None
    related: list[tuple[str, _Place, str]]
    proposal: Proposal | None


class _Result(msgspec.Struct, array_like=True, frozen=True):
    stamp: Stamp
    digest: bytes
    rules: bytes
    outside: list[tuple[str, str, Any, list[Stamp] | None]]
    problem: str
    total: int
    cells: list[tuple[str, int, str]]
    findings: list[_Finding]


_Folder = dict[str, list[_Result]]
_DECODER = msgspec.msgpack.Decoder(_Folder)


def stamp_of(status: os.stat_result) -> Stamp:
    """Return what changes when a file does; zeros while another write could still leave the same."""
    if time.time_ns() - max(status.st_mtime_ns, status.st_ctime_ns) < _FRESH:
        return (0, 0, 0)
    return (status.st_mtime_ns, status.st_ctime_ns, status.st_size)


def digest_of(data: bytes) -> bytes:
    """Return what names a content."""
    return blake2b(data, digest_size=20).digest()


class CheckCache:
    """The results of one command's notebooks; folders are read when they are first asked about."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or cache_folder() / "check"
        self._loaded: dict[str, _Folder] = {}
        self._changed: set[str] = set()
        self._started = time.time_ns()

    def find(self, path: Path, settings: RuleSettings) -> NotebookCheck | None:
        """Return the result for a notebook as it is now; ``None`` where it has to be checked."""
        where, name = _place_of(path)
        results = self._results(where).get(name, ())
        rules = _rules_key(settings)
        candidates = [result for result in results if result.rules == rules]
        if not candidates:
            return None
        try:
            stamp = stamp_of(os.stat(path))  # noqa: PTH116  (fast)
            same = next((result for result in candidates if stamp[0] and result.stamp == stamp), None)
            if same is None:
                digest = digest_of(path.read_bytes())
                same = next((result for result in candidates if result.digest == digest), None)
                if same is not None and stamp[0]:
                    self._keep(where, name, msgspec.structs.replace(same, stamp=stamp))
        except OSError:
            return None
        if same is None or not _still_holds(same, settings):
            return None
        return _restored(path, same)

    def store(self, check: NotebookCheck, reading: Reading, settings: RuleSettings, outside: Outside) -> None:
        """Take a new result; it is on the disk after :meth:`save`."""
        where, name = _place_of(check.path)
        cells = check.cells or FoundCells(0, {})
        result = _Result(
            reading.stamp,
            reading.digest,
            _rules_key(settings),
            [(*question, answer, self._stamps(question, settings)) for question, answer in outside.items()],
            check.problem,
            cells.total if check.cells else -1,
            [(cell, index, source) for cell, (index, source) in cells.known.items()],
            [_stored(item) for item in check.diagnostics],
        )
        self._keep(where, name, result)

    def _stamps(self, question: tuple[str, str], settings: RuleSettings) -> list[Stamp] | None:
        """Return the stamps of the files that an answer rests on alone; ``None`` where it has to be asked again."""
        stamps = _stamps_of(*question, settings)
        latest = self._started - _FRESH
        return stamps if stamps and all(max(stamp[:2]) < latest for stamp in stamps) else None

    def save(self) -> None:
        """Write what is new. A cache that cannot be written is no failure: the next check takes longer."""
        for where in self._changed:
            results = {name: kept for name, kept in self._loaded[where].items() if os.path.exists(f"{where}/{name}")}  # noqa: PTH110
            # half of an emoji in a message has no encoding
            with contextlib.suppress(UserError, OSError, UnicodeEncodeError):
                write_atomically(self._file(where), msgspec.msgpack.encode(results), durable=False)
        if self._changed:
            _prune(self._folder)
        self._changed = set()

    def _results(self, where: str) -> _Folder:
        found = self._loaded.get(where)
        if found is None:
            try:
                found = _DECODER.decode(self._file(where).read_bytes())
            except (OSError, msgspec.DecodeError, RecursionError):
                found = {}
            self._loaded[where] = found
        return found

    def _keep(self, where: str, name: str, result: _Result) -> None:
        results = self._results(where)
        others = [old for old in results.get(name, ()) if (old.rules, old.digest) != (result.rules, result.digest)]
        results[name] = [result, *others][:_VARIANTS]
        self._changed.add(where)

    def _file(self, where: str) -> Path:
        key = blake2b(_build() + where.encode("utf-8", "surrogateescape"), digest_size=20)
        return self._folder / f"{key.hexdigest()}.msgpack"


@cache
def _build() -> bytes:
    """Return what names this build: the interpreter, and when each of offbook's files was written."""
    digest = blake2b(sys.version.encode(), digest_size=20)
    folders = [os.path.dirname(offbook.__file__)]  # noqa: PTH120
    for folder in folders:
        with os.scandir(folder) as found:
            for entry in sorted(found, key=lambda entry: entry.name):
                if entry.name.endswith(".py"):
                    written = f"{entry.path} {entry.stat().st_mtime_ns}\n"
                    digest.update(written.encode("utf-8", "surrogateescape"))
                elif entry.name != "__pycache__" and entry.is_dir():
                    folders.append(entry.path)
    return digest.digest()


def _place_of(path: Path) -> tuple[str, str]:
    """Return a file's folder and name, by which it is known; a link has its own."""
    return os.path.split(os.path.abspath(path))  # noqa: PTH100


def _rules_key(settings: RuleSettings) -> bytes:
    enabled = sorted(settings.enabled) if settings.enabled is not None else None
    options = sorted((name, repr(value)) for name, value in settings.options.items())
    saved = settings.surroundings is not None
    return digest_of(repr((enabled, options, sorted(settings.known_names), saved)).encode("utf-8", "backslashreplace"))


def _still_holds(result: _Result, settings: RuleSettings) -> bool:
    """Tell whether what is around the notebook answers as it did."""
    around = settings.surroundings
    return around is None or all(
        (stamps is not None and _stamps_of(kind, key, settings) == stamps) or _plain(around.answer(kind, key)) == known
        for kind, key, known, stamps in result.outside
    )


def _stamps_of(kind: str, key: str, settings: RuleSettings) -> list[Stamp] | None:
    """Return the stamps of the files in which shared code was sought; ``None`` for other questions."""
    around = settings.surroundings
    if kind != "clone" or not isinstance(around, NotebookSurroundings):
        return None
    try:
        found = [(around.root / file).stat() for file in key.split("\n")[2:]]
    except OSError:
        return None
    return [(status.st_mtime_ns, status.st_ctime_ns, status.st_size) for status in found]


def _plain(answer: object) -> object:
    """Return an answer as it comes back from the disk."""
    return [_plain(part) for part in answer] if isinstance(answer, tuple) else answer


def _stored(item: Diagnostic) -> _Finding:
    fix = (item.fix.title, item.fix.applicability) if item.fix else None
    related = [(str(other.cell), _place(other.span), other.message) for other in item.related]
    place = _place(item.span)
    return _Finding(item.code, item.name, item.severity, item.message, item.cell, place, fix, related, item.proposal)


def _place(span: Span) -> _Place:
    return (*span.start, *span.end)


def _restored(path: Path, result: _Result) -> NotebookCheck:
    if result.total < 0:
        return NotebookCheck(path, None, problem=result.problem)
    known = {CellId(cell): (index, source) for cell, index, source in result.cells}
    diagnostics = tuple(map(_diagnostic, result.findings))
    return NotebookCheck(path, None, diagnostics, result.problem, FoundCells(result.total, known))


def _diagnostic(item: _Finding) -> Diagnostic:
    related = tuple(Related(CellId(cell), Span.of(*place), message) for cell, place, message in item.related)
    span, fix = Span.of(*item.place), Fix(*item.fix) if item.fix else None
    cell = CellId(item.cell)
    return Diagnostic(item.code, item.name, item.severity, item.message, cell, span, fix, related, item.proposal)


def _prune(folder: Path) -> None:
    """Remove what was not written for the longest time."""
    with contextlib.suppress(OSError):
        entries = list(os.scandir(folder))
        for entry in _oldest(entries, len(entries) - _FOLDERS):
            with contextlib.suppress(OSError):
                Path(entry).unlink()


def _oldest(entries: Iterable[os.DirEntry[str]], number: int) -> list[str]:
    if number <= 0:
        return []
    ages: list[tuple[int, str]] = []
    for entry in entries:
        with contextlib.suppress(OSError):
            ages.append((entry.stat().st_mtime_ns, entry.path))
    return [path for _, path in sorted(ages)[:number]]
