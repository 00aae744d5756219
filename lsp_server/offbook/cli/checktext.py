"""Findings as text and as JSON."""

from __future__ import annotations

from collections import Counter
from typing import Any

import click
import msgspec

from offbook.app.check import CheckReport, NotebookCheck
from offbook.diagnostics import Applicability, Diagnostic, Severity
from offbook.notebook import Notebook
from offbook.rules import all_rules
from offbook.text import split_lines

_COLOURS = {
    Severity.ERROR: "red",
    Severity.WARNING: "yellow",
    Severity.INFORMATION: "cyan",
    Severity.HINT: "bright_black",
}
_WIDTH = 100


def describe(checked: NotebookCheck) -> str:
    """Return a notebook's findings as text, with the source line and a mark below the place; empty without any."""
    title = click.style(str(checked.path), bold=True)
    lines = [f"{title}: {checked.problem}"] if checked.problem else []
    if checked.file is not None and checked.diagnostics:
        lines += [] if lines else [title]
        for diagnostic in checked.diagnostics:
            lines += _finding(diagnostic, checked.file.notebook)
    return "".join(f"{line}\n" for line in (*lines, "")) if lines else ""


def _finding(diagnostic: Diagnostic, notebook: Notebook) -> list[str]:
    start, end = diagnostic.span
    number = notebook.index(diagnostic.cell) + 1
    code = click.style(diagnostic.code, fg=_COLOURS[diagnostic.severity], bold=True)
    fixable = click.style(" [fixable]", fg="green") if _is_fixable(diagnostic) else ""
    lines = [f"  cell {number}, line {start.line + 1}: {code} {diagnostic.message}{fixable}"]
    source = split_lines(notebook.cell(diagnostic.cell).source)
    text = source[start.line] if start.line < len(source) else ""
    if text.strip():
        stop = end.column if end.line == start.line else len(text)
        shown, mark = _clipped(text, start.column, max(stop, start.column + 1))
        lines.append(f"      {shown}")
        if diagnostic.span.start != diagnostic.span.end:
            lines.append(f"      {click.style(mark, fg=_COLOURS[diagnostic.severity])}")
    return lines


def _clipped(text: str, start: int, stop: int) -> tuple[str, str]:
    """Return a line without its indentation, cut to a readable width around the place, and the mark below it."""
    text = text.expandtabs(1)
    first = min(len(text) - len(text.lstrip()), start)
    if start - first > _WIDTH // 2:
        first = start - _WIDTH // 2
    shown = text[first : first + _WIDTH]
    return shown, " " * (start - first) + "^" * max(1, min(stop, first + len(shown)) - start)


def _is_fixable(diagnostic: Diagnostic) -> bool:
    return diagnostic.fix is not None and diagnostic.fix.applicability is Applicability.SAFE


def summarize(report: CheckReport) -> str:
    """Return the last line: how much was found, and what can be fixed."""
    total = len(report.diagnostics)
    cells = sum(len(notebook.file.notebook.cells) for notebook in report.notebooks if notebook.file)
    count = len(report.notebooks)
    where = f"{count} notebook{'s' * (count != 1)}, {cells:,} cells, {report.seconds:.2f} s"
    if not total:
        broken = sum(bool(notebook.problem) for notebook in report.notebooks)
        return f"Nothing found ({where})." if not broken else f"{broken} could not be checked ({where})."
    safe = sum(map(_is_fixable, report.diagnostics))
    unsafe = sum(bool(item.fix and item.fix.applicability is Applicability.UNSAFE) for item in report.diagnostics)
    hints = [f"{safe} with `--fix`"] * bool(safe) + [f"{unsafe} with `--fix --unsafe-fixes`"] * bool(unsafe)
    fixable = f" Fixable: {', '.join(hints)}." if hints else ""
    return f"Found {total} problem{'s' * (total != 1)} ({where}).{fixable} `offbook rule CODE` explains a rule."


def statistics(report: CheckReport) -> str:
    """Return one line for each rule that was found, the most frequent first."""
    names = {rule.code: rule.name for rule in all_rules()}
    counted = Counter(diagnostic.code for diagnostic in report.diagnostics)
    return "".join(f"{count:6}  {code}  {names.get(code, '')}\n" for code, count in counted.most_common())


def to_json(report: CheckReport) -> str:
    """Return the findings in the documented JSON form, version 1."""
    diagnostics = [
        _to_dict(item, notebook, notebook.file.notebook)
        for notebook in report.notebooks
        if notebook.file is not None
        for item in notebook.diagnostics
    ]
    document = {
        "version": 1,
        "diagnostics": diagnostics,
        "problems": [
            {"path": str(notebook.path), "message": notebook.problem}
            for notebook in report.notebooks
            if notebook.problem
        ],
        "summary": {
            "notebooks": len(report.notebooks),
            "cells": sum(len(notebook.file.notebook.cells) for notebook in report.notebooks if notebook.file),
            "diagnostics": len(diagnostics),
            "seconds": round(report.seconds, 3),
        },
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()


def _to_dict(item: Diagnostic, checked: NotebookCheck, notebook: Notebook) -> dict[str, Any]:
    start, end = item.span
    return {
        "path": str(checked.path),
        "cell": {"index": notebook.index(item.cell), "id": item.cell},
        "range": {"start": start._asdict(), "end": end._asdict()},
        "code": item.code,
        "name": item.name,
        "severity": item.severity.name.lower(),
        "message": item.message,
        "fix": {"title": item.fix.title, "applicability": item.fix.applicability.value} if item.fix else None,
        "url": item.url,
    }
