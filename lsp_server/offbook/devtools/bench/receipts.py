"""``python -m offbook.devtools.bench receipts PEERS``: what notebooks cost that need not run, beside jupyter-cache.

All are asked about the same staged notebooks, in turns. Then the notebooks and what they use are changed, one thing
at a time, to see who runs them again. PEERS is the ``bin`` folder of an environment with jupyter-cache.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from offbook.devtools.bench.runs import write_notebooks
from offbook.devtools.bench.timing import Times, medians, time_command

_OFFBOOK = (sys.executable, "-m", "offbook")
_GIT = ("git", "-c", "user.name=bench", "-c", "user.email=bench@example.org")


@click.command()
@click.argument("peers", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--count", type=click.IntRange(min=1), default=20, help="How many notebooks there are.")
@click.option("--rounds", type=click.IntRange(min=1), default=9, help="How often each is asked; the median counts.")
def receipts(peers: Path, count: int, rounds: int) -> None:
    """Time a commit of verified notebooks, and see what makes tools run notebooks again."""
    jcache = peers.resolve() / "jcache"
    if not jcache.exists():
        raise click.UsageError(f"there is no `{jcache}`: install jupyter-cache there")
    with tempfile.TemporaryDirectory() as scratch:
        project = _Project(Path(scratch), jcache, count)
        commands: dict[str, Sequence[str]] = {
            "python -c pass": (sys.executable, "-c", "pass"),
            "offbook's hook": ("sh", ".git/hooks/pre-commit"),
            "offbook run": project.offbook,
            "jcache execute": project.jcache,
        }
        taken: dict[str, list[Times]] = {name: [] for name in commands}
        for _ in range(rounds):
            for name, command in commands.items():
                taken[name].append(time_command(command, accept=(0,), folder=project.folder))
        if project.ran():
            raise click.ClickException("a notebook ran that nobody had changed")
        bare, _ = medians(taken["python -c pass"])
        click.echo(f"{count} verified notebooks")
        for name, times in taken.items():
            wall, used = medians(times)
            click.echo(f"  {name:16} {wall * 1e3:6.0f} ms wall {used * 1e3:6.0f} ms processor {wall / bare:6.1f} times")
        click.echo(f"{'run again, of ' + str(count):34} {'offbook':>8} {'jcache':>8}")
        for what, change in CHANGES.items():
            change(project.folder)
            ours, theirs = (project.run(command) for command in (project.offbook, project.jcache))
            click.echo(f"  {what:32} {ours:8} {theirs:8}")


class _Project:
    """A repository with staged notebooks that both tools have run; each run of one is noted beside it.

    Attributes:
        folder: its top folder.
        offbook: the command that runs what offbook has no receipt for.
        jcache: the command that runs what jupyter-cache does not know.
    """

    def __init__(self, scratch: Path, jcache: Path, count: int) -> None:
        self.folder = scratch / "project"
        self._log = scratch / "ran"
        self.folder.mkdir()
        cache = ("--cache-path", str(scratch / "cache"))
        first = ("import helper", "rows = open('data.csv').readlines()", f"open({str(self._log)!r}, 'a').write('x')")
        names = write_notebooks(self.folder, count, "\n".join(first))
        (self.folder / "helper.py").write_text("VALUE = 1\n")
        (self.folder / "data.csv").write_text("a\n1\n")
        self.offbook = (*_OFFBOOK, "run", *names)
        self.jcache = (str(jcache), "project", *cache, "execute")
        for command in (
            (*_GIT, "init", "--quiet"),
            (*_GIT, "add", "helper.py", "data.csv"),
            (*_GIT, "commit", "--quiet", "--message", "what the notebooks use"),
            (*_OFFBOOK, "hook", "install"),
            (*_GIT, "add", *names),
            (*_OFFBOOK, "run", "--jobs", "2", *names),
            (str(jcache), "notebook", *cache, "add", *names),
            self.jcache,
        ):
            done = subprocess.run(
                command, cwd=self.folder, input="y\n", capture_output=True, encoding="utf-8", check=False
            )
            if done.returncode:
                raise click.ClickException(
                    f"`{' '.join(command[:4])} ...` failed: {(done.stdout + done.stderr)[-500:]}"
                )
        if self.ran() != 2 * count:
            raise click.ClickException("the tools did not run every notebook once")

    def run(self, command: Sequence[str]) -> int:
        """Run a command; return how many notebooks it ran."""
        time_command(command, accept=(0,), folder=self.folder)
        return self.ran()

    def ran(self) -> int:
        """Return how many notebooks have run since this was asked last."""
        count = len(self._log.read_text()) if self._log.exists() else 0
        self._log.unlink(missing_ok=True)
        return count


def _change_notebooks(edit: Callable[[dict[str, Any]], None]) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        for path in folder.glob("*.ipynb"):
            document = json.loads(path.read_text("utf-8"))
            edit(document)
            path.write_text(json.dumps(document), "utf-8")

    return change


def _touch(name: str) -> Callable[[Path], None]:
    return lambda folder: os.utime(folder / name)


def _write(name: str, text: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / name).write_text(text)

    return change


def _cell(number: int, **fields: Any) -> Callable[[dict[str, Any]], None]:
    return lambda document: document["cells"][number].update(fields)


_SHOWN = {"output_type": "stream", "name": "stdout", "text": "shown\n"}
_TEXT = {"cell_type": "markdown", "id": "text", "metadata": {}, "source": "What follows"}

CHANGES: dict[str, Callable[[Path], None]] = {
    "nothing": lambda _: None,
    "outputs": _change_notebooks(_cell(1, outputs=[_SHOWN])),
    "a tag of a cell": _change_notebooks(_cell(1, metadata={"tags": ["a-tag"]})),
    "text above a cell": _change_notebooks(lambda document: document["cells"].insert(1, _TEXT)),
    "a data file's date": _touch("data.csv"),
    "a data file": _write("data.csv", "a\n2\n"),
    "a module": _write("helper.py", "VALUE = 2\n"),
    "code": _change_notebooks(_cell(2, source="value = 'changed'")),
}
"""What is changed, one thing after another, in every notebook or in what all of them use."""
