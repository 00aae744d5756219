"""Keeps what can be computed again in files, under keys: bounded, safe for concurrent runs, never a reason to fail."""

from __future__ import annotations

import contextlib
import os
import sys
from hashlib import blake2b
from pathlib import Path

from offbook.errors import UserError
from offbook.text.files import write_atomically

_SUM = 16


class Store:
    """Values under keys, in a folder of the user's cache.

    A value that is damaged is thrown away; one that cannot be written is forgotten.

    Args:
        kind: the folder's name; another form of the values needs another name.
        capacity: about so many bytes are kept, those written last.
    """

    def __init__(self, kind: str, capacity: int) -> None:
        self._kind = kind
        self._capacity = capacity

    def get(self, key: str) -> bytes | None:
        """Return a value; ``None`` where it is not kept, or damaged."""
        path = self._path(key)
        try:
            data = path.read_bytes()
        except OSError:
            return None
        if blake2b(data[_SUM:], digest_size=_SUM).digest() == data[:_SUM]:
            return data[_SUM:]
        with contextlib.suppress(OSError):
            path.unlink()
        return None

    def put(self, key: str, value: bytes) -> None:
        """Keep a value; of several at once the last one stays."""
        with contextlib.suppress(UserError, OSError):
            write_atomically(self._path(key), blake2b(value, digest_size=_SUM).digest() + value, durable=False)
            self._trim()

    def _path(self, key: str) -> Path:
        name = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        return cache_folder() / self._kind / name

    def _trim(self) -> None:
        """Remove the oldest values of a store that has grown too large."""
        with os.scandir(cache_folder() / self._kind) as found:
            files = sorted((entry.stat().st_mtime, entry.stat().st_size, entry.path) for entry in found)
        excess = sum(size for _, size, _ in files) - self._capacity
        for _, size, path in files[:-1]:
            if excess <= 0:
                break
            with contextlib.suppress(OSError):
                Path(path).unlink()
                excess -= size


def cache_folder() -> Path:
    """Return where the user's caches are: ``OFFBOOK_CACHE_DIR``, or the system's place for such files."""
    chosen = os.environ.get("OFFBOOK_CACHE_DIR")
    if chosen:
        return Path(chosen)
    home = Path(os.path.expanduser("~"))  # noqa: PTH111  (Path.home() raises where there is none)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "offbook" / "cache"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "offbook"
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "offbook"
