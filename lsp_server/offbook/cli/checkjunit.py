"""Findings as JUnit's XML."""

from __future__ import annotations

from pathlib import Path

from offbook.app.results import CheckReport, FoundCells, NotebookCheck, spoken_place
from offbook.cli.junit import Case, render_suite
from offbook.diagnostics import Diagnostic


def render(report: CheckReport) -> str:
    """Return a test suite: a notebook fails with its findings, and is an error where it could not be checked."""
    return render_suite("offbook check", [_case(checked) for checked in report.notebooks], report.seconds)


def _case(checked: NotebookCheck) -> Case:
    if checked.problem:
        return Case(checked.path, "error", "unreadable", checked.problem)
    if not checked.diagnostics or checked.cells is None:
        return Case(checked.path)
    total = len(checked.diagnostics)
    codes = ", ".join(sorted({item.code for item in checked.diagnostics}))
    text = "\n".join(_line(item, checked.path, checked.cells) for item in checked.diagnostics)
    return Case(checked.path, "failure", "findings", f"{total} problem{'s' * (total != 1)}: {codes}", text)


def _line(item: Diagnostic, path: Path, cells: FoundCells) -> str:
    place = spoken_place(path, cells.index(item.cell), item.span.start.line)
    return f"{place}: {item.severity.name.lower()} {item.code} {item.message}"
