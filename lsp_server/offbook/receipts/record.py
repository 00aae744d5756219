"""What a kernel noted of a run: the files that it read, the folders that it listed, the modules that it asked for."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from offbook.receipts.recorder import SYSTEM
from offbook.receipts.view import State, file_state

END = "__import__('sys').audit('offbook.end')"
"""What the kernel executes, silently, after the last cell: without its note a record is not complete."""

_QUOTED = re.compile(r"""(?:'([^'\\\n]{1,250})')|(?:"([^"\\\n]{1,250})")""")
_WORD = re.compile(r"""[^\s'"=<>|&;()]+""")
_SHELL = re.compile(r"^\s*(?:[\w, ]+=\s*)?!(.+)|^%(?:run|load|cd|pycat|sx|system)\s(.+)", re.MULTILINE)
_SCRIPT = re.compile(r"\s*%%(?:bash|sh|script|system|!|sx)\b")
_FOLDERS = 2000


@dataclass
class Record:
    """The notes of one run.

    Attributes:
        sites: where the kernel's packages are installed.
        version: the kernel's Python.
        read: files, by absolute path, with their state when they were first read (``None``: they were not there).
        written: files that the run wrote before it read them.
        listed: folders whose content it asked for, with a checksum of the names.
        imported: top-level names of the modules that it looked for.
        words: paths that its commands may name: the folder they ran in, and the words.
        complete: whether nothing was lost.
    """

    sites: list[str] = field(default_factory=list)
    version: str = ""
    read: dict[str, State | None] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)
    listed: dict[str, int] = field(default_factory=dict)
    imported: set[str] = field(default_factory=set)
    words: list[tuple[str, list[str]]] = field(default_factory=list)
    complete: bool = False


def install_source(target: str) -> str:
    """Return the code that a kernel executes, silently, before the first cell; the user's names are not touched.

    Args:
        target: the file that the notes go to.
    """
    recorder = os.path.join(os.path.dirname(__file__), "recorder.py")
    load = (
        f"__import__('importlib.machinery').machinery.SourceFileLoader('<offbook>', {recorder!r}).get_code('<offbook>')"
    )
    return f"(lambda names: (exec({load}, names), names['install']({target!r})))({{}})"


def read_record(target: str) -> Record:
    """Return the notes in a file; an incomplete record where it is missing or torn."""
    record = Record()
    lost = False
    try:
        with open(target, encoding="utf-8") as file:
            for line in file:
                lost |= not _add(record, json.loads(line))
    except (OSError, ValueError, TypeError, IndexError):
        lost = True
    record.complete &= bool(record.version) and not lost
    return record


def _add(record: Record, note: list[object]) -> bool:
    """Add one note; false where it says that something was lost."""
    kind, *rest = note
    match kind, rest:
        case "start", [list(sites), str(version)]:
            record.sites, record.version = sites, version
        case "read", [str(path), None]:
            record.read.setdefault(os.path.normpath(path), None)
        case "read", [str(path), [int(size), int(changed)]]:
            record.read.setdefault(os.path.normpath(path), (size, changed))
        case "write", [str(path)]:
            record.written.add(os.path.normpath(path))
        case "list", [str(path), int(names)]:
            record.listed.setdefault(os.path.normpath(path), names)
        case "import", [str(name)]:
            record.imported.add(name)
        case "command", [str(folder), list(words)]:
            record.words.append((folder, [part for word in words for part in _WORD.findall(str(word))]))
        case "end", []:
            record.complete = True
        case _:
            return False
    return True


def add_named(record: Record, sources: Iterable[str], cwd: str, root: str, started: int) -> None:
    """Add the files that the code names and that the recorder cannot see: those that compiled libraries read.

    A text in quotes counts where it is a file's path, or ends in a file's name. Files that are as new as the run were
    written by it.

    Args:
        record: what is added to.
        sources: the code.
        cwd: the folder of the run.
        root: the workspace.
        started: when the run began, in nanoseconds.
    """
    known = record.read.keys() | record.written
    sources = list(sources)
    texts = {one or other for source in sources for one, other in _QUOTED.findall(source)}
    texts.update(word for source in sources for line in _commands(source) for word in _WORD.findall(line))
    paths = {os.path.join(cwd, os.path.expanduser(text)) for text in texts}
    paths.update(os.path.join(folder, word) for folder, words in record.words for word in words)
    names = {os.path.basename(text) for text in texts if "." in os.path.basename(text)}
    paths.update(_named(names, root))
    for path in map(os.path.normpath, paths):
        state = file_state(path)
        if path not in known and state is not None and state[1] < started and _counts(path, record):
            record.read[path] = state


def _commands(source: str) -> list[str]:
    """Return the lines of a cell that a shell executes: it closes the recorder's file before it starts."""
    if _SCRIPT.match(source):
        return source.splitlines()[1:]
    return [one or other for one, other in _SHELL.findall(source)]


def _named(names: set[str], root: str) -> Iterator[str]:
    """Yield the workspace's files that have one of the names."""
    for number, (folder, folders, files) in enumerate(os.walk(root)):
        if number > _FOLDERS:
            return
        folders[:] = [name for name in folders if not name.startswith(".") and name not in ("node_modules", "venv")]
        if "pyvenv.cfg" in files:
            folders.clear()
            continue
        yield from (os.path.join(folder, name) for name in files if name in names)


def _counts(path: str, record: Record) -> bool:
    """Tell whether a file is no part of the system or of a package."""
    return not path.startswith((*SYSTEM, "/bin/", "/usr/bin/", *record.sites))


def is_passing(path: str, started: int, state: State | None) -> bool:
    """Tell whether a file is a temporary one of the run itself: gone by now, or as new as the run."""
    if not path.startswith((os.path.realpath(tempfile.gettempdir()) + os.sep, tempfile.gettempdir() + os.sep)):
        return False
    return state is None or state[1] >= started
