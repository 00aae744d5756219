"""``python -m offbook.devtools.bench further PEERS``: what one more notebook costs beyond executing its cells.

The time of many notebooks is told from that of twice as many, so that what is paid once does not count. What the cells
themselves take is what their kernels say while nbclient runs them. PEERS is the ``bin`` folder of an environment with
nbclient.
"""

from __future__ import annotations

import json
import statistics
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from offbook.devtools.bench.runs import OFFBOOK, time_commands, write_notebooks
from offbook.devtools.bench.timing import Times, time_command


@click.command()
@click.argument("peers", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--count", type=click.IntRange(min=1), default=20, help="How many notebooks, beside twice as many.")
@click.option("--jobs", type=click.IntRange(min=1), multiple=True, default=(1, 2), help="How many run side by side.")
@click.option("--rounds", type=click.IntRange(min=1), default=5, help="How often each is run; the median counts.")
def further(peers: Path, count: int, jobs: Sequence[int], rounds: int) -> None:
    """Time what each further notebook costs, and how much of it its cells take."""
    execute = peers.resolve() / "jupyter-execute"
    if not execute.exists():
        raise click.UsageError(f"there is no `{execute}`: install nbclient there")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        names = write_notebooks(folder, 2 * count)
        cells = statistics.median(time_cells(execute, folder, name) for name in names[:3])
        click.echo(f"the cells of one notebook: {cells * 1e3:.0f} ms, as their kernel tells nbclient")
        taken: dict[int, list[Times]] = {number: [] for number in jobs}
        for _ in range(rounds):
            for number in jobs:
                taken[number].append(_cost(folder, names, number))
        for number, costs in taken.items():
            wall, used = (statistics.median(times) for times in zip(*costs, strict=True))
            click.echo(
                f"a further notebook with --jobs {number}: {wall * 1e3:.0f} ms wall, {used * 1e3:.0f} ms processor; "
                f"beyond its cells {(wall - cells / number) * 1e3:.0f} ms wall"
            )


def time_cells(execute: Path, folder: Path, name: str) -> float:
    """Return the seconds that the cells of a notebook keep a kernel busy, as it tells nbclient; the file stays."""
    before = (folder / name).read_bytes()
    time_command((str(execute), "--inplace", name), accept=(0,), folder=folder)
    ran = json.loads((folder / name).read_text("utf-8"))
    (folder / name).write_bytes(before)
    times = [cell["metadata"]["execution"] for cell in ran["cells"]]
    return sum((_when(time["iopub.status.idle"]) - _when(time["iopub.status.busy"])).total_seconds() for time in times)


def _when(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _cost(folder: Path, names: Sequence[str], jobs: int) -> Times:
    """Return what one of the second half of the notebooks costs more than the first half alone."""
    half = len(names) // 2
    few, many = (time_commands([[*OFFBOOK, *some, "--jobs", str(jobs)]], folder) for some in (names[:half], names))
    return (many[0] - few[0]) / half, (many[1] - few[1]) / half
