"""Runs as annotations of GitHub's workflows."""

from __future__ import annotations

from collections.abc import Sequence

from offbook.app.run import NotebookRun
from offbook.cli import checkgithub
from offbook.cli.runfindings import find


def render(runs: Sequence[NotebookRun], seconds: float) -> str:
    """Return one workflow command for each failing or differing cell, and for each notebook that does not start."""
    return checkgithub.render(find(runs, seconds))
