"""The work of ``offbook run``: runs the notebooks, says what they came to, saves outputs."""

from __future__ import annotations

import importlib
import time
from dataclasses import dataclass, replace
from pathlib import Path

import click

from offbook.app.outputs import compare_outputs, save_outputs
from offbook.app.run import NotebookRun, check_runs
from offbook.cli.echo import echo, printable
from offbook.cli.runprogress import run_progress
from offbook.cli.runtext import describe, summarize, to_json
from offbook.errors import UserError
from offbook.kernels.forkserver import ForkServers
from offbook.running import Limits
from offbook.text import write_atomically


@dataclass(frozen=True, slots=True)
class Batch:
    """What one command runs.

    Attributes:
        notebooks: the files.
        limits: how long one notebook may take, and one cell, and whether it stops at failures.
        jobs: how many run side by side.
        cluster: the address of what runs them: a Dask scheduler, or a Jupyter Gateway; here where ``None``.
        force: whether they run though there are receipts.
        compare: whether the fresh outputs are held against the stored ones.
        write: whether the fresh outputs of those that pass are saved.
    """

    notebooks: list[Path]
    limits: Limits
    jobs: int
    cluster: str | None
    force: bool
    compare: bool
    write: bool


def run_batch(batch: Batch, servers: ForkServers | None, *, report: Path | None, form: str) -> int:
    """Run notebooks, print the result, and return the exit status.

    Args:
        batch: what runs, and how.
        servers: the processes that fork kernels, where they have started already.
        report: where a page of the result is written.
        form: what is printed, one of the command's formats.
    """
    started = time.monotonic()
    runs = _run(batch, servers)
    unsaved = _save(runs) if batch.write else []
    took = time.monotonic() - started
    _print(form, runs, took, accepted=batch.write)
    if report is not None:
        page = importlib.import_module("offbook.cli.runhtml").render(runs, took)
        write_atomically(report, printable(page).encode())
    for problem in unsaved:
        echo(f"offbook: {problem}", err=True)
    if unsaved:
        return 2
    accepted = {"passed", "skipped", "cached"} | ({"differs"} if batch.write else set())
    return int(any(run.outcome not in accepted for run in runs))


def _run(batch: Batch, servers: ForkServers | None) -> list[NotebookRun]:
    with run_progress(batch.notebooks) as tell:
        remote = batch.cluster is not None and batch.cluster.startswith(("http://", "https://"))
        if batch.cluster is not None and not remote:
            from offbook.app.cluster import run_on_cluster  # noqa: PLC0415  (loads what few need)

            return run_on_cluster(
                batch.cluster,
                batch.notebooks,
                limits=batch.limits,
                progress=tell,
                force=batch.force,
                compare=batch.compare,
                keep_outputs=batch.write,
            )
        gateway = None
        if batch.cluster is not None:
            from offbook.kernels.gateway import Gateway  # noqa: PLC0415  (loads what few need)

            gateway = Gateway(batch.cluster)
        runs = check_runs(
            batch.notebooks,
            jobs=batch.jobs,
            limits=batch.limits,
            progress=tell,
            force=batch.force,
            servers=servers,
            gateway=gateway,
        )
    return [compare_outputs(run) for run in runs] if batch.compare else runs


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
