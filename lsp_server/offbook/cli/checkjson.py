"""Findings as JSON, version 1."""

from __future__ import annotations

import json
from typing import Any

from offbook.app.results import CheckReport, FoundCells, NotebookCheck
from offbook.diagnostics import Diagnostic


def render(report: CheckReport) -> str:
    """Return the findings in the documented JSON form; cells and lines are counted from 0."""
    diagnostics = [
        _to_dict(item, checked, checked.cells)
        for checked in report.notebooks
        if checked.cells is not None
        for item in checked.diagnostics
    ]
    document = {
        "version": 1,
        "diagnostics": diagnostics,
        "problems": [
            {"path": str(checked.path), "message": checked.problem} for checked in report.notebooks if checked.problem
        ],
        "summary": {
            "notebooks": len(report.notebooks),
            "cells": report.cells,
            "diagnostics": len(diagnostics),
            "seconds": round(report.seconds, 3),
        },
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _to_dict(item: Diagnostic, checked: NotebookCheck, cells: FoundCells) -> dict[str, Any]:
    start, end = item.span
    return {
        "path": str(checked.path),
        "cell": {"index": cells.index(item.cell), "id": item.cell},
        "range": {"start": start._asdict(), "end": end._asdict()},
        "code": item.code,
        "name": item.name,
        "severity": item.severity.name.lower(),
        "message": item.message,
        "fix": {"title": item.fix.title, "applicability": item.fix.applicability.value} if item.fix else None,
        "url": item.url,
    }
