"""``offbook run``: restart and run notebooks from top to bottom, each in a fresh kernel."""

from __future__ import annotations

import importlib
from pathlib import Path

import click

from offbook.app.ahead import start_ahead
from offbook.app.paths import find_notebooks
from offbook.errors import UserError

_FORMATS = ("text", "json", "sarif", "junit", "github")


@click.command(name="run", short_help="Restart and run notebooks, each in a fresh kernel.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), metavar="S", help="Seconds for one notebook.")
@click.option("--cell-timeout", type=click.FloatRange(min=0, min_open=True), metavar="S", help="Seconds for one cell.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Notebooks run side by side.")
@click.option("--cluster", metavar="ADDRESS", help="Run them on a Dask cluster, or a Jupyter Gateway.")
@click.option("--keep-going", is_flag=True, help="Run the cells behind one that fails, too.")
@click.option("--force", is_flag=True, help="Run notebooks though nothing changed since they passed.")
@click.option("--compare", is_flag=True, help="Hold the fresh outputs against the stored ones.")
@click.option("--write", is_flag=True, help="Save the fresh outputs of the notebooks that pass.")
@click.option(
    "--report", type=click.Path(path_type=Path, dir_okay=False), help="Write an HTML page of it to this file."
)
@click.option("--format", "form", type=click.Choice(_FORMATS), default="text", show_default=True)
def command(
    paths: tuple[Path, ...],
    timeout: float | None,
    cell_timeout: float | None,
    jobs: int,
    cluster: str | None,
    keep_going: bool,
    force: bool,
    compare: bool,
    write: bool,
    report: Path | None,
    form: str,
) -> int:
    """Run notebooks from top to bottom, each in a fresh kernel and in its own folder.

    PATHS are notebooks, or folders that are searched for them. Nothing is written without --write. In messages, all
    cells count, from 1; in JSON, from 0. A notebook with a cell that is tagged `offbook:skip` (or
    `offbook:skip=reason`) is skipped; a cell that is tagged `raises-exception` may fail. The marks of nbval, such as
    `# NBVAL_SKIP` and `# NBVAL_RAISES_EXCEPTION`, mean the same here.

    A run that passes leaves a receipt. While the code, the modules and data files that it read, and the kernel's
    packages are what they were, the notebook is not run again (`cached`); --force runs it, and so do --compare and
    --write.

    --compare tells which cells show something else than the notebook's file does (`differs`). Memory addresses,
    timings, temporary paths and the last digits of decimal numbers do not count, nor do cells that are tagged
    `offbook:ignore-output`; `offbook:tolerance=1e-3` lets numbers differ more. --write accepts the fresh outputs.
    --report writes a page that shows the failing and the differing cells, with tables and pictures, to look at.

    --cluster tcp://HOST:8786 runs them on the workers of a Dask cluster, which see the same files under the same paths;
    --jobs has no effect then. Notebooks of a lost worker run again on another. --cluster https://HOST has a Jupyter
    Gateway, or Jupyter's server, run the kernels; its key is in the variable JUPYTER_GATEWAY_AUTH_TOKEN.

    The exit status is 0 where all notebooks pass, are cached or skipped, 1 where one does not run or differs and
    is not written, 2 for a wrong call.
    """
    notebooks = find_notebooks(paths)
    if not notebooks:
        raise UserError("there is no notebook in " + ", ".join(map(str, paths)))
    if report is not None:
        importlib.import_module("offbook.text").require_writable(report)
    force = force or compare or write
    servers = None if cluster else start_ahead(notebooks, force=force)
    from offbook.cli.runbatch import Batch, run_batch  # noqa: PLC0415  (loads while the kernels' interpreter starts)
    from offbook.running import Limits  # noqa: PLC0415

    limits = Limits(total=timeout, cell=cell_timeout, keep_going=keep_going)
    batch = Batch(notebooks, limits, jobs, cluster, force=force, compare=compare, write=write)
    return run_batch(batch, servers, report=report, form=form)
