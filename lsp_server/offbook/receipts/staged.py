"""Answers a commit from receipts alone: quick, and silent about what it does not know.

The hook runs it before the whole of offbook, which it leaves everything to that has no receipt.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping

from offbook.receipts.checking import receipt_holds
from offbook.receipts.code import file_digest
from offbook.receipts.environment import Environments
from offbook.receipts.git import GitProcess
from offbook.receipts.store import find_store
from offbook.receipts.view import Entry, View

UNTRACKED_CODE = frozenset({".py", ".pyi", ".pyx", ".pyd", ".so", ".pyc", ".ipynb"})
"""What a clone would miss: untracked code is not shown to the run of a commit."""

_PIPE = 60_000
"""Bytes that are written to git at once."""

SUBMODULE = "160000"
"""The mode of a submodule's commit in the index."""

SEEN = "H"
"""How ``git ls-files -v`` marks a file that git compares with the work tree's: others it was told not to look at."""

UNKNOWN = 4
"""The exit status where not every notebook has a receipt that holds."""


class StagedView(View):
    """The files as they are staged, with the untracked data of the work tree.

    Attributes:
        staged: the index: what git names each file's content, by path from the root; commits of submodules besides.
    """

    def __init__(
        self,
        root: str,
        staged: Mapping[str, str],
        *,
        submodules: Iterable[str] = (),
        edited: Iterable[str] | None = None,
        unseen: Iterable[str] = (),
    ) -> None:
        super().__init__(root)
        self.staged = staged
        self._submodules = tuple(f"{path}/" for path in submodules)
        self._edited = None if edited is None else frozenset(edited)
        self._unseen = unseen

    def holds(self, path: str, entry: Entry | None) -> bool:
        """Tell whether a file is still what it was; what is staged in a submodule, nobody looks at."""
        if path.startswith(self._submodules):
            return False
        blob = self.staged.get(path)
        if blob is None:
            hidden = not os.path.isabs(path) and os.path.splitext(path)[1] in UNTRACKED_CODE
            return entry is None if hidden else super().holds(path, entry)
        if entry is None:
            return False
        return blob == entry[2] or (path not in self.edited and super().holds(path, entry))

    def names(self, path: str) -> list[str]:
        """Return the names in a folder: what is staged there, and what git does not know and is no code."""
        if f"{path}/".startswith(self._submodules):
            return []
        if os.path.isabs(path):
            return super().names(path)
        start = "" if path == "." else f"{path}/"
        tracked = {name[len(start) :].split("/")[0] for name in self.staged if name.startswith(start)}
        others = [name for name in super().names(path) if os.path.splitext(name)[1] not in UNTRACKED_CODE]
        return sorted({*tracked, *others})

    @property
    def edited(self) -> frozenset[str]:
        """The paths whose file in the work tree is not the staged one, or that git was told not to look at."""
        if self._edited is None:
            found = GitProcess(self.root, "diff-files", "--name-only", "--no-renames", "-z").fields()
            self._edited = frozenset({*found, *self._unseen})
        return self._edited


def main() -> None:
    """Exit with 0 where receipts answer for the whole commit, else with :data:`UNKNOWN`."""
    sys.exit(check_staged(os.getcwd()))


def check_staged(top: str) -> int:
    """Look for the receipts of all notebooks that a commit concerns; say it where all of them hold.

    Args:
        top: the top folder of the work tree.
    """
    if not hasattr(os, "posix_spawnp"):
        return UNKNOWN
    try:
        known = _verified(os.path.realpath(top))
    except (OSError, ValueError):
        return UNKNOWN
    if known is None:
        return UNKNOWN
    if known:
        print(f"offbook: {known} notebook{'s' * (known > 1)} verified: nothing changed since the last run")
    return 0


def _verified(top: str) -> int | None:
    """Return how many notebooks the commit concerns; ``None`` where one has no receipt that holds."""
    differing = GitProcess(top, "diff-index", "--cached", "--raw", "--no-abbrev", "--no-renames", "-z", "HEAD")
    listing = GitProcess(top, "ls-files", "--stage", "-v", "-z")
    fields, lines = differing.fields(), listing.fields()
    changes = dict(zip(fields[1::2], (field.split(" ") for field in fields[::2]), strict=True))
    modules = any(path.endswith(".py") for path in changes)
    notebooks = {path: change[3] for path, change in changes.items() if _runs(path, change[1]) and change[4] != "D"}
    if not modules and not notebooks:
        return 0
    staged, unseen, submodules = {}, [], []
    for line in lines:
        head, _, path = line.partition("\t")
        tag, mode, blob, stage = head.split(" ")
        if stage != "0":
            return None
        staged[path] = blob
        if mode == SUBMODULE:
            submodules.append(path)
        elif tag != SEEN:
            unseen.append(path)
        if modules and _runs(path, mode):
            notebooks[path] = blob
    view = StagedView(top, staged, submodules=submodules, unseen=unseen)
    return len(notebooks) if _all_hold(top, notebooks, view) else None


def _runs(path: str, mode: str) -> bool:
    return path.endswith(".ipynb") and ".ipynb_checkpoints/" not in path and mode.startswith("100")


def _all_hold(top: str, notebooks: Mapping[str, str], view: View) -> bool:
    store, environments = find_store(top), Environments()
    if store.root != top:
        return False
    for path, data in zip(notebooks, _contents(top, notebooks.values()), strict=True):
        digest = file_digest(data)
        receipt = digest and store.load(os.path.dirname(path) or ".", digest)
        if not receipt or not receipt_holds(receipt, view, environments):
            return False
    return True


def _contents(top: str, blobs: Iterable[str]) -> list[bytes]:
    names = "".join(f"{blob}\n" for blob in blobs).encode()
    if len(names) > _PIPE:
        raise OSError("these are too many notebooks for a quick answer")
    data = GitProcess(top, "cat-file", "--batch", stdin=names).read()
    found = []
    at = 0
    while at < len(data):
        end = data.index(b"\n", at)
        size = int(data[at:end].split(b" ")[2])
        found.append(data[end + 1 : end + 1 + size])
        at = end + size + 2
    return found
