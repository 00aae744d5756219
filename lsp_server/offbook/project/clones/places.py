"""Where in a file a run of statements stands, word for word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from offbook.project.clones.sources import code_of
from offbook.rules.scripts.outlines import Run, exact_digest, runs_of

_Runs = Mapping[str, list[tuple[int, Run]]]


def find_place(path: Path, digest: str, exact: str) -> tuple[int, int] | None:
    """Return the number of the cell and the line, from 0, of a run in a file; ``None`` where it is not there."""
    try:
        status = path.stat()
    except OSError:
        return None
    for number, run in _runs(path, status.st_mtime_ns, status.st_size).get(digest, ()):
        if exact_digest(run.nodes) == exact:
            return number, run.nodes[0].lineno - 1
    return None


@lru_cache(maxsize=100)
def _runs(path: Path, _time: int, _size: int) -> _Runs:
    """Return the runs of a file by their rough digests."""
    found: defaultdict[str, list[tuple[int, Run]]] = defaultdict(list)
    for number, source, tree in code_of(path):
        for run in runs_of(tree, source):
            found[run.digest].append((number, run))
    return found
