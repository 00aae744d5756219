"""The runs of statements of all files of a workspace: kept between runs, and brought up to date file by file."""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

import msgspec

import offbook
from offbook.project.clones.entries import Entry
from offbook.rules.surroundings import Twin
from offbook.text.store import Store

_MOST = {".ipynb": 1_000, ".py": 200}
"""So many notebooks and modules of a workspace are looked at, those near its root first."""
_LARGEST = 20_000_000
"""Larger files are left out; bytes."""
_CANDIDATES = 3
_ALIKE = 0.4
"""Of two notebooks that share so much of the smaller one's cells, or runs, one is a copy of the other."""
_VERSIONS = frozenset(
    "solution solutions sol soln answer answers exercise exercises complete completed final finished starter start "
    "student students teacher instructor template blank empty todo copy checkpoint backup old new draft "
    "executed".split()
)
"""Words in names of files that tell versions of one notebook apart."""
_READERS = ("rules/scripts/outlines.py", "analysis/clones.py")
"""What tells runs of statements apart."""
Stamp = tuple[int, int]
_store = Store("clones-1", 64_000_000)


class CloneIndex:
    """The files of a workspace by what they hold.

    Args:
        root: the workspace.
        stamps: the files with their times and sizes.
        entries: what each holds.
    """

    def __init__(self, root: Path, stamps: Mapping[Path, Stamp], entries: Mapping[Path, Entry]) -> None:
        self.root = root
        self.stamps = stamps
        self.entries = entries

    @staticmethod
    def build(
        root: Path,
        files: Iterable[Path],
        known: Mapping[Path, Entry],
        before: CloneIndex | None = None,
        reads: int | None = None,
    ) -> CloneIndex:
        """Return the index of some files; only those that changed since the last time are read.

        Args:
            root: the workspace.
            files: its notebooks and modules.
            known: entries that are known to be current.
            before: an earlier index of this process.
            reads: so many files are read at most, those beside the known ones first; the others are left out until
                a later time.
        """
        old = _load(root) if before is None else (before.stamps, before.entries)
        stamps: dict[Path, Stamp] = {}
        entries: dict[Path, Entry] = {}
        unread: list[Path] = []
        for path in _nearest(root, files):
            stamp = _stamp(path)
            if stamp is None or stamp[1] > _LARGEST:
                continue
            stamps[path] = stamp
            if path in known:
                entries[path] = known[path]
            elif old[0].get(path) == stamp:
                entries[path] = old[1][path]
            else:
                unread.append(path)
        beside = {path.parent for path in known}
        for path in sorted(unread, key=lambda path: path.parent not in beside)[:reads]:
            entries[path] = _read(path)
        stamps = {path: stamp for path, stamp in stamps.items() if path in entries}
        if stamps != old[0]:
            _save(root, stamps, entries)
        return CloneIndex(root, stamps, entries)

    @cached_property
    def _places(self) -> dict[str, list[Path]]:
        found: defaultdict[str, list[Path]] = defaultdict(list)
        for path, entry in self.entries.items():
            for digest in entry.runs:
                found[digest].append(path)
        return found

    def twins(self, path: Path, entry: Entry) -> tuple[Twin, ...]:
        """Return which runs of a file may stand in others too; copies of the file do not count."""
        shared = Counter(other for digest in entry.runs for other in self._places.get(digest, ()) if other != path)
        copies = {other for other, count in shared.items() if self._is_copy(path, entry, other, count)}
        found = []
        for digest in entry.runs:
            others = [other for other in self._places.get(digest, ()) if other in shared and other not in copies]
            if others:
                others.sort(key=lambda other: (other.suffix != ".py", -shared[other], other))
                shown = tuple(self._shown(other) for other in others[:_CANDIDATES])
                found.append(Twin(digest, shown, len(others)))
        return tuple(found)

    def _is_copy(self, path: Path, entry: Entry, other: Path, shared_runs: int) -> bool:
        """Tell whether two files are versions of one: then nobody wants to hear of each of their parts."""
        there = self.entries[other]
        common = len(set(entry.cells) & set(there.cells))
        least = min(len(entry.cells), len(there.cells))
        if common >= 3 and common >= _ALIKE * least:
            return True
        runs = min(len(entry.runs), len(there.runs))
        if shared_runs >= 4 and shared_runs >= _ALIKE * runs and path.suffix == other.suffix:
            return True
        return _kin(path.stem) == _kin(other.stem)

    def _shown(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()


def _kin(stem: str) -> list[str]:
    """Return the words of a file's name, without those that tell versions apart."""
    words = re.findall(r"[a-z]+|\d+", re.sub(r"(?i)copy\d*|\(\d+\)", "", stem).lower())
    return [word for word in words if word not in _VERSIONS] or [stem]


def _nearest(root: Path, files: Iterable[Path]) -> list[Path]:
    inside = sorted((path for path in files if path.is_relative_to(root)), key=lambda path: (len(path.parts), path))
    return [path for kind, most in _MOST.items() for path in [path for path in inside if path.suffix == kind][:most]]


def _read(path: Path) -> Entry:
    from offbook.project.clones.sources import entry_of  # noqa: PLC0415  (the analysis, for files that have changed)

    return entry_of(path)


def _stamp(path: Path) -> Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def _load(root: Path) -> tuple[Mapping[Path, Stamp], Mapping[Path, Entry]]:
    data = _store.get(_key(root))
    try:
        rows = msgspec.msgpack.decode(data or b"\x90", type=list[tuple[str, Stamp, Entry]])
    except msgspec.DecodeError:
        rows = []
    return {root / name: stamp for name, stamp, _ in rows}, {root / name: entry for name, _, entry in rows}


def _save(root: Path, stamps: Mapping[Path, Stamp], entries: Mapping[Path, Entry]) -> None:
    rows = [(path.relative_to(root).as_posix(), stamp, entries[path]) for path, stamp in stamps.items()]
    try:
        _store.put(_key(root), msgspec.msgpack.encode(rows))
    except (UnicodeEncodeError, OverflowError):
        return  # a name that is no Unicode: the index is made anew each time


def _key(root: Path) -> str:
    """Return what names the index of a workspace: another build of offbook may see other runs."""
    build = [(Path(offbook.__file__).parent / file).stat().st_mtime_ns for file in _READERS]
    return f"{sys.version} {build} {root}"
