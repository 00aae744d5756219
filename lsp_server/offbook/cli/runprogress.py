"""Progress of runs on standard error: bars in a terminal, lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from offbook.app.run import BatchProgress
from offbook.running import CellState

_SLOW = 10.0
"""Seconds after which a cell gets a line of its own in a log."""


@contextmanager
def run_progress(notebooks: list[Path]) -> Iterator[BatchProgress]:
    """Give what shows the progress of a batch; without notebooks, it is not known yet how many there are."""
    if sys.stderr.isatty():
        with _bars(len(notebooks)) as tell:
            yield tell
    else:
        yield _line


def _line(path: Path, number: int, total: int, state: CellState, seconds: float) -> None:
    if state == "running" and number == 0:
        click.echo(f"running {path} ({total} cells)", err=True)
    elif seconds >= _SLOW:
        click.echo(f"{path}: {number + 1} of {total} cells, the last took {seconds:.0f} s", err=True)


@contextmanager
def _bars(notebooks: int) -> Iterator[BatchProgress]:
    from rich.console import Console  # noqa: PLC0415  (0.1 s, needed in a terminal alone)
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskID,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        whole = progress.add_task("notebooks", total=notebooks, visible=notebooks > 1)
        tasks: dict[Path, TaskID] = {}

        def tell(path: Path, number: int, total: int, state: CellState, _seconds: float) -> None:
            if path not in tasks:
                tasks[path] = progress.add_task(path.name, total=total)
            progress.update(tasks[path], completed=number + (state == "passed"))
            if state == "failed" or (state == "passed" and number + 1 == total):
                progress.update(tasks[path], visible=False)
                progress.advance(whole)

        yield tell
