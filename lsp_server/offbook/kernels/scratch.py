"""Folders of this process's own, and the end of those that a killed process could not remove."""

from __future__ import annotations

import contextlib
import os
import platform
import re
import shutil
import tempfile
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

try:
    import fcntl
except ImportError:  # nothing is locked on Windows, and nothing that was left is removed
    fcntl = None  # type: ignore[assignment]

_PREFIX = f"offbook-run-{zlib.crc32(platform.node().encode()):08x}-"
"""Names this computer, as several may share a folder, and not all file systems tell each the other's locks."""

_NAME = re.compile(re.escape(_PREFIX) + r"[a-z0-9_]{8}")
_sweep = threading.Lock()
"""Taken by the first folder of a process, for good."""


class Scratch:
    """A new folder, removed at the end; it is locked meanwhile, so that others can tell that somebody uses it.

    Attributes:
        path: the folder, without links.
    """

    def __init__(self) -> None:
        """Make it; the first one of a process removes what processes left behind that were killed."""
        if fcntl is not None and _sweep.acquire(blocking=False):
            threading.Thread(target=remove_left, name="offbook-sweep", daemon=True).start()
        self._folder, self._lock = _make()
        self.path = Path(self._folder.name)

    def __enter__(self) -> Path:
        return self.path

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.remove()

    def remove(self) -> None:
        """Remove the folder, as far as that is possible."""
        self._folder.cleanup()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _make() -> tuple[tempfile.TemporaryDirectory[str], int | None]:
    """Make a folder and lock it; another where somebody took the first for an abandoned one in between."""
    while True:
        folder = tempfile.TemporaryDirectory(
            prefix=_PREFIX, dir=os.path.realpath(tempfile.gettempdir()), ignore_cleanup_errors=True
        )
        if fcntl is None:
            return folder, None
        with contextlib.suppress(FileNotFoundError):
            lock = os.open(folder.name, os.O_RDONLY)
            with contextlib.suppress(OSError):  # some network file systems lock no folders
                fcntl.flock(lock, fcntl.LOCK_EX)
            if os.path.exists(folder.name):  # noqa: PTH110
                return folder, lock
            os.close(lock)
        folder.cleanup()


def remove_left() -> None:
    """Remove this user's scratch folders that no process has locked."""
    for path in _found():
        with contextlib.suppress(OSError):
            lock = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path, ignore_errors=True)
            finally:
                os.close(lock)


def _found() -> Iterator[str]:
    with contextlib.suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            if _NAME.fullmatch(entry.name) and entry.stat(follow_symlinks=False).st_uid == os.getuid():
                yield entry.path
