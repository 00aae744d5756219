"""An index of a workspace, kept on the disk: which words stand in which file, and what each file defines.

It says where to look; what is found there is read anew, so that a stale or damaged index costs time and never an
answer. An entry holds for one time and size of its file.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Lock

import msgspec

from offbook import version
from offbook.analysis import SyntaxProblem
from offbook.analysis.parse import parse_cell
from offbook.notebook import NotebookError, NotebookFile, mask
from offbook.project.outline import outline
from offbook.text.patterns import pattern
from offbook.text.store import Store

_WORD = pattern(r"[^\W\d]\w*")
_LARGEST = 32_000_000
"""A larger file of code is not indexed: it is always looked at."""


class IndexedFile(msgspec.Struct, array_like=True, frozen=True):
    """What is known of one file.

    Attributes:
        time: when it was changed, in nanoseconds.
        size: its bytes.
        words: every word of its code, each between line feeds; ``None`` where nobody knows.
        definitions: the names that it defines.
    """

    time: int
    size: int
    words: str | None
    definitions: tuple[str, ...]

    def mentions(self, word: str) -> bool:
        """Tell whether a word may stand in the file."""
        return self.words is None or f"\n{word}\n" in self.words


_store = Store("index", 200_000_000)
_Files = dict[str, IndexedFile]


class WorkspaceIndex:
    """The index of one workspace; it is kept in the user's cache folder.

    Args:
        root: the workspace's folder.
    """

    def __init__(self, root: Path) -> None:
        self._key = f"{version()} {root}"
        self._files = self._load()
        self._lock = Lock()

    def refresh(self, paths: Iterable[Path]) -> dict[Path, IndexedFile]:
        """Return what is known of these files; those that are new or have changed are read."""
        with self._lock:
            found: dict[Path, IndexedFile] = {}
            changed = False
            for path in paths:
                try:
                    status = path.stat()
                except OSError:
                    continue
                known = self._files.get(str(path))
                if known is None or (known.time, known.size) != (status.st_mtime_ns, status.st_size):
                    known = read_file(path, status.st_mtime_ns, status.st_size)
                    changed = True
                found[path] = known
            if changed or len(found) != len(self._files):
                self._files = {str(path): entry for path, entry in found.items()}
                self._save()
            return found

    def _load(self) -> _Files:
        kept = _store.get(self._key)
        try:
            return msgspec.msgpack.decode(kept, type=_Files) if kept is not None else {}
        except msgspec.MsgspecError:
            return {}

    def _save(self) -> None:
        with contextlib.suppress(UnicodeEncodeError):  # a file's name that is no text: the index is built again
            _store.put(self._key, msgspec.msgpack.encode(self._files))


def read_file(path: Path, time: int, size: int) -> IndexedFile:
    """Read what a file mentions and defines."""
    words: set[str] = set()
    definitions: dict[str, None] = {}
    try:
        for source in _sources(path, size):
            words.update(_WORD.findall(source))
            tree = parse_cell(mask(source).text)
            if not isinstance(tree, SyntaxProblem):
                definitions.update((item.name, None) for item in outline(tree, source))
    except _UnknownError:
        return IndexedFile(time, size, None, ())
    return IndexedFile(time, size, "\n".join(["", *sorted(words), ""]), tuple(definitions))


class _UnknownError(Exception):
    """A file that cannot be looked into."""


def _sources(path: Path, size: int) -> Iterator[str]:
    if path.suffix == ".ipynb":
        try:
            notebook = NotebookFile.read(path).notebook
        except NotebookError:
            return
        if notebook.language == "python":
            yield from (cell.source for cell in notebook.cells if cell.kind == "code")
        return
    if size > _LARGEST:
        raise _UnknownError
    try:
        yield path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return
