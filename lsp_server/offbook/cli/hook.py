"""``offbook hook``: check notebooks before every commit."""

from __future__ import annotations

import shutil
import sys
import sysconfig
import time
from pathlib import Path

import click

from offbook.app.hook import check_staged
from offbook.app.run import NotebookRun
from offbook.cli.echo import echo
from offbook.cli.runprogress import run_progress
from offbook.cli.runtext import describe, summarize
from offbook.errors import UserError
from offbook.running import Limits
from offbook.vcs import install_hook, uninstall_hook

_IN_FULL = 2
"""How many failing notebooks are shown in full, so that the message stays on one screen."""


@click.group(name="hook", short_help="Check notebooks before every commit.")
def command() -> None:
    """Check notebooks before every commit.

    The hook runs the notebooks that a commit changes, and those that import a module that it changes, from top to
    bottom in a fresh kernel. What is judged is what is staged: edits that are not staged neither help nor hurt.
    """


@command.command()
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=600.0,
    show_default=True,
    metavar="S",
    help="Seconds that one notebook may take.",
)
def install(timeout: float) -> None:
    """Put the hook into the repository of this folder.

    A hook that is there already keeps running, before offbook's.
    """
    state = install_hook(Path.cwd(), _executable(), timeout)
    echo(f"Notebooks are now run before every commit ({state.path}).")
    for note in state.notes:
        echo(note)
    click.echo("To commit without it for once: git commit --no-verify")


@command.command()
def uninstall() -> None:
    """Take the hook out, and put back what was there before."""
    state = uninstall_hook(Path.cwd())
    if state is None:
        click.echo("offbook's hook is not installed here.")
        return
    echo(f"offbook's hook is gone from {state.path}.")
    for note in state.notes:
        echo(note)


@command.command(name="run")
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), metavar="S", help="Seconds for one notebook.")
@click.option("--jobs", type=click.IntRange(min=1), default=2, show_default=True, help="Notebooks run side by side.")
@click.option("--force", is_flag=True, help="Run notebooks though nothing changed since they passed.")
def run_staged(timeout: float | None, jobs: int, force: bool) -> int:
    """Run what is staged, as the hook does before a commit.

    The exit status is 0 where all notebooks pass or are skipped, and 1 where one does not run.
    """
    started = time.monotonic()
    with run_progress([]) as tell:
        runs = check_staged(jobs=jobs, limits=Limits(total=timeout), progress=tell, force=force)
    failed = [run for run in runs if run.report.status not in ("passed", "skipped", "cached")]
    if runs and not failed:
        echo(f"offbook: {summarize(runs, time.monotonic() - started)}")
    if not failed:
        return 0
    echo(_refusal(failed))
    return 1


def _refusal(failed: list[NotebookRun]) -> str:
    """Return one screen: which cell fails, why, and what to do."""
    many = len(failed) > 1
    lines = [
        f"offbook: {len(failed)} staged notebook{'s do' if many else ' does'} not run from top to bottom, "
        "so nothing is committed.",
        "",
        *(describe(run) for run in failed[:_IN_FULL]),
        *(f"{run.report.status:<11} {run.path}: {run.report.message}" for run in failed[_IN_FULL:]),
        "",
        f"Mend {'them' if many else 'it'}, `git add` {'them' if many else 'it'}, and commit again: "
        "what counts is what is staged.",
        "To commit it as it is: git commit --no-verify",
    ]
    return "\n".join(lines)


def _executable() -> Path:
    """Return the ``offbook`` command that belongs to this interpreter."""
    name = "offbook.exe" if sys.platform == "win32" else "offbook"
    own = Path(sysconfig.get_path("scripts")) / name
    if own.exists():
        return own
    found = shutil.which("offbook")
    if found is None:
        raise UserError("the `offbook` command is not on the PATH: install offbook with pip, then install the hook")
    return Path(found).absolute()
