"""The files of a workspace as a check sees them: the work tree's."""

from __future__ import annotations

import os
from collections.abc import Iterable
from zlib import crc32

from offbook.receipts.digest import sha1

State = tuple[int, int]
"""A file's size in bytes and its time of change in nanoseconds: the later of the content's and the file's own, as
the content's can be set back."""

Entry = tuple[int, int, str]
"""A file in a receipt: size in bytes, time of change in nanoseconds (0: not to be relied on), digest of its content
(empty: too large, so the time decides)."""

HASHED = 256 * 2**20
"""Bytes up to which a file's content is looked at."""

_SKIPPED = frozenset({"__pycache__", ".ipynb_checkpoints", ".git"})


class View:
    """The files of the work tree.

    Attributes:
        root: the workspace; relative paths start there.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self._digests: dict[str, str | None] = {}

    def holds(self, path: str, entry: Entry | None) -> bool:
        """Tell whether a file is still what it was; ``None``: it was not there."""
        full = os.path.join(self.root, path)
        state = file_state(full)
        if state is None or entry is None:
            return state is None and entry is None
        if state[0] != entry[0]:
            return False
        return state[1] == entry[1] or (bool(entry[2]) and self.digest(full) == entry[2])

    def entry(self, path: str, state: State) -> Entry:
        """Return what a receipt holds of a file."""
        return (*state, "" if state[0] > HASHED else self.digest(os.path.join(self.root, path)) or "")

    def digest(self, full: str) -> str | None:
        """Return a file's digest: that of git, where nothing filters it on its way in or out."""
        if full not in self._digests:
            self._digests[full] = content_digest(full)
        return self._digests[full]

    def names(self, path: str) -> list[str]:
        """Return the names in a folder, without caches, in order; none where it cannot be read."""
        try:
            return sorted(name for name in os.listdir(os.path.join(self.root, path)) if name not in _SKIPPED)
        except OSError:
            return []

    def checksum(self, path: str) -> int:
        """Return a checksum of the names in a folder."""
        return crc32("\0".join(self.names(path)).encode("utf-8", "surrogateescape"))

    def modules(self, path: str, wanted: Iterable[str]) -> list[str]:
        """Return which of the top-level names a folder could provide."""
        found = {
            name.split(".")[0] for name in self.names(path) if name.endswith((".py", ".so", ".pyd")) or "." not in name
        }
        return sorted(found.intersection(wanted))


def file_state(path: str) -> State | None:
    """Return a regular file's size and time of change; ``None`` where there is none."""
    try:
        state = os.stat(path)
    except (OSError, ValueError):
        return None
    if state.st_mode & 0o170000 != 0o100000:
        return None
    return state.st_size, max(state.st_mtime_ns, state.st_ctime_ns)


def content_digest(path: str) -> str | None:
    """Return the digest of a file's content, as git computes it; ``None`` where it cannot be read."""
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            return sha1(b"blob %d\0" % size, iter(lambda: file.read(1 << 20), b""))
    except OSError:
        return None
