"""A workspace whose notebook reads modules, data, a database and a folder."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from offbook.app.ledger import Ledger
from offbook.app.run import check_runs
from offbook.notebook import NotebookFile

SOURCES = [
    "import colorsys, csv, os, glob\nimport helpers\nfrom package import inner",
    "rows = list(csv.reader(open('data/rows.csv')))\nos.environ.get('OWN_SETTING')",
    "text = !cat shown.txt\nglob.glob('data/*.csv')\nimport sqlite3; sqlite3.connect('base.db').execute('select 1')",
    "open('out.txt', 'w').write('x')\nopen('out.txt').read()\nopen('log.txt', 'a').write('x')",
]


def write(path: Path, sources: list[str], kernel: str = "own", outputs: str = "", title: str = "# title") -> None:
    cells: list[dict[str, object]] = [{"cell_type": "markdown", "id": "m", "metadata": {}, "source": title}]
    stream = [{"output_type": "stream", "name": "stdout", "text": outputs}] if outputs else []
    cells += [
        {
            "cell_type": "code",
            "id": f"c{at}",
            "metadata": {},
            "source": source,
            "outputs": stream,
            "execution_count": at,
        }
        for at, source in enumerate(sources)
    ]
    document = {"cells": cells, "metadata": {"kernelspec": {"name": kernel}}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(document))


def write_spec(folder: Path, site: Path) -> None:
    spec = {"argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"], "display_name": "own"}
    spec |= {"language": "python", "env": {"PYTHONPATH": str(site)}}
    (folder / "kernel.json").write_text(json.dumps(spec))


def status(root: Path) -> str:
    return check_runs([root / "n.ipynb"])[0].report.status


def found(root: Path) -> bool:
    notebook = NotebookFile.read(root / "n.ipynb").notebook
    return Ledger().find(notebook, root) is not None


def restore(top: Path, saved: dict[Path, bytes], times: dict[Path, os.stat_result]) -> None:
    """Put back the files of a workspace with their times."""
    for path in sorted(top.rglob("*"), reverse=True):
        if ".git" not in path.parts and path not in times:
            path.rmdir() if path.is_dir() else path.unlink()
    for path in times:
        if path not in saved:
            path.mkdir(exist_ok=True)
    for path, data in saved.items():
        if not path.exists() or path.read_bytes() != data:
            path.write_bytes(data)
    for path, state in times.items():
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
