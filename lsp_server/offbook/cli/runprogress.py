"""Progress of runs on standard error: bars in a terminal, lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from offbook.app.run import BatchProgress
from offbook.running import CellProgress, cells_of

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


def _line(path: Path, now: CellProgress | None) -> None:
    if now is None:
        return
    if now.state == "running" and not now.done:
        click.echo(f"running {path} ({cells_of(now.total)})", err=True)
    elif now.seconds >= _SLOW:
        took = f"cell {now.index + 1} took {now.seconds:.0f} s"
        click.echo(f"{path}: {took}, {now.done} of {now.total} have run", err=True)


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

        def tell(path: Path, now: CellProgress | None) -> None:
            if now is None:
                progress.advance(whole)
                if path in tasks:
                    progress.update(tasks[path], visible=False)
                return
            if path not in tasks:
                tasks[path] = progress.add_task(path.name, total=now.total)
            progress.update(tasks[path], completed=now.done)

        yield tell
