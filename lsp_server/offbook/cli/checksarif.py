"""Findings in SARIF 2.1.0, the format of code scanning: https://docs.oasis-open.org/sarif/sarif/v2.1.0/.

Regions are those of the notebook's file, so that a code host shows the right line; the cell is the logical location.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import starmap
from pathlib import Path
from typing import Any
from urllib.parse import quote

from offbook import version
from offbook.app.results import CheckReport, NotebookCheck
from offbook.cli.checkplaces import Located, located_findings, portable_path
from offbook.diagnostics import DOCUMENTATION, Diagnostic, Severity
from offbook.notebook import CellId
from offbook.notebook.modulefile import is_module
from offbook.rules import Rule, all_rules
from offbook.rules.page import rule_page
from offbook.text import Span, split_lines

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFORMATION: "note", Severity.HINT: "note"}
_Json = dict[str, Any]


def render(report: CheckReport, kinds: Mapping[str, str] | None = None) -> str:
    """Return a log of one run: the rules, the findings, and what could not be checked.

    Args:
        report: the findings.
        kinds: what else than rules can be found: codes, and what they mean.
    """
    rules = [_descriptor(rule) for rule in all_rules()] if kinds is None else list(starmap(_kind, kinds.items()))
    numbers = {rule["id"]: number for number, rule in enumerate(rules)}
    results = [result for checked in report.notebooks for result in _results(checked, numbers)]
    problems = [_problem(checked) for checked in report.notebooks if checked.problem]
    run = {
        "tool": {"driver": _driver(rules)},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"uri": Path.cwd().as_uri().rstrip("/") + "/"}},
        "invocations": [{"executionSuccessful": not problems, "toolExecutionNotifications": problems}],
        "results": results,
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, ensure_ascii=False)


def _driver(rules: list[_Json]) -> _Json:
    return {
        "name": "offbook",
        "version": version(),
        "informationUri": DOCUMENTATION.rpartition("/")[0],
        "rules": rules,
    }


def _descriptor(rule: Rule) -> _Json:
    page = rule_page(rule)
    return {
        "id": rule.code,
        "name": _camel(rule.name),
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.summary},
        "help": {"text": page, "markdown": page},
        "helpUri": f"{DOCUMENTATION}/{rule.code}",
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": ["notebook", rule.name]},
    }


def _kind(code: str, meaning: str) -> _Json:
    """Describe what is found otherwise than by a rule."""
    return {
        "id": code,
        "name": _camel(code),
        "shortDescription": {"text": meaning},
        "defaultConfiguration": {"level": _LEVELS[Severity.ERROR]},
    }


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("-"))


def _results(checked: NotebookCheck, numbers: Mapping[str, int]) -> Iterator[_Json]:
    """Yield a notebook's findings; their rules are numbered."""
    artifact = _artifact(checked.path)
    seen: Counter[str] = Counter()
    for item, located in located_findings(checked):
        result: _Json = {
            "ruleId": item.code,
            "level": _LEVELS[item.severity],
            "message": {"text": _message(item, located)},
            "locations": [_location(artifact, located, item.cell, item.span)],
            "partialFingerprints": {"offbook/v1": _fingerprint(item, located, seen)},
        }
        if item.code in numbers:
            result["ruleIndex"] = numbers[item.code]
        if item.related:
            result["relatedLocations"] = [
                {"id": number, "message": {"text": place.message}}
                | _location(artifact, located, place.cell, place.span)
                for number, place in enumerate(item.related, start=1)
            ]
        yield result


def _location(artifact: _Json, located: Located, cell: CellId, span: Span) -> _Json:
    start, end = located.in_file(cell, span)
    region = {
        "startLine": start.line + 1,
        "startColumn": start.column + 1,
        "endLine": end.line + 1,
        "endColumn": end.column + 1,
    }
    physical = {"physicalLocation": {"artifactLocation": artifact, "region": region}}
    if is_module(located.notebook.path):
        return physical
    logical = {"name": f"cell {located.number(cell)}", "fullyQualifiedName": located.spoken(cell, span)}
    return physical | {"logicalLocations": [logical]}


def _message(item: Diagnostic, located: Located) -> str:
    if is_module(located.notebook.path):
        return item.message
    return f"Cell {located.number(item.cell)}: {item.message}"


def _artifact(path: Path) -> _Json:

    portable = portable_path(path)
    if Path(portable).is_absolute():
        return {"uri": Path(portable).as_uri()}
    return {"uri": quote(portable), "uriBaseId": _ROOT}


def _fingerprint(item: Diagnostic, located: Located, seen: Counter[str]) -> str:
    """Return what names a finding when lines above it have come or gone: its rule and line, and which of its like."""
    lines = split_lines(located.notebook.cell(item.cell).source)
    line = lines[item.span.start.line].strip() if item.span.start.line < len(lines) else ""
    digest = hashlib.sha256(f"{item.code}\n{line}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
    seen[digest] += 1
    return f"{digest}:{seen[digest]}"


def _problem(checked: NotebookCheck) -> _Json:
    return {
        "level": "error",
        "message": {"text": checked.problem},
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(checked.path)}}],
    }
