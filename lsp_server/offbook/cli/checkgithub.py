"""Findings as annotations of GitHub's workflows.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from offbook.app.results import CheckReport
from offbook.cli.checkplaces import Located, located_findings, portable_path
from offbook.diagnostics import Diagnostic, Severity

_COMMANDS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFORMATION: "notice",
    Severity.HINT: "notice",
}


def render(report: CheckReport) -> str:
    """Return one workflow command for each finding and each notebook that could not be checked."""
    lines: list[str] = []
    for checked in report.notebooks:
        path = portable_path(checked.path)
        if checked.problem:
            lines.append(f"::error file={_value(path)},title=offbook::{_text(checked.problem)}")
        lines += [_command(item, located, path) for item, located in located_findings(checked)]
    return "\n".join(lines)


def _command(item: Diagnostic, located: Located, path: str) -> str:
    start, end = located.in_file(item.cell, item.span)
    place = {"file": path, "line": str(start.line + 1), "endLine": str(end.line + 1)}
    if start.line == end.line:  # GitHub takes columns of one line only
        place |= {"col": str(start.column + 1), "endColumn": str(end.column + 1)}
    place["title"] = f"{item.code} {item.name}"
    values = ",".join(f"{key}={_value(value)}" for key, value in place.items())
    message = f"{located.spoken(item.cell, item.span)}: {item.message}"
    return f"::{_COMMANDS[item.severity]} {values}::{_text(message)}"


def _text(text: str) -> str:
    """Escape a command's text."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _value(text: str) -> str:
    """Escape a command's property."""
    return _text(text).replace(":", "%3A").replace(",", "%2C")
