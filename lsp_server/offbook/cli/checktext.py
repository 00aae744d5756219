"""Findings as text, grouped by notebook."""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path

import click

from offbook.app.results import CheckReport, FoundCells, NotebookCheck, spoken_place
from offbook.diagnostics import Applicability, Diagnostic, Severity
from offbook.rules import CATALOGUE
from offbook.text import split_lines

_COLOURS = {
    Severity.ERROR: "red",
    Severity.WARNING: "yellow",
    Severity.INFORMATION: "cyan",
    Severity.HINT: "bright_black",
}
_WIDTH = 100
_SECRETS = frozenset({"OB602"})
"""Rules whose finding must not be shown, as the text may end in a log."""
_SHOWN = 4
"""Characters of a secret that are shown, so that its owner knows it."""


def describe(checked: NotebookCheck) -> str:
    """Return a notebook's findings as text, with the source line and a mark below the place; empty without any."""
    title = click.style(str(checked.path), bold=True)
    lines = [f"{title}: {checked.problem}"] if checked.problem else []
    if checked.cells is not None and checked.diagnostics:
        lines += [] if lines else [title]
        for diagnostic in checked.diagnostics:
            lines += _finding(diagnostic, checked.path, checked.cells)
    return "".join(f"{line}\n" for line in (*lines, "")) if lines else ""


def _finding(diagnostic: Diagnostic, path: Path, cells: FoundCells) -> list[str]:
    start, end = diagnostic.span
    place = spoken_place(path, cells.index(diagnostic.cell), start.line)
    code = _link(click.style(diagnostic.code, fg=_COLOURS[diagnostic.severity], bold=True), diagnostic.url)
    fixable = click.style(" [fixable]", fg="green") if is_fixable(diagnostic) else ""
    lines = [f"  {place}: {code} {diagnostic.message}{fixable}"]
    source = split_lines(cells.source(diagnostic.cell))
    text = source[start.line] if start.line < len(source) else ""
    if text.strip():
        stop = end.column if end.line == start.line else len(text)
        if diagnostic.code in _SECRETS:
            first = min(start.column + _SHOWN, stop)
            text = text[:first] + "*" * (stop - first) + text[stop:]
        shown, mark = _clipped(text, start.column, max(stop, start.column + 1))
        lines.append(f"      {shown}")
        if diagnostic.span.start != diagnostic.span.end:
            lines.append(f"      {click.style(mark, fg=_COLOURS[diagnostic.severity])}")
    return lines


def _link(text: str, address: str) -> str:
    """Return text that a terminal shows as a link; where it goes elsewhere, just the text."""
    ends_in_terminal = sys.stdout.isatty() and os.environ.get("TERM") != "dumb" and "NO_COLOR" not in os.environ
    return f"\x1b]8;;{address}\x1b\\{text}\x1b]8;;\x1b\\" if ends_in_terminal else text


def _clipped(text: str, start: int, stop: int) -> tuple[str, str]:
    """Return a line without its indentation, cut to a readable width around the place, and the mark below it."""
    text = text.expandtabs(1)
    first = min(len(text) - len(text.lstrip()), start)
    if start - first > _WIDTH // 2:
        first = start - _WIDTH // 2
    shown = text[first : first + _WIDTH]
    return shown, " " * (start - first) + "^" * max(1, min(stop, first + len(shown)) - start)


def is_fixable(diagnostic: Diagnostic) -> bool:
    """Tell whether `--fix` mends a finding."""
    return diagnostic.fix is not None and diagnostic.fix.applicability is Applicability.SAFE


def summarize(report: CheckReport) -> str:
    """Return the last line: how much was found, and what can be fixed."""
    total = len(report.diagnostics)
    cells = report.cells
    count = len(report.notebooks)
    where = f"{report.count()}, {cells:,} cell{'s' * (cells != 1)}, {report.seconds:.2f} s"
    if not count:
        return "There is no notebook to check: folders without any, or left out by `exclude` in the settings."
    if not total:
        broken = sum(bool(notebook.problem) for notebook in report.notebooks)
        return f"Nothing found ({where})." if not broken else f"{broken} could not be checked ({where})."
    safe = sum(map(is_fixable, report.diagnostics))
    unsafe = sum(bool(item.fix and item.fix.applicability is Applicability.UNSAFE) for item in report.diagnostics)
    hints = [f"{safe} with `--fix`"] * bool(safe) + [f"{unsafe} with `--fix --unsafe-fixes`"] * bool(unsafe)
    fixable = f" Fixable: {', '.join(hints)}." if hints else ""
    return f"Found {total} problem{'s' * (total != 1)} ({where}).{fixable} `offbook rule CODE` explains a rule."


def statistics(report: CheckReport) -> str:
    """Return one line for each rule that was found, the most frequent first."""
    names = {rule.code: rule.name for rule in CATALOGUE}
    counted = Counter(diagnostic.code for diagnostic in report.diagnostics)
    return "".join(f"{count:6}  {code}  {names.get(code, '')}\n" for code, count in counted.most_common())
