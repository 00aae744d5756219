"""Git, started without waiting for it: the hook loads its modules meanwhile."""

from __future__ import annotations

import os


class GitProcess:
    """A git command under way."""

    def __init__(self, top: str, *arguments: str, stdin: bytes = b"") -> None:
        """Start it.

        Args:
            top: the folder that it runs in.
            arguments: the command.
            stdin: what it reads; not more than a pipe takes (64 kB).
        """
        self._output, outer = os.pipe()
        inner, feed = os.pipe()
        os.write(feed, stdin)
        os.close(feed)
        command = ["git", "-c", "core.fsmonitor=false", "-C", top, *arguments]
        null = os.open(os.devnull, os.O_WRONLY)
        streams = [(os.POSIX_SPAWN_DUP2, number, at) for at, number in enumerate((inner, outer, null))]
        environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}
        try:
            self._pid = os.posix_spawnp("git", command, environment, file_actions=streams)
        finally:
            for number in (inner, outer, null):
                os.close(number)

    def read(self) -> bytes:
        """Return what it prints.

        Raises:
            OSError: where it fails.
        """
        with open(self._output, "rb") as file:
            data = file.read()
        _, status = os.waitpid(self._pid, 0)
        if status:
            raise OSError(f"git ended with status {status}")
        return data

    def fields(self) -> list[str]:
        """Return what it prints, cut at the zero bytes."""
        return os.fsdecode(self.read()).split("\0")[:-1]
