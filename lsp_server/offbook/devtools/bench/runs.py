"""``python -m offbook.devtools.bench runs PEERS``: what a run costs beyond its cells, beside other tools.

All run copies of the same small notebooks, in turns, from a cold command. PEERS is the ``bin`` folder of an environment
with nbclient, papermill, nbmake, nbval and pytest-xdist.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from offbook.devtools.bench.timing import Times, medians, time_command
from offbook.devtools.made_notebooks import write_notebook

_CELLS = 10
_PEERS = ("jupyter-execute", "papermill", "nbmake", "nbmake, xdist", "nbval")


@click.command()
@click.argument("peers", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--count", type=click.IntRange(min=1), default=20, help="How many notebooks there are.")
@click.option("--jobs", type=click.IntRange(min=1), default=2, help="How many run side by side, where a tool can.")
@click.option("--rounds", type=click.IntRange(min=1), default=3, help="How often each is run; the median counts.")
@click.option("--without", type=click.Choice(_PEERS), multiple=True, help="A tool that is left out.")
@click.option("--repeat", default=50, help="How often offbook runs them with --jobs 4, to count failures.")
def runs(peers: Path, count: int, jobs: int, rounds: int, without: tuple[str, ...], repeat: int) -> None:
    """Time one and many notebooks under each tool, and count offbook's failures."""
    with tempfile.TemporaryDirectory() as scratch:
        names = write_notebooks(Path(scratch), count)
        _look_for(_commands(peers.resolve(), names, jobs), without)
        for number in (1, count):
            taken: dict[str, list[Times]] = {}
            for _ in range(rounds):
                for tool, commands in _commands(peers.resolve(), names[:number], jobs).items():
                    if tool in without:
                        continue
                    taken.setdefault(tool, []).append(time_commands(commands, Path(scratch)))
            _show(number, {tool: medians(times) for tool, times in taken.items()})
        command = [*OFFBOOK, *names, "--jobs", "4"]
        failures = sum(subprocess.run(command, cwd=scratch, capture_output=True).returncode != 0 for _ in range(repeat))
        click.echo(f"{failures} of {repeat} repetitions with --jobs 4 failed")


OFFBOOK = (sys.executable, "-m", "offbook", "run", "--force")


def _commands(peers: Path, names: Sequence[str], jobs: int) -> dict[str, list[list[str]]]:
    """Return what each tool is called with; one command after another."""
    pytest = [str(peers / "pytest"), "-q", "-p", "no:cacheprovider"]
    commands = {
        "offbook": [[*OFFBOOK, *names, "--jobs", str(jobs)]],
        "jupyter-execute": [[str(peers / "jupyter-execute"), *names]],
        "papermill": [[str(peers / "papermill"), "--no-progress-bar", name, f"out-{name}"] for name in names],
        "nbmake": [[*pytest, "--nbmake", *names]],
        "nbval": [[*pytest, "--nbval-lax", *names]],
    }
    if len(names) > 1:
        commands["nbmake, xdist"] = [[*pytest, "--nbmake", "-n", str(jobs), *names]]
    return commands


def _look_for(commands: Mapping[str, list[list[str]]], without: tuple[str, ...]) -> None:
    """Complain of the first tool that is wanted and not there."""
    for tool, calls in commands.items():
        if tool not in without and shutil.which(calls[0][0]) is None:
            raise click.UsageError(f'there is no `{calls[0][0]}`: install it there, or say `--without "{tool}"`')


def write_notebooks(folder: Path, count: int, first: str = "") -> list[str]:
    """Write notebooks of cells that compute next to nothing, behind a cell that may do more; return their names."""
    names = []
    for number in range(count):
        sources = filter(None, [first, *_sources(number)])
        names.append(write_notebook(folder / f"n{number:03}.ipynb", sources, "python3").name)
    return names


def _sources(number: int) -> list[str]:
    return [f"value_{at} = {number}\nvalue_{at}" for at in range(_CELLS)]


def time_commands(commands: list[list[str]], folder: Path) -> Times:
    """Return the seconds that some commands take in a fresh copy of the folder, and those of the processor."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch, "copy")
        shutil.copytree(folder, copy)
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        times = [time_command(command, accept=(0,), folder=copy, environment=environment) for command in commands]
        return sum(wall for wall, _ in times), sum(used for _, used in times)


def _show(count: int, taken: dict[str, Times]) -> None:
    own = taken["offbook"]
    click.echo(f"{count} notebook{'s' * (count > 1)} of {_CELLS} cells")
    for tool, (wall, used) in taken.items():
        ratios = f"{wall / own[0]:5.2f} and {used / own[1]:5.2f} times offbook"
        click.echo(f"  {tool:16} {wall:7.2f} s wall {used:7.2f} s processor   {ratios}")
