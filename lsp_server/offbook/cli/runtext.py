"""The result of ``offbook run`` in words and in JSON."""

from __future__ import annotations

import json
import re
from collections import Counter
from difflib import SequenceMatcher
from typing import Any

import click

from offbook.app.run import NotebookRun
from offbook.running import Difference, RunFailure, first_line
from offbook.text import split_lines

_FRAME = re.compile(r"^\s*Cell In\[(\d+)\], line (\d+)", re.MULTILINE)
_AROUND = 2
_COLOURS = {"passed": "green", "cached": "green", "skipped": "yellow"}


def describe(run: NotebookRun) -> str:
    """Return what a run came to: one line where it passed, one screen where it did not."""
    report = run.report
    mark = click.style(f"{run.outcome:<11}", fg=_COLOURS.get(run.outcome, "red"), bold=True)
    lines = [f"{mark} {run.path}: {run.message}"]
    lines += [f"  note: {note}" for note in report.notes]
    for difference in run.differences:
        lines += _difference(difference)
    failure = report.failure
    if failure is None or failure.cell is None:
        return "\n".join(lines)
    lines += _code(run, failure)
    lines.append(f"  {failure.ename}: {first_line(failure.evalue)}")
    if failure.explanation:
        lines += ["", f"  {failure.explanation}"]
    return "\n".join([*lines, ""])


def _difference(difference: Difference) -> list[str]:
    """Return what differs, and both sides as a diff."""
    lines = diff_lines(difference)
    return [f"  {difference.what}:" if lines else f"  {difference.what}", *(f"    {line}" for line in lines)]


def diff_lines(difference: Difference) -> list[str]:
    """Return what was shown before and what is now, with their signs; lines that are equal stand there once."""
    before, after = difference.before.splitlines(), difference.after.splitlines()
    lines = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            lines += [f"  {line}" for line in before[a:b]]
        else:
            lines += [*(f"- {line}" for line in before[a:b]), *(f"+ {line}" for line in after[c:d])]
    return lines


def _code(run: NotebookRun, failure: RunFailure) -> list[str]:
    """Return the failing line with the lines around it."""
    if run.file is None or failure.cell is None:
        return []
    source = split_lines(run.file.notebook.cell(failure.cell).source)
    at = min(failing_line(run, failure), len(source) - 1)
    first = max(0, at - _AROUND)
    shown = []
    for number, line in enumerate(source[first : first + 2 * _AROUND + 1], first):
        arrow = "-->" if number == at else "   "
        shown.append(f"  {arrow} {number + 1:>3} | {line}")
    return ["", *shown, ""]


def failing_line(run: NotebookRun, failure: RunFailure) -> int:
    """Return the line of the failing cell at which it fails, from 0; -1 where that is not known."""
    count = next((str(cell.execution_count) for cell in run.report.cells if cell.cell == failure.cell), "")
    lines = [int(line) for number, line in _FRAME.findall(failure.traceback) if number == count]
    return lines[0] - 1 if lines else -1


def summarize(runs: list[NotebookRun], seconds: float) -> str:
    """Return the last line."""
    counts = Counter(run.outcome for run in runs)
    parts = ", ".join(f"{count} {status}" for status, count in counts.items())
    return f"{len(runs)} notebook{'s' * (len(runs) != 1)}: {parts} in {seconds:.1f} s"


def to_json(runs: list[NotebookRun], seconds: float) -> str:
    """Return the documented JSON object."""
    counts = Counter(run.outcome for run in runs)
    summary: dict[str, float] = {"notebooks": len(runs), "seconds": round(seconds, 3)}
    summary.update(sorted(counts.items()))
    return json.dumps(
        {"version": 1, "notebooks": [_notebook(run) for run in runs], "summary": summary}, ensure_ascii=False
    )


def _notebook(run: NotebookRun) -> dict[str, Any]:
    report = run.report
    return {
        "path": run.path.as_posix(),
        "status": run.outcome,
        "message": run.message,
        "seconds": round(report.seconds, 3),
        "cells": {"total": report.total, "executed": report.executed},
        "failure": report.failure and _failure(report.failure),
        "notes": list(report.notes),
        "differences": [
            {"cell": found.index, "what": found.what, "before": found.before, "after": found.after}
            for found in run.differences
        ],
    }


def _failure(failure: RunFailure) -> dict[str, Any]:
    return {
        "cell": None if failure.cell is None else {"index": failure.index, "id": failure.cell},
        "ename": failure.ename,
        "evalue": failure.evalue,
        "traceback": failure.traceback,
        "explanation": failure.explanation,
    }
