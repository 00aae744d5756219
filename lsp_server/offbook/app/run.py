"""Restart and run all, with its failure explained: the use case behind every face's run check."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from offbook.analysis import analyze
from offbook.notebook import Notebook
from offbook.running import Limits, Progress, RunReport, Surroundings, explained, run_notebook, run_sync
from offbook.vcs import Git


async def check_run(
    notebook: Notebook,
    *,
    root: Path | None = None,
    cwd: Path | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
    environment: Mapping[str, str] | None = None,
    hidden: frozenset[str] = frozenset(),
) -> RunReport:
    """Run a notebook from top to bottom in a fresh kernel, and explain a failure.

    Cancelling the awaiting task kills the kernel and all that it started. Nothing is written.

    Args:
        notebook: what to run; an editor's unsaved content, too.
        root: the workspace; the notebook's folder where ``None``.
        cwd: the folder to run in; the notebook's where ``None``.
        limits: how long it may take.
        progress: told of every cell.
        environment: the kernel's environment; this process's where ``None``.
        hidden: see :class:`~offbook.running.Surroundings`.
    """
    cwd = (cwd or notebook.path.parent).resolve()
    report = await run_notebook(notebook, cwd=cwd, limits=limits, progress=progress, environment=environment)
    if report.failure is None:
        return report
    top = (root or cwd).resolve()
    git = Git.at(cwd)
    tracked = git.tracks if git.top_level() is not None else None
    return explained(report, analyze(notebook), Surroundings(cwd, top, report.python, tracked, hidden))


def check_run_sync(
    notebook: Notebook, *, root: Path | None = None, limits: Limits | None = None, progress: Progress | None = None
) -> RunReport:
    """Do as :func:`check_run`, outside an event loop.

    Raises:
        KeyboardInterrupt: where it was interrupted; the kernel is gone by then.
    """
    return run_sync(check_run(notebook, root=root, limits=limits, progress=progress))
