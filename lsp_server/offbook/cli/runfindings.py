"""Runs as findings, for the formats of code hosts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from offbook.app.results import CheckReport, NotebookCheck
from offbook.app.run import NotebookRun
from offbook.cli.runtext import diff_lines, failing_line
from offbook.diagnostics import Diagnostic, Severity
from offbook.notebook import Cell, NotebookFile
from offbook.running import Difference, RunFailure, first_line
from offbook.text import Span, split_lines


def find(runs: Sequence[NotebookRun], seconds: float) -> CheckReport:
    """Return the failing and the differing cells as findings; a notebook without such a cell has a problem."""
    return CheckReport(tuple(map(_notebook, runs)), seconds)


def _notebook(run: NotebookRun) -> NotebookCheck:
    findings = tuple(_findings(run, run.file)) if run.file is not None else ()
    fine = run.outcome in ("passed", "cached", "skipped")
    return NotebookCheck(run.path, run.file, findings, "" if fine or findings else _problem(run))


def _problem(run: NotebookRun) -> str:
    return "\n".join([run.message, *(found.what for found in run.differences)])


def _findings(run: NotebookRun, file: NotebookFile) -> Iterator[Diagnostic]:
    failure = run.report.failure
    if failure is not None and failure.cell is not None:
        place = _line(file.notebook.cell(failure.cell), max(0, failing_line(run, failure)))
        message = "\n".join(filter(None, [_error(failure), failure.explanation]))
        yield Diagnostic(f"run-{run.outcome}", failure.ename, Severity.ERROR, message, failure.cell, place)
    for found in run.differences:
        if found.index >= 0:
            cell = file.notebook.cells[found.index]
            yield Diagnostic("run-differs", "output", Severity.ERROR, _difference(found), cell.id, _line(cell, 0))


def _error(failure: RunFailure) -> str:
    return f"{failure.ename}: {first_line(failure.evalue)}"


def _difference(found: Difference) -> str:
    """Return what differs and the diff; the cell's number stands before it."""
    return "\n".join([found.what.removeprefix(f"cell {found.index + 1} "), *diff_lines(found)])


def _line(cell: Cell, number: int) -> Span:
    """Return the span of one line of a cell."""
    lines = split_lines(cell.source) or [""]
    number = min(number, len(lines) - 1)
    return Span.on_line(number, end=len(lines[number].rstrip("\r\n")))
