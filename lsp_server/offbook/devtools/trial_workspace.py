"""A copy of a folder in which notebooks are run, one after another, and which each of them finds as it was."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from offbook.devtools.trial_runs import Shown, TrialRunner

_CACHES = frozenset({"__pycache__", ".ipynb_checkpoints", ".git", ".cache", ".pytest_cache"})

State = dict[str, tuple[int, int]]
"""Size and time of the last change of every file."""


class TrialWorkspace:
    """A copy of a folder, and the runs of its notebooks.

    Args:
        original: the folder, which is not touched.
        copy: where the copy goes.
        runner: runs notebooks.
        cache: a folder of runs by what was run; without it, everything is run.
    """

    def __init__(self, original: Path, copy: Path, runner: TrialRunner, cache: Path | None = None) -> None:
        self.original, self.root = original, copy
        self.runner, self.cache = runner, cache
        shutil.copytree(original, copy, symlinks=True, ignore=shutil.ignore_patterns(*_CACHES))
        self._pristine = self._scan()

    def run(self, path: Path, number: int = 1) -> Shown | str:
        """Run a notebook of the copy; files that it writes are part of what it shows.

        Args:
            path: the notebook.
            number: which run of the same notebook it is.
        """
        kept = self.cache / f"{self._key(path, number)}.json" if self.cache is not None else None
        if kept is not None and kept.exists():
            found: Shown | str = json.loads(kept.read_text(encoding="utf-8"))
            return (
                found if isinstance(found, str) else {cell: [(k, t) for k, t in parts] for cell, parts in found.items()}
            )
        before = self._scan()
        shown = self.runner.run(path)
        if isinstance(shown, dict):
            shown |= {f"file {name}": [("file", self._digest(name))] for name in self._changed(before)}
        if kept is not None:
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(json.dumps(shown), encoding="utf-8")
        return shown

    def restore(self) -> None:
        """Undo everything that has happened to the copy."""
        for name in self._changed(self._pristine):
            path, original = self.root / name, self.original / name
            if name in self._pristine:
                path.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(original, path)
            else:
                path.unlink()
        for path in self.root.rglob("__pycache__"):
            shutil.rmtree(path)

    def _key(self, path: Path, number: int) -> str:
        name = os.fspath(path.relative_to(self.root))
        files = {changed: self._digest(changed) for changed in self._changed(self._pristine)}
        words = [self.original.name, name, self._digest(name), files, number]
        return hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()[:32]

    def _digest(self, name: str) -> str:
        path = self.root / name
        return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "gone"

    def _changed(self, before: State) -> list[str]:
        now = self._scan()
        return sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))

    def _scan(self) -> State:
        return dict(_files(self.root, ""))


def _files(folder: Path, prefix: str) -> Iterator[tuple[str, tuple[int, int]]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in _CACHES:
                    yield from _files(Path(entry.path), f"{prefix}{entry.name}/")
            else:
                status = entry.stat(follow_symlinks=False)
                yield f"{prefix}{entry.name}", (status.st_size, status.st_mtime_ns)
