"""The work of ``offbook run``: runs the notebooks, says what they came to, saves outputs."""

from __future__ import annotations

import importlib
import time
from dataclasses import replace
from pathlib import Path

import click

from offbook.app.run import NotebookRun, check_runs, compare_outputs, save_outputs
from offbook.cli.echo import echo, printable
from offbook.cli.runprogress import run_progress
from offbook.cli.runtext import describe, summarize, to_json
from offbook.errors import UserError
from offbook.kernels.forkserver import ForkServers
from offbook.running import Limits


def run_batch(
    notebooks: list[Path],
    servers: ForkServers,
    limits: Limits,
    *,
    jobs: int,
    force: bool,
    compare: bool,
    write: bool,
    form: str,
) -> int:
    """Run notebooks, print the result, and return the exit status.

    Args:
        notebooks: the files.
        servers: the processes that fork kernels.
        limits: how long one notebook may take, and one cell, and whether it stops at failures.
        jobs: how many run side by side.
        force: whether they run though there are receipts.
        compare: whether the fresh outputs are held against the stored ones.
        write: whether the fresh outputs of those that pass are saved.
        form: what is printed, one of the command's formats.
    """
    started = time.monotonic()
    with run_progress(notebooks) as tell:
        runs = check_runs(notebooks, jobs=jobs, limits=limits, progress=tell, force=force, servers=servers)
    if compare:
        runs = [compare_outputs(run) for run in runs]
    unsaved = _save(runs) if write else []
    took = time.monotonic() - started
    _print(form, runs, took, accepted=write)
    for problem in unsaved:
        echo(f"offbook: {problem}", err=True)
    if unsaved:
        return 2
    accepted = {"passed", "skipped", "cached"} | ({"differs"} if write else set())
    return int(any(run.outcome not in accepted for run in runs))


def _print(form: str, runs: list[NotebookRun], seconds: float, *, accepted: bool) -> None:
    """Print the result; where differences are accepted, build servers and code hosts are not told of them."""
    if form == "text":
        for run in runs:
            click.echo(printable(describe(run)))
        echo(summarize(runs, seconds))
    elif form == "json":
        echo(to_json(runs, seconds))
    else:
        told = [replace(run, differences=()) for run in runs] if accepted else runs
        echo(importlib.import_module(f"offbook.cli.run{form}").render(told, seconds))


def _save(runs: list[NotebookRun]) -> list[str]:
    """Save the outputs of what passed; return what could not be saved."""
    problems = []
    for run in runs:
        try:
            save_outputs(run)
        except UserError as error:
            problems.append(f"{run.path}: {error}")
    return problems
