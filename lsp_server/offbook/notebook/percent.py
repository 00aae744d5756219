"""Notebooks as text with ``# %%`` marks: the form of the rules' examples and of the test cases.

``# %%`` starts a code cell and ``# %% [markdown]`` a text cell (its lines may carry ``# ``). Behind the mark stand
``key=value`` words: ``count=7`` (execution count), ``tags=a,b``, ``id=name``, and for stored outputs ``lines=150`` (a
stream of so many lines), ``error=ValueError``, ``image=1`` (a figure), ``size=2000000`` (a figure of so many
characters), ``noise=progress`` (ten noisy lines; ``warnings``, ``installer``, ``log``),
``secret=token`` (a stream that shows one). For what an editor saw:
``was=x=1`` (the source that ran, which was edited since), ``ran=2,5`` (the counts of all its runs).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from offbook.notebook.model import Cell, CellId, CellKind, NoiseKind, Notebook, Output, Run, new_cell_id
from offbook.text.patterns import pattern

_MARK = pattern(r"^# ?%%(?P<words>.*)$")


def parse_percent(text: str, path: Path = Path("notebook.ipynb")) -> Notebook:
    """Build a notebook from percent text. Blank lines around a cell are dropped."""
    groups: list[tuple[str, list[str]]] = []
    for line in text.split("\n"):
        mark = _MARK.match(line)
        if mark:
            groups.append((mark["words"], []))
        elif groups:
            groups[-1][1].append(line)
        elif line.strip():
            groups.append(("", [line]))
    cells: list[Cell] = []
    for words, lines in groups:
        cells.append(_cell(words, "\n".join(lines).strip("\n"), {cell.id for cell in cells}))
    return Notebook(path, tuple(cells), runs=_runs([words for words, _ in groups], cells))


def _runs(marks: list[str], cells: list[Cell]) -> tuple[Run, ...]:
    """Return what ran, where a mark says that an editor saw it."""
    values: list[dict[str, str]] = [dict(re.findall(r"(\w+)=(\S+)", words)) for words in marks]
    if not any({"was", "ran"} & known.keys() for known in values):
        return ()
    found = []
    for cell, known in zip(cells, values, strict=True):
        for count in known.get("ran", known.get("count", "")).split(","):
            if count:
                found.append(Run(cell.id, known.get("was", cell.source), int(count), "error" not in known))
    return tuple(sorted(found, key=lambda run: run.count))


def _cell(words: str, source: str, taken: set[CellId]) -> Cell:
    kind: CellKind = "markdown" if "[markdown]" in words else "raw" if "[raw]" in words else "code"
    if kind != "code":
        source = re.sub(r"^# ?", "", source, flags=re.MULTILINE)
    values: dict[str, str] = dict(re.findall(r"(\w+)=(\S+)", words))
    count = values.get("count", values.get("ran", "")).rpartition(",")[2]
    outputs = []
    if "lines" in values:
        outputs.append(Output("stream", "stdout", (), int(values["lines"]), 20, 0, 20 * int(values["lines"])))
    if "image" in values:
        outputs.append(Output("display", "", ("image/png", "text/plain"), 1, 30, 0, 10_000))
    if "size" in values:
        outputs.append(Output("display", "", ("image/png", "text/plain"), 1, 30, 0, int(values["size"])))
    if "noise" in values:
        noise = next(kind for kind in get_args(NoiseKind) if kind == values["noise"])
        outputs.append(Output("stream", "stderr", (), 10, 80, 0, 800, noise, 10))
    if "secret" in values:
        outputs.append(Output("stream", "stdout", (), 1, 80, 0, 80, secrets=(f"the value of `{values['secret']}`",)))
    if "error" in values:
        outputs.append(Output("error", values["error"], (), 10, 75, 0, 500))
    return Cell(
        id=CellId(values["id"]) if "id" in values else new_cell_id(source, taken),
        kind=kind,
        source=source,
        execution_count=(int(count) or None) if count else None,
        tags=tuple(values["tags"].split(",")) if "tags" in values else (),
        outputs=tuple(outputs),
    )
