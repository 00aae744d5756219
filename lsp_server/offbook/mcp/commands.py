"""Runs offbook's own commands for the tools, each in a process of its own.

Tools so give what the command line gives, word for word, and what a notebook prints never mixes with the protocol on
standard output.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Mapping
from pathlib import Path

from offbook.errors import UserError
from offbook.refactor import find_refactoring

_USER_ERROR = 2


class Commands:
    """The commands of one workspace.

    Attributes:
        root: the folder that no tool reads or writes outside of.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def path(self, name: str) -> str:
        """Return a file or folder of the workspace as an absolute path.

        Raises:
            UserError: for one outside.
        """
        path = (self.root / name).resolve()
        if not path.is_relative_to(self.root):
            raise UserError(f"`{name}` is outside of the workspace `{self.root}`")
        return str(path)

    def option_words(self, refactoring: str, options: Mapping[str, object]) -> list[str]:
        """Return a refactoring's options as words of a command line.

        Raises:
            UserError: for an unknown refactoring or option.
        """
        known = {info.name: info for info in find_refactoring(refactoring).infos}
        words: list[str] = []
        for name, value in options.items():
            info = known.get(name.replace("-", "_").lstrip("_"))
            if info is None:
                raise UserError(
                    f"`{refactoring}` has no option `{name}`; it has {', '.join(f'`{key}`' for key in known)}"
                )
            if info.kind == "flag":
                words += [info.flag] if value is True else []
            elif info.kind == "path":
                words.append(f"{info.flag}={self.path(str(value))}")
            else:
                text = ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
                words.append(f"{info.flag}={text}")
        return words

    async def run(self, *words: str) -> str:
        """Run one command in the workspace's folder, and return all that it says.

        Raises:
            UserError: where the command was refused; its message is the command's.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "offbook", *words),
            cwd=self.root,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            said, _ = await process.communicate()
        except asyncio.CancelledError:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
            raise
        text = said.decode(errors="replace").strip()
        if process.returncode is not None and process.returncode >= _USER_ERROR:
            raise UserError(text)
        return text
