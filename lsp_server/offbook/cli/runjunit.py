"""Runs as JUnit's XML."""

from __future__ import annotations

from collections.abc import Sequence

import click

from offbook.app.run import NotebookRun
from offbook.cli.junit import Case, render_suite
from offbook.cli.runtext import describe


def render(runs: Sequence[NotebookRun], seconds: float) -> str:
    """Return a test suite: a notebook fails at a cell, and is an error where none of its cells ran."""
    return render_suite("offbook run", [_case(run) for run in runs], seconds)


def _case(run: NotebookRun) -> Case:
    report, outcome = run.report, run.outcome
    if outcome in ("passed", "cached"):
        return Case(run.path, seconds=report.seconds)
    if outcome == "skipped":
        return Case(run.path, "skipped", outcome, report.reason)
    text = click.unstyle(describe(run))
    if report.failure is not None:
        text += "\n" + report.failure.traceback
    ran = report.failure is None or report.failure.cell is not None
    return Case(run.path, "failure" if ran else "error", outcome, run.message, text.strip(), report.seconds)
