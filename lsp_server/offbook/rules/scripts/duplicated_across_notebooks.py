"""OB404."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from offbook.diagnostics import Proposal, Related, Severity
from offbook.notebook import CellId
from offbook.rules.registry import Finding, rule
from offbook.rules.scripts.outlines import Run, cell_digest, exact_digest, runs_of
from offbook.rules.surroundings import CloneElsewhere
from offbook.rules.views import NotebookView
from offbook.text import Span


class _Clone(NamedTuple):
    """Lines of a cell that stand elsewhere too; ``total`` is the number of other files."""

    cell: CellId
    first: int
    last: int
    columns: tuple[int, int]
    place: CloneElsewhere
    total: int


@rule("OB404", Severity.WARNING, per="notebook")
def duplicated_across_notebooks(notebook: NotebookView) -> Iterator[Finding]:
    """The same statements stand in another notebook or module of the workspace.

    ## What it does
    Finds runs of six statements or more (those inside loops and functions count) that stand in another notebook or
    module too, and differ in nothing but the names of variables and in literals. What is shared with one file is one
    finding, at its longest part; the other parts are related locations.

    ## Why it matters
    What is copied is corrected in one notebook and stays wrong in the others.

    ## What to do
    Move the statements into a function of a module that all of them import: `offbook dedupe --across`, or the light
    bulb, does it for whole definitions, and for statements that stand in no function.

    ## When it stays silent
    For a notebook that is not saved; for copies and versions of one notebook (`exercise.ipynb` and
    `exercise_solution.ipynb`, a translation, a notebook and the script made of it), where much of the one stands in
    the other; for imports, settings, prints, labels of figures, plain values and layers of networks; and for fewer
    than four kinds of statements in a row. At most 1,000 notebooks and 200 modules are looked at, those near the
    workspace's root first, and none above 20 MB. A check reads at most 100 files that it was not asked to check, those
    beside the notebook first, and remembers them: in a large workspace, check the whole folder once.

    ## Bad
    ```python
    # %%
    # these lines stand in another notebook of the project, too
    def prepare(path):
        frame = pd.read_csv(path)
        frame = frame.dropna(subset=["price"])
        frame["day"] = pd.to_datetime(frame["day"])
        frame["price"] = frame["price"].clip(0, 100)
        frame = frame.sort_values("day").reset_index(drop=True)
        return frame.set_index("day")
    ```

    ## Good
    ```python
    # %%
    from prices import prepare
    ```
    """
    found: dict[str, list[_Clone]] = {}
    for clone in _clones(notebook):
        found.setdefault(clone.place.file, []).append(clone)
    for clones in found.values():
        longest = max(clones, key=lambda clone: clone.last - clone.first)
        related = (Related(clone.cell, _span(clone), "these lines too") for clone in clones if clone is not longest)
        yield Finding(
            longest.cell,
            _span(longest),
            _message(longest, len(clones) - 1),
            related=tuple(related),
            proposal=_proposal(notebook, longest),
        )


def _message(clone: _Clone, others: int) -> str:
    file, cell, line = clone.place
    module = file.endswith(".py")
    where = f"`{file}` (line {line + 1})" if module else f"`{file}` (cell {cell + 1})"
    more = f" and in {clone.total - 1} more file{'s' * (clone.total > 2)}" if clone.total > 1 else ""
    several = f", as do {others} other parts of this notebook"
    parts = several if others > 1 else ", as does another part of this notebook" if others else ""
    advice = "import them" if module else "move them to a module"
    return f"these {clone.last - clone.first + 1} lines stand in {where}{more} too{parts}: {advice}"


def _proposal(notebook: NotebookView, clone: _Clone) -> Proposal | None:
    """Return the refactoring that lets a module hold a definition, or statements of a cell; or that imports them."""
    facts = notebook.facts(clone.cell)
    lines = Span.of(clone.first, 0, clone.last, 0)
    names = [item.name for item in facts.definitions if item.whole.overlaps(lines)] if facts is not None else []
    if not (names or clone.columns[0] == 0) or not _stands_beside(notebook.path(), clone.place.file):
        return None
    if not clone.place.file.endswith(".py"):
        what = f"`{names[0]}`" if len(names) == 1 else "these definitions" if names else "a function of these lines"
        named = {"name": ""} if names else {}  # definitions keep their names: there is nothing to ask for
        return Proposal(f"Share {what} by a module", "dedupe", {"cells": [clone.cell], "across": True, **named})
    if len(names) != 1:
        return None
    title = f"Import `{names[0]}` from `{clone.place.file}`"
    return Proposal(title, "extract.module", {"names": names, "to": clone.place.file})


def _stands_beside(notebook: Path | None, file: str) -> bool:
    """Tell whether a file of the workspace stands in the notebook's folder, where both can import one module."""
    folder = Path(file).parent.parts
    return notebook is not None and (not folder or notebook.parent.parts[-len(folder) :] == folder)


def _span(clone: _Clone) -> Span:
    return Span.of(clone.first, clone.columns[0], clone.last, clone.columns[1])


def _clones(notebook: NotebookView) -> Iterator[_Clone]:
    """Yield what stands elsewhere, each as long as can be, in document order."""
    runs: list[tuple[CellId, Run]] = []
    cells: dict[str, None] = {}
    for cell in notebook.code_cells():
        facts = notebook.facts(cell)
        if facts is not None:
            cells.setdefault(cell_digest(facts.source))
            runs += ((cell, run) for run in runs_of(facts.tree, facts.source))
    if not runs:
        return
    digests = dict.fromkeys(run.digest for _, run in runs)
    twins = {twin.digest: twin for twin in notebook.twins(digests, filter(None, cells))}
    growing: _Clone | None = None
    for cell, run in runs:
        twin = twins.get(run.digest)
        exact = exact_digest(run.nodes) if twin else ""
        place = notebook.clone(twin, exact) if twin and exact else None
        if twin is None or place is None:
            continue
        here = _clone(cell, run, place, twin.total)
        if growing is not None and _continues(growing, here):
            growing = _joined(growing, here)
        else:
            if growing is not None:
                yield growing
            growing = here
    if growing is not None:
        yield growing


def _clone(cell: CellId, run: Run, place: CloneElsewhere, total: int) -> _Clone:
    first, last = run.nodes[0], run.nodes[-1]
    end = (last.end_lineno or last.lineno) - 1
    return _Clone(cell, first.lineno - 1, end, (first.col_offset, last.end_col_offset or last.col_offset), place, total)


def _continues(clone: _Clone, other: _Clone) -> bool:
    """Tell whether a run begins inside another one of the same file."""
    same = clone.cell == other.cell and clone.place.file == other.place.file
    return same and clone.first <= other.first <= clone.last + 1


def _joined(clone: _Clone, other: _Clone) -> _Clone:
    later = max(clone, other, key=lambda item: item.last)
    columns = (clone.columns[0], later.columns[1])
    return clone._replace(last=later.last, columns=columns, total=max(clone.total, other.total))
