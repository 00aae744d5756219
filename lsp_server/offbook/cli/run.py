"""``offbook run``: restart and run notebooks from top to bottom, each in a fresh kernel."""

from __future__ import annotations

import time
from pathlib import Path

import click

from offbook.app.paths import find_notebooks
from offbook.app.run import NotebookRun, check_runs, save_outputs
from offbook.cli.runprogress import run_progress
from offbook.cli.runtext import describe, summarize, to_json
from offbook.errors import UserError
from offbook.running import Limits


@click.command(name="run", short_help="Restart and run notebooks, each in a fresh kernel.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), metavar="S", help="Seconds for one notebook.")
@click.option("--cell-timeout", type=click.FloatRange(min=0, min_open=True), metavar="S", help="Seconds for one cell.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Notebooks run side by side.")
@click.option("--force", is_flag=True, help="Run notebooks though nothing changed since they passed.")
@click.option("--write", is_flag=True, help="Save the fresh outputs of the notebooks that pass.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    paths: tuple[Path, ...],
    timeout: float | None,
    cell_timeout: float | None,
    jobs: int,
    force: bool,
    write: bool,
    form: str,
) -> int:
    """Run notebooks from top to bottom, each in a fresh kernel and in its own folder.

    PATHS are notebooks, or folders that are searched for them. Nothing is written without --write. In messages, all
    cells count, from 1; in JSON, from 0. A notebook with a cell that is tagged `offbook:skip` (or
    `offbook:skip=reason`) is skipped; a cell that is tagged `raises-exception` may fail.

    A run that passes leaves a receipt. While the code, the modules and data files that it read, and the kernel's
    packages are what they were, the notebook is not run again (`cached`); --force runs it, and so does --write.

    The exit status is 0 where all notebooks pass, are cached or skipped, 1 where one does not run, 2 for a wrong call.
    """
    notebooks = find_notebooks(paths)
    if not notebooks:
        raise UserError("there is no notebook in " + ", ".join(map(str, paths)))
    started = time.monotonic()
    with run_progress(notebooks) as tell:
        limits = Limits(total=timeout, cell=cell_timeout)
        runs = check_runs(notebooks, jobs=jobs, limits=limits, progress=tell, force=force or write)
    unsaved = _save(runs) if write else []
    seconds = time.monotonic() - started
    if form == "json":
        click.echo(to_json(runs, seconds))
    else:
        for run in runs:
            click.echo(describe(run))
        click.echo(summarize(runs, seconds))
    for problem in unsaved:
        click.echo(f"offbook: {problem}", err=True)
    if unsaved:
        return 2
    return int(any(run.report.status not in ("passed", "skipped", "cached") for run in runs))


def _save(runs: list[NotebookRun]) -> list[str]:
    """Save the outputs of what passed; return what could not be saved."""
    problems = []
    for run in runs:
        try:
            save_outputs(run)
        except UserError as error:
            problems.append(f"{run.path}: {error}")
    return problems
