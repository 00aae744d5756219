"""The notebook of a command's test: written for it, and read again."""

from __future__ import annotations

import json
from pathlib import Path


def write_notebook(folder: Path, *sources: str) -> Path:
    """Write a notebook of code cells that never ran into a project of its own."""
    (folder / "pyproject.toml").write_text("")
    path = folder / "notebook.ipynb"
    cells = [
        {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": source}
        for source in sources
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path.write_text(json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 4}, indent=1))
    return path


def sources(path: Path) -> list[str]:
    """Return the sources of a notebook's cells."""
    return ["".join(cell["source"]) for cell in json.loads(path.read_text())["cells"]]
