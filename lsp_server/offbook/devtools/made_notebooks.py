"""Notebooks that are made to be measured, or to be killed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path


def write_notebook(path: Path, sources: Iterable[str], kernel: str = "") -> Path:
    """Write a notebook of code cells that were not run; ``kernel`` names its kernelspec. Return its path."""
    empty: dict[str, object] = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    cells = [{**empty, "id": f"c{number}", "source": source} for number, source in enumerate(sources)]
    spec = {"kernelspec": {"name": kernel, "display_name": kernel, "language": "python"}} if kernel else {}
    document = {"cells": cells, "metadata": spec, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path
