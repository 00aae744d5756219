"""Where receipts are kept: in the git directory, or else in the user's cache; bounded, and safe to use side by side."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress

from offbook.receipts.digest import sha1

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


LIMIT = 1000
"""How many receipts one workspace keeps."""

_LARGEST = 2**20
"""Bytes of one receipt."""

_FORMAT = 1


class Store:
    """The receipts of one workspace.

    Attributes:
        root: the workspace.
        folder: where they are.
    """

    def __init__(self, root: str, folder: str) -> None:
        self.root = root
        self.folder = folder

    def load(self, cwd: str, digest: str) -> dict[str, Any] | None:
        """Return the receipt of a code in a folder; a damaged one counts as missing.

        Args:
            cwd: the folder, from the root.
            digest: the digest of the code.
        """
        path = self._path(cwd, digest)
        try:
            with open(path, "rb") as file:
                check, _, body = file.read(_LARGEST).partition(b"\n")
            if sha1(body).encode() != check:
                return None
            receipt = json.loads(body)
            os.utime(path)
        except (OSError, ValueError):
            return None
        return receipt if isinstance(receipt, dict) else None

    def save(self, cwd: str, digest: str, receipt: dict[str, Any]) -> bool:
        """Keep a receipt; false where that is not possible, as no run fails for it."""
        body = json.dumps(receipt).encode()
        if len(body) > _LARGEST - 64:
            return False
        path = self._path(cwd, digest)
        part = f"{path}.{os.getpid()}.{id(body)}"
        try:
            os.makedirs(self.folder, exist_ok=True)
            with open(part, "wb") as file:
                file.write(sha1(body).encode() + b"\n" + body)
            os.replace(part, path)
            self._prune()
        except OSError:
            with suppress(OSError):
                os.unlink(part)
            return False
        return True

    def _path(self, cwd: str, digest: str) -> str:
        return os.path.join(self.folder, sha1(f"{_FORMAT}\0{cwd}\0{digest}".encode("utf-8", "surrogateescape")))

    def _prune(self) -> None:
        """Remove the receipts that were not used for the longest time."""
        entries = list(os.scandir(self.folder))
        if len(entries) <= LIMIT:
            return
        ages = []
        for entry in entries:
            with suppress(OSError):
                ages.append((entry.stat().st_mtime_ns, entry.path))
        for _, path in sorted(ages)[: len(ages) - LIMIT * 4 // 5]:
            with suppress(OSError):
                os.unlink(path)


def find_store(folder: str) -> Store:
    """Return the store of the work tree that a folder is in, or one in the user's cache."""
    folder = os.path.realpath(folder)
    top = folder
    while True:
        common = _git_folder(os.path.join(top, ".git"))
        if common is not None:
            return Store(top, os.path.join(common, "offbook", "receipts"))
        above = os.path.dirname(top)
        if above == top:
            name = sha1(folder.encode("utf-8", "surrogateescape"))[:16]
            cache = os.environ.get("OFFBOOK_CACHE_DIR") or os.path.join(_cache(), "offbook")
            return Store(folder, os.path.join(cache, "receipts", name))
        top = above


def _git_folder(path: str) -> str | None:
    """Return the git directory that all work trees of a repository share."""
    if os.path.isfile(os.path.join(path, "HEAD")):
        return path
    try:
        with open(path, encoding="utf-8") as file:
            first = file.read(4096)
    except (OSError, ValueError):
        return None
    if not first.startswith("gitdir:"):
        return None
    linked = os.path.join(os.path.dirname(path), first[7:].strip())
    try:
        with open(os.path.join(linked, "commondir"), encoding="utf-8") as file:
            return os.path.normpath(os.path.join(linked, file.read(4096).strip()))
    except (OSError, ValueError):
        return linked if os.path.isdir(linked) else None


def _cache() -> str:
    home = os.path.expanduser("~")
    if sys.platform == "win32":
        return os.environ.get("LOCALAPPDATA") or os.path.join(home, "AppData", "Local")
    if sys.platform == "darwin":
        return os.path.join(home, "Library", "Caches")
    return os.environ.get("XDG_CACHE_HOME") or os.path.join(home, ".cache")
