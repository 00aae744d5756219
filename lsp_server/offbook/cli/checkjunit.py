"""Findings as JUnit's XML, which every build server shows: a test for each notebook."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from offbook.app.results import CheckReport, FoundCells, NotebookCheck
from offbook.cli.checkplaces import portable_path
from offbook.diagnostics import Diagnostic

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write."""


def render(report: CheckReport) -> str:
    """Return a test suite: a notebook fails with its findings, and is an error where it could not be checked."""
    count = {
        "tests": str(len(report.notebooks)),
        "failures": str(sum(bool(item.diagnostics) and not item.problem for item in report.notebooks)),
        "errors": str(sum(bool(item.problem) for item in report.notebooks)),
        "time": f"{report.seconds:.3f}",
    }
    suites = ElementTree.Element("testsuites", {"name": "offbook check", **count})
    suite = ElementTree.SubElement(suites, "testsuite", {"name": "offbook check", **count, "skipped": "0"})
    for checked in report.notebooks:
        _add_case(suite, checked)
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(suites, encoding="unicode")


def _add_case(suite: ElementTree.Element, checked: NotebookCheck) -> None:
    path = _clean(portable_path(checked.path))
    case = ElementTree.SubElement(suite, "testcase", {"classname": "offbook", "name": path, "file": path, "time": "0"})
    if checked.problem:
        ElementTree.SubElement(case, "error", {"type": "unreadable", "message": _clean(checked.problem)})
    elif checked.diagnostics and checked.cells is not None:
        total = len(checked.diagnostics)
        codes = ", ".join(sorted({item.code for item in checked.diagnostics}))
        said = f"{total} problem{'s' * (total != 1)}: {codes}"
        failure = ElementTree.SubElement(case, "failure", {"type": "findings", "message": said})
        failure.text = _clean("\n".join(_line(item, checked.cells) for item in checked.diagnostics))


def _line(item: Diagnostic, cells: FoundCells) -> str:
    place = f"cell {cells.index(item.cell) + 1}, line {item.span.start.line + 1}"
    return f"{place}: {item.severity.name.lower()} {item.code} {item.message}"


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
