"""Runs the git executable, in an environment in which it finds the repository that is meant."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from offbook.errors import UserError

_SAFE = ("-c", "core.fsmonitor=false", "-c", "core.quotepath=off")
_KEPT = frozenset({"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_CEILING_DIRECTORIES"})


class GitError(UserError):
    """Git refused; the message is git's own."""


class Git:
    """Git in one folder.

    Attributes:
        folder: where it runs.
        environment: the environment that it runs in.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.environment = {**environment, "LC_ALL": "C.UTF-8", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}

    @staticmethod
    def at(folder: Path) -> Git:
        """Return the git of the repository that ``folder`` lies in, whatever hook this process was started by."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name in _KEPT}
        return Git(folder, clean)

    @staticmethod
    def of_hook() -> Git:
        """Return the git that a hook is meant to use: its repository and its index are in the environment.

        ``git commit -a`` and ``git commit FILE`` judge an index of their own, which ``GIT_INDEX_FILE`` names.
        """
        here = Git(Path.cwd(), os.environ)
        return Git(here.top_level() or here.folder, os.environ)

    def run(self, *arguments: str, stdin: bytes | None = None, allowed: Iterable[int] = (0,)) -> bytes:
        """Return what a git command prints.

        Raises:
            GitError: where it fails with a status that is not in ``allowed``, or git is not there.
        """
        try:
            done = subprocess.run(
                ["git", *_SAFE, *arguments],
                cwd=self.folder,
                env=self.environment,
                input=stdin,
                stdin=subprocess.DEVNULL if stdin is None else None,
                capture_output=True,
                check=False,
            )
        except FileNotFoundError:
            raise GitError("git is not installed, or not on the PATH") from None
        except OSError as error:
            raise GitError(f"git cannot be run in {self.folder}: {error.strerror}") from error
        if done.returncode not in allowed:
            message = done.stderr.decode("utf-8", "replace").strip()
            raise GitError(message.removeprefix("fatal: ") or f"`git {arguments[0]}` failed")
        return done.stdout

    def text(self, *arguments: str, allowed: Iterable[int] = (0,)) -> str:
        """Return what a git command prints, without the line end."""
        return os.fsdecode(self.run(*arguments, allowed=allowed)).removesuffix("\n")

    def top_level(self) -> Path | None:
        """Return the work tree's top folder; ``None`` outside a work tree."""
        try:
            text = self.text("rev-parse", "--show-toplevel")
        except GitError:
            return None
        return Path(text) if text else None

    def tracks(self, path: Path) -> bool:
        """Tell whether a file is in the index."""
        try:
            self.run("ls-files", "--error-unmatch", "--", str(path))
        except GitError:
            return False
        return True
