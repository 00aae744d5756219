"""Runs in SARIF 2.1.0."""

from __future__ import annotations

from collections.abc import Sequence

from offbook.app.run import NotebookRun
from offbook.cli import checksarif
from offbook.cli.runfindings import find

_OUTCOMES = {
    "run-failed": "A cell fails when the notebook runs from top to bottom in a fresh kernel.",
    "run-timeout": "The notebook takes longer than it may.",
    "run-dead-kernel": "The kernel dies while the notebook runs.",
    "run-differs": "A cell shows something else than the notebook's file does.",
}
"""What a run can find, by its code."""


def render(runs: Sequence[NotebookRun], seconds: float) -> str:
    """Return a log of one run: the failing and differing cells, and the notebooks that do not start."""
    return checksarif.render(find(runs, seconds), _OUTCOMES)
