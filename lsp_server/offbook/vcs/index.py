"""The staged content of a repository: what a commit would hold."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from offbook.vcs.git import Git, GitError

_LINK, _SUBMODULE = "120000", "160000"


@dataclass(frozen=True, slots=True)
class StagedFile:
    """One entry of the index: its path from the top folder, with ``/``, its mode and its object."""

    path: str
    mode: str
    blob: str

    @property
    def submodule(self) -> bool:
        """Whether it is a repository of its own."""
        return self.mode == _SUBMODULE

    @property
    def regular(self) -> bool:
        """Whether it is a file, and neither a link nor a submodule."""
        return self.mode not in (_LINK, _SUBMODULE)


class Index:
    """The index that ``git`` is pointed at."""

    def __init__(self, git: Git) -> None:
        self.git = git

    def files(self) -> dict[str, StagedFile]:
        """Return all entries, by path."""
        found = {}
        for line in _split(self.git.run("ls-files", "--stage", "-z")):
            head, _, path = line.partition("\t")
            mode, blob, stage = head.split(" ")
            if stage == "0":
                found[path] = StagedFile(path, mode, blob)
        return found

    def changed(self) -> dict[str, str]:
        """Return what a commit would change: paths and ``A``, ``M``, ``T`` or ``D``; a rename is both ends."""
        try:
            tree = self.git.text("rev-parse", "--verify", "--quiet", "HEAD^{tree}")
        except GitError:
            tree = os.fsdecode(self.git.run("hash-object", "-t", "tree", "--stdin", stdin=b"")).strip()
        fields = _split(self.git.run("diff-index", "--cached", "--name-status", "--no-renames", "-z", tree))
        return dict(zip(fields[1::2], fields[::2], strict=True))

    def read(self, files: Iterable[StagedFile]) -> dict[str, bytes]:
        """Return the content of staged files, by path, as git stores it."""
        wanted = list(files)
        data = self.git.run("cat-file", "--batch", stdin="".join(f"{file.blob}\n" for file in wanted).encode())
        found: dict[str, bytes] = {}
        at = 0
        for file in wanted:
            end = data.index(b"\n", at)
            size = int(data[at:end].split(b" ")[2])
            found[file.path] = data[end + 1 : end + 1 + size]
            at = end + size + 2
        return found

    def sizes(self, files: Iterable[StagedFile]) -> dict[str, int]:
        """Return the stored size of staged files, in bytes, by path."""
        wanted = list(files)
        stdin = "".join(f"{file.blob}\n" for file in wanted).encode()
        lines = self.git.run("cat-file", "--batch-check=%(objectsize)", stdin=stdin).split(b"\n")
        return {file.path: int(line) for file, line in zip(wanted, lines, strict=False)}

    def edited(self) -> set[str]:
        """Return the paths whose file in the work tree is not the staged one."""
        return set(_split(self.git.run("diff-files", "--name-only", "--no-renames", "-z")))

    def check_out(self, paths: Iterable[str], folder: Path) -> None:
        """Write staged files into another folder; the index and the work tree stay."""
        stdin = b"".join(os.fsencode(path) + b"\0" for path in paths)
        self.git.run("checkout-index", "--quiet", "--force", "-z", "--stdin", f"--prefix={folder}/", stdin=stdin)


def _split(output: bytes) -> list[str]:
    return os.fsdecode(output).split("\0")[:-1]
