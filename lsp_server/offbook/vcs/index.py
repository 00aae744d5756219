"""The staged content of a repository: what a commit would hold."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from offbook.receipts.staged import SEEN, SUBMODULE
from offbook.vcs.git import Git, GitError

_LINK = "120000"

_EMPTY = frozenset(
    {
        "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
        "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
    }
)
"""The names of an empty file (in SHA-1 and SHA-256), which stands for what is only intended to be added."""

_MERGED = "GITHEAD_"
"""How the variables begin that name the commits of a merge under way."""


@dataclass(frozen=True, slots=True)
class StagedFile:
    """One entry of the index: its path from the top folder, with ``/``, its mode and its object."""

    path: str
    mode: str
    blob: str

    @property
    def submodule(self) -> bool:
        """Whether it is a repository of its own."""
        return self.mode == SUBMODULE

    @property
    def regular(self) -> bool:
        """Whether it is a file, and neither a link nor a submodule."""
        return self.mode not in (_LINK, SUBMODULE)


class Index:
    """The index that ``git`` is pointed at."""

    def __init__(self, git: Git) -> None:
        self.git = git

    @staticmethod
    def of_commit(top: Path, commit: str, file: Path) -> Index:
        """Return an index that holds a commit; the repository's own stays as it is.

        Args:
            top: the top folder of the work tree.
            commit: the commit.
            file: where the index is written.

        Raises:
            GitError: where the commit is not there.
        """
        git = Git.at(top)
        git.environment["GIT_INDEX_FILE"] = str(file)
        git.run("read-tree", commit)
        return Index(git)

    def files(self) -> dict[str, StagedFile]:
        """Return all entries, by path; what is only intended to be added (``git add -N``) is none."""
        found = {}
        for line in _split(self.git.run("ls-files", "--stage", "-z")):
            head, _, path = line.partition("\t")
            mode, blob, stage = head.split(" ")
            if stage == "0":
                found[path] = StagedFile(path, mode, blob)
        if any(file.blob in _EMPTY for file in found.values()):
            for path in _split(self.git.run("diff-files", "--name-only", "--no-renames", "--diff-filter=A", "-z")):
                found.pop(path, None)
        return found

    def parents(self) -> list[str]:
        """Return the commits that the next one has as its parents: the last one, and those that are merged with it.

        Before git writes down what it merges, it tells its hook in the environment.
        """
        try:
            merged = Path(self.git.folder, self.git.text("rev-parse", "--git-path", "MERGE_HEAD")).read_text().split()
        except OSError:
            merged = []
        environment = self.git.environment
        if not merged and environment.get("GIT_REFLOG_ACTION", "").startswith(("merge", "pull")):
            merged = [name.removeprefix(_MERGED) for name in environment if name.startswith(_MERGED)]
        return ["HEAD", *merged]

    def changed(self, parent: str = "HEAD") -> dict[str, str]:
        """Return what a commit would change in one parent: paths and ``A``, ``M``, ``T`` or ``D``; a rename is two."""
        try:
            tree = self.git.text("rev-parse", "--verify", "--quiet", f"{parent}^{{tree}}")
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
        """Return the paths whose file in the work tree is not the staged one, as far as git knows.

        A file that git was told not to look at (``assume-unchanged``, ``skip-worktree``, sparse checkouts) may be any.
        """
        unseen = {line[2:] for line in self._marked() if not line.startswith(f"{SEEN} ")}
        return unseen.union(_split(self.git.run("diff-files", "--name-only", "--no-renames", "-z")))

    def _marked(self) -> list[str]:
        """Return all paths, each behind a letter: what git was told of it."""
        return _split(self.git.run("ls-files", "-v", "-z"))

    def check_out(self, paths: Iterable[str], folder: Path) -> None:
        """Write staged files into another folder, those that git leaves out of the work tree too; it stays as it is."""
        stdin = b"".join(os.fsencode(path) + b"\0" for path in paths)
        left_out = any(line.startswith(("S ", "s ")) for line in self._marked())
        options = ["--ignore-skip-worktree-bits"] if left_out else []
        write = ["checkout-index", "--quiet", "--force", *options, "-z", "--stdin", f"--prefix={folder}/"]
        self.git.run(*write, stdin=stdin)


def _split(output: bytes) -> list[str]:
    return os.fsdecode(output).split("\0")[:-1]
