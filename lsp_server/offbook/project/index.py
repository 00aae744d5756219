"""An index of a workspace, kept on the disk: which words stand in which file, and what each file defines.

It says where to look; what is found there is read anew, so that a stale or damaged index costs time and never an
answer. An entry holds for one time and size of its file.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Lock

import msgspec
from platformdirs import user_cache_path

from offbook import version
from offbook.analysis import SyntaxProblem
from offbook.analysis.parse import parse_cell
from offbook.notebook import NotebookError, NotebookFile, mask
from offbook.project.outline import outline
from offbook.text import write_atomically

_WORD = re.compile(r"[^\W\d]\w*")
_KEPT_WORKSPACES = 20
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


class _Stored(msgspec.Struct):
    version: str
    root: str
    files: dict[str, IndexedFile]


class WorkspaceIndex:
    """The index of one workspace.

    Args:
        root: its folder.
        folder: where the index is kept; the user's cache by default.
    """

    def __init__(self, root: Path, folder: Path | None = None) -> None:
        self._root = str(root)
        name = hashlib.sha256(self._root.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        self._folder = folder if folder is not None else user_cache_path("offbook") / "index"
        self._file = self._folder / f"{name}.msgpack"
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

    def _load(self) -> dict[str, IndexedFile]:
        try:
            stored = msgspec.msgpack.decode(self._file.read_bytes(), type=_Stored)
        except (OSError, msgspec.MsgspecError, ValueError):
            return {}
        return stored.files if (stored.version, stored.root) == (version(), self._root) else {}

    def _save(self) -> None:
        """Keep the index for the next start; where that is not possible, it is built again then."""
        with contextlib.suppress(OSError, UnicodeEncodeError):
            self._folder.mkdir(parents=True, exist_ok=True)
            write_atomically(self._file, msgspec.msgpack.encode(_Stored(version(), self._root, self._files)))
            others = sorted(self._folder.glob("*.msgpack"), key=lambda path: path.stat().st_mtime)
            for old in others[:-_KEPT_WORKSPACES]:
                old.unlink()


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
