"""OB606."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from offbook.analysis import span_of
from offbook.diagnostics import Related, Severity
from offbook.notebook import CellId, is_excused
from offbook.rules.project.readers import FileRead, file_reads, makes_files
from offbook.rules.registry import Finding, rule
from offbook.rules.views import CellView


@rule("OB606", Severity.WARNING, per="cell")
def missing_file(cell: CellView) -> Iterator[Finding]:
    """A cell reads a file that is not there.

    ## What it does
    Reports a relative path, written in a call such as `pd.read_csv("prices.csv")` or `open("prices.txt")`, at which
    there is no file beside the notebook, nor in the project's folder, and which the notebook does not write. Each
    path is reported in the first cell that reads it.

    ## Why it matters
    A fresh run fails here, and so does everybody else's.

    ## What to do
    Put the file where the notebook looks, mend the path, or let the notebook fetch the file. Where it is too large or
    too private to share, say in a text cell where it comes from.

    ## When it stays silent
    For a notebook that is not saved; for addresses, absolute paths and paths that are put together; inside `if`, `try`
    and functions; where the notebook mentions the file's name elsewhere (it may write it); and where it changes its
    folder, downloads, unpacks or copies anything, runs shell commands, or writes files under computed names.

    ## Bad
    ```python
    # %%
    import pandas as pd
    prices = pd.read_csv("data/gone.csv")
    ```

    ## Good
    ```python
    # %%
    import pandas as pd
    prices = pd.read_csv("data/there.csv")
    ```
    """
    facts = cell.facts(cell.id)
    if facts is None or facts.tree is None or is_excused(cell.this):
        return
    origin = _origins(cell)
    reads = [read for read in file_reads(facts, origin) if _is_missing(cell, read.path)]
    missing = list({read.path: read for read in reversed(reads)}.values())[::-1]
    missing = [read for read in missing if read.path in _unexplained(cell, {read.path for read in missing})]
    if not missing:
        return
    first, *others = missing
    more = f" (and {len(others)} more like it)" if others else ""
    yield Finding(
        cell.id,
        span_of(first.node),
        f"there is no file `{first.path}`: a fresh run fails here{more}",
        related=tuple(Related(cell.id, span_of(read.node), f"nor is there `{read.path}`") for read in others),
    )


def _origins(cell: CellView) -> Callable[[str], str | None]:
    """Return what tells where a name comes from; ``open`` is the builtin where no cell binds it."""

    def origin(name: str) -> str | None:
        if name == "open" and not any(found.events.bindings for found in cell.occurrences(name)):
            return name
        return cell.imported_from(name)

    return origin


def _is_missing(cell: CellView, path: str) -> bool:
    return cell.exists(path.replace("\\", "/")) is False and not cell.exists(f"{path}.dvc")


def _unexplained(cell: CellView, paths: set[str]) -> set[str]:
    """Return the paths that no other place of the notebook mentions; none where the notebook can make any file."""
    if not paths:
        return paths
    everything = cell.whole().cells
    if any(makes_files(facts) for _, facts in everything):
        return set()
    origin = _origins(cell)
    text = "\n".join(facts.source for _, facts in everything)
    reads = [(other.id, read) for other, facts in everything for read in file_reads(facts, origin)]
    return {path for path in paths if _first_reader(path, reads) == cell.id and _only_read(path, text, reads)}


def _first_reader(path: str, reads: list[tuple[CellId, FileRead]]) -> CellId | None:
    return next((where for where, read in reads if read.path == path), None)


def _only_read(path: str, text: str, reads: list[tuple[CellId, FileRead]]) -> bool:
    """Tell whether every mention of a file's name in the code is where the file is read."""
    name = PurePosixPath(path.replace("\\", "/")).name
    return text.count(name) <= sum(name in read.path for _, read in reads)
