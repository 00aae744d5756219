"""``python -m offbook.devtools.bench NAME``: prints medians, and ratios to what was measured beside them.

Figures of a busy computer are no figures: what counts are the ratios, of runs that take turns.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
import psutil  # type: ignore[import-untyped]

from offbook.devtools.bench.keystrokes import EVERY, OFFBOOK, time_keystrokes
from offbook.devtools.bench.lspclient import Client
from offbook.devtools.bench.notebooks import OpenNotebook, files_in, first_sources, sources_in
from offbook.devtools.bench.runs import runs

_FOLDER = click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
_COUNT = click.IntRange(min=1)
_CHECK = (sys.executable, "-m", "offbook", "check", "--jobs", "2")


@click.group()
def main() -> None:
    """Measure offbook beside other tools."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package is compiled once


@main.command()
@_FOLDER
@click.option("--rounds", type=_COUNT, default=3, help="How often each is run; the median counts.")
@click.option("--few", type=_COUNT, default=20, help="How many notebooks the slow peers are given.")
@click.option("--nbqa", default="nbqa", help="The command of nbqa, with flake8 beside it.")
@click.option("--pynblint", default="pynblint", help="The command of pynblint.")
def check(folder: Path, rounds: int, few: int, nbqa: str, pynblint: str) -> None:
    """Check the notebooks below FOLDER without and with the cache, beside ruff, nbqa flake8 and pynblint."""
    files = [str(path) for path in files_in(folder)]
    ruff = _beside("ruff")
    with tempfile.TemporaryDirectory() as cache:
        os.environ["OFFBOOK_CACHE_DIR"] = f"{cache}/offbook"
        linted = (ruff, "check", "--isolated", "-q")
        commands = {
            "ruff --no-cache": (*linted, "--no-cache", *files),
            "offbook --no-cache": (*_CHECK, "--no-cache", *files),
            "ruff, warm": (*linted, "--cache-dir", f"{cache}/ruff", *files),
            "offbook, warm": (*_CHECK, *files),
        }
        timed = _in_turns(commands, rounds)
    click.echo(f"{len(files)} notebooks, {sum(Path(file).stat().st_size for file in files) / 1e6:.0f} MB")
    for name, (wall, processor) in timed.items():
        click.echo(f"{name:20} {wall:8.2f} s wall {processor:8.2f} s processor")
    for own, peer in (("offbook --no-cache", "ruff --no-cache"), ("offbook, warm", "ruff, warm")):
        click.echo(f"{own} / {peer}: {timed[own][0] / timed[peer][0]:.2f} wall, {timed[own][1] / timed[peer][1]:.2f}")
    each = timed["offbook --no-cache"][0] / len(files)
    some = [str(path) for path in files_in(folder, few)]
    for name, command in (("nbqa flake8", (nbqa, "flake8")), ("pynblint", (pynblint,))):
        if shutil.which(command[0]) is None:
            click.echo(f"{name}: left out, there is no command `{command[0]}`")
            continue
        peers = [_seconds((*command, file))[0] for file in some] if name == "pynblint" else []
        took = sum(peers) / len(some) if peers else _seconds((*command, *some))[0] / len(some)
        click.echo(f"{name}: {took * 1e3:.0f} ms a notebook, offbook {each * 1e3:.1f} ms: {took / each:.0f} times")


@main.command()
@_FOLDER
@click.option("--rounds", type=_COUNT, default=15, help="How often each is run; the median counts.")
def start(folder: Path, rounds: int) -> None:
    """Check one small notebook of FOLDER, beside an interpreter that does nothing."""
    small = min(files_in(folder), key=lambda path: path.stat().st_size if path.stat().st_size > 2000 else 1 << 40)
    commands = {
        "python": (sys.executable, "-c", "import json, ast"),
        "offbook": (sys.executable, "-m", "offbook", "check", "--no-cache", str(small)),
    }
    timed = _in_turns(commands, rounds)
    for name, (wall, processor) in timed.items():
        click.echo(f"{name:10} {wall * 1e3:6.0f} ms wall {processor * 1e3:6.0f} ms processor")
    limit = 1.5 * timed["python"][0] + 0.1
    click.echo(f"offbook / (1.5 python + 100 ms): {timed['offbook'][0] / limit:.2f}")


@main.command()
@_FOLDER
@click.option("--sizes", default="100,1000", help="How many cells the notebook has.")
@click.option("--edits", type=_COUNT, default=200, help="How many keystrokes are timed.")
def keystroke(folder: Path, sizes: str, edits: int) -> None:
    """Type into a notebook put together from those below FOLDER, beside ruff's server."""
    sizes_wanted = _sizes(sizes)
    wanted = first_sources(folder, max(sizes_wanted))
    for size in sizes_wanted:
        for name, command in (("offbook", OFFBOOK), ("ruff", (_beside("ruff"), "server"))):
            took = sorted(time_keystrokes(command, wanted[:size], edits))
            middle, late = statistics.median(took), took[min(len(took) - 1, int(len(took) * 0.99))]
            click.echo(f"{name:8} {size:5} cells: median {middle:6.1f} ms, 99th percentile {late:6.1f} ms")


@main.command()
@_FOLDER
@click.option("--count", type=_COUNT, default=50, help="How many notebooks are open.")
def memory(folder: Path, count: int) -> None:
    """Open notebooks of FOLDER in the server, and tell its memory when all are checked."""
    client = Client(OFFBOOK, str(folder))
    client.start(str(folder))
    cells = 0
    for path in files_in(folder, count):
        sources = list(sources_in([path]))
        cells += len(sources)
        client.notify("notebookDocument/didOpen", OpenNotebook(path, sources).opened())
    client.settle(8)
    size = psutil.Process(client.process.pid).memory_info().rss / 1e6
    client.stop()
    click.echo(f"{count} notebooks with {cells} cells of code open: {size:.0f} MB")


main.add_command(runs)


def _sizes(text: str) -> list[int]:
    sizes = [int(size) for size in text.split(",") if size.strip().isdecimal()]
    if len(sizes) != text.count(",") + 1 or min(sizes) < EVERY:
        raise click.BadParameter(
            f"`{text}` are not numbers of {EVERY} and more: write `100,1000`", param_hint="--sizes"
        )
    return sizes


def _beside(name: str) -> str:
    """Return a command of this environment."""
    command = Path(sys.executable).with_name(name)
    if not command.exists():
        raise click.UsageError(f"there is no `{name}` beside {sys.executable}: install it there")
    return str(command)


def _in_turns(commands: Mapping[str, Sequence[str]], rounds: int) -> dict[str, tuple[float, float]]:
    """Run each command in turn, some rounds; return the medians."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for command in commands.values():
        _seconds(command)
    for _ in range(rounds):
        for name, command in commands.items():
            taken[name].append(_seconds(command))
    return {
        name: (statistics.median(wall for wall, _ in times), statistics.median(used for _, used in times))
        for name, times in taken.items()
    }


def _seconds(command: Sequence[str]) -> tuple[float, float]:
    """Run a command; return the seconds that passed, and those of the processor."""
    before, start = os.times(), time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    wall, after = time.perf_counter() - start, os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return wall, used


if __name__ == "__main__":
    main()
