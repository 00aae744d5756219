"""JUnit's XML, which every build server shows: a test for each notebook."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

from offbook.cli.checkplaces import portable_path

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write."""


@dataclass(frozen=True, slots=True)
class Case:
    """What one notebook came to.

    Attributes:
        path: as the user named it.
        outcome: empty where it passed.
        kind: the outcome's name in offbook.
        message: the outcome in one sentence.
        text: all that there is to say about it.
        seconds: how long it took.
    """

    path: Path
    outcome: Literal["", "failure", "error", "skipped"] = ""
    kind: str = ""
    message: str = ""
    text: str = ""
    seconds: float = 0.0


def render_suite(name: str, cases: Sequence[Case], seconds: float) -> str:
    """Return the test suite of one command."""
    count = {
        "tests": str(len(cases)),
        "failures": _count(cases, "failure"),
        "errors": _count(cases, "error"),
        "skipped": _count(cases, "skipped"),
        "time": f"{seconds:.3f}",
    }
    suites = ElementTree.Element("testsuites", {"name": name, **count})
    suite = ElementTree.SubElement(suites, "testsuite", {"name": name, **count})
    for case in cases:
        _add_case(suite, case)
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(suites, encoding="unicode")


def _count(cases: Sequence[Case], outcome: str) -> str:
    return str(sum(case.outcome == outcome for case in cases))


def _add_case(suite: ElementTree.Element, case: Case) -> None:
    path = _clean(portable_path(case.path))
    names = {"classname": "offbook", "name": path, "file": path, "time": f"{case.seconds:.3f}"}
    test = ElementTree.SubElement(suite, "testcase", names)
    if not case.outcome:
        return
    said = {"message": _clean(case.message)}
    if case.outcome != "skipped":  # it has no type in JUnit's schemas
        said["type"] = case.kind
    ElementTree.SubElement(test, case.outcome, said).text = _clean(case.text) or None


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
