"""``python -m offbook.devtools.bench NAME``: prints medians, and ratios to what was measured beside them.

Figures of a busy computer are no figures: what counts are the ratios, of runs that take turns.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
import psutil  # type: ignore[import-untyped]

from offbook.devtools.bench.further import further
from offbook.devtools.bench.keystrokes import EVERY, OFFBOOK, time_keystrokes
from offbook.devtools.bench.lspclient import Client
from offbook.devtools.bench.navigation import navigation
from offbook.devtools.bench.notebooks import (
    OpenNotebook,
    files_in,
    first_sources,
    some_of,
    sources_in,
    split_readable,
)
from offbook.devtools.bench.peers import CHECK, compare_with_slow
from offbook.devtools.bench.receipts import receipts
from offbook.devtools.bench.runs import runs
from offbook.devtools.bench.timing import Times, medians, time_command

_FOLDER = click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
_COUNT = click.IntRange(min=1)


@click.group()
def main() -> None:
    """Measure offbook beside other tools."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package is compiled once


@main.command()
@_FOLDER
@click.option("--rounds", type=_COUNT, default=3, help="How often each is run; the median counts.")
@click.option("--few", type=_COUNT, default=20, help="How many notebooks the slow peers are given.")
@click.option("--without", multiple=True, help="Leave out notebooks whose path holds this: one that ends a peer's run.")
@click.option("--nbqa", default="nbqa", help="The command of nbqa, with flake8 beside it.")
@click.option("--pynblint", default="pynblint", help="The command of pynblint.")
def check(folder: Path, rounds: int, few: int, without: tuple[str, ...], nbqa: str, pynblint: str) -> None:
    """Check the notebooks below FOLDER without and with the cache, beside ruff, nbqa flake8 and pynblint."""
    found = [path for path in files_in(folder) if not any(word in str(path) for word in without)]
    paths, unreadable = split_readable(found)
    if unreadable:
        click.echo(f"left out, as they cannot be read: {len(unreadable)} notebooks ({unreadable[0]}, ...)")
    if not paths:
        raise click.UsageError(f"no notebook below `{folder}` can be read")
    files = list(map(str, paths))
    ruff = _beside("ruff")
    with tempfile.TemporaryDirectory() as cache:
        os.environ["OFFBOOK_CACHE_DIR"] = f"{cache}/offbook"
        linted = (ruff, "check", "--isolated", "-q")
        commands = {
            "ruff --no-cache": (*linted, "--no-cache", *files),
            "offbook --no-cache": (*CHECK, "--no-cache", *files),
            "ruff, warm": (*linted, "--cache-dir", f"{cache}/ruff", *files),
            "offbook, warm": (*CHECK, *files),
        }
        timed = _in_turns(commands, rounds)
    click.echo(f"{len(files)} notebooks, {sum(Path(file).stat().st_size for file in files) / 1e6:.0f} MB")
    for name, (wall, processor) in timed.items():
        click.echo(f"{name:20} {wall:8.2f} s wall {processor:8.2f} s processor")
    for own, peer in (("offbook --no-cache", "ruff --no-cache"), ("offbook, warm", "ruff, warm")):
        click.echo(f"{own} / {peer}: {timed[own][0] / timed[peer][0]:.2f} wall, {timed[own][1] / timed[peer][1]:.2f}")
    for line in compare_with_slow(list(map(str, some_of(paths, few))), nbqa, pynblint):
        click.echo(line)


@main.command()
@_FOLDER
@click.option("--rounds", type=_COUNT, default=15, help="How often each is run; the median counts.")
def start(folder: Path, rounds: int) -> None:
    """Check one small notebook of FOLDER, anew and unchanged, beside an interpreter that does nothing."""
    small = min(files_in(folder), key=lambda path: path.stat().st_size if path.stat().st_size > 2000 else 1 << 40)
    check = (sys.executable, "-m", "offbook", "check", str(small))
    commands = {
        "python": (sys.executable, "-c", "import json, ast"),
        "offbook --no-cache": (*check, "--no-cache"),
        "offbook, unchanged": check,
    }
    with tempfile.TemporaryDirectory() as cache:
        os.environ["OFFBOOK_CACHE_DIR"] = cache
        timed = _in_turns(commands, rounds)
    limits = [1.5 * seconds + 0.1 for seconds in timed["python"]]
    for name, times in timed.items():
        shown = " and ".join(f"{seconds / limit:.2f}" for seconds, limit in zip(times, limits, strict=True))
        click.echo(f"{name:20} {times[0] * 1e3:6.0f} ms wall {times[1] * 1e3:6.0f} ms processor, {shown} of the limit")
    click.echo("limit: 1.5 times python and 100 ms")


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


main.add_command(further)
main.add_command(navigation)
main.add_command(receipts)
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


def _in_turns(commands: Mapping[str, Sequence[str]], rounds: int) -> dict[str, Times]:
    """Run each command in turn, some rounds; return the medians."""
    taken: dict[str, list[Times]] = {name: [] for name in commands}
    for command in commands.values():
        time_command(command)
    for _ in range(rounds):
        for name, command in commands.items():
            taken[name].append(time_command(command))
    return {name: medians(times) for name, times in taken.items()}


if __name__ == "__main__":
    main()
