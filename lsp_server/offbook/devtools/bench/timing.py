"""Times commands, and tells of one that fails."""

from __future__ import annotations

import resource
import statistics
import subprocess
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

import click

Times = tuple[float, float]
"""Seconds that passed, and those of the processor."""


def time_command(
    command: Sequence[str],
    *,
    accept: Collection[int] = (0, 1),
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Times:
    """Run a command and return how long it took.

    Args:
        command: the command.
        accept: the exit statuses of a run that did its work; checkers say 1 where they found something.
        folder: where it runs.
        environment: its environment.

    Raises:
        click.ClickException: for another exit status: such a run took no time worth telling.
    """
    before, start = _used(), time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    wall = time.perf_counter() - start
    if done.returncode not in accept:
        said = (done.stdout + done.stderr).decode(errors="replace")[-500:]
        raise click.ClickException(f"`{' '.join(command[:4])} ...` ends with status {done.returncode}: {said}")
    return wall, _used() - before


def medians(times: Iterable[Times]) -> Times:
    """Return the medians of both."""
    walls, used = zip(*times, strict=True)
    return statistics.median(walls), statistics.median(used)


def _used() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
