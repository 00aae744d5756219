"""The result of ``offbook run`` as one HTML page that needs nothing else, and in which nothing can run."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from importlib import resources
from itertools import groupby

from offbook import version
from offbook.app.run import NotebookRun
from offbook.cli.outputdiff import render_difference
from offbook.cli.runtext import failing_line
from offbook.running import Difference, RunFailure, first_line
from offbook.text import split_lines

_TONES = {"passed": "good", "cached": "good", "skipped": "other"}
_BAD = "bad"
_NAME = re.compile(r"`([^`]+)`")


def render(runs: Sequence[NotebookRun], seconds: float) -> str:
    """Return the page: what needs a look is open, the rest one click away.

    Outputs are not trusted. Their text is escaped, of their HTML only the text of tables is kept, drawings are shown
    as pictures, and a content security policy forbids scripts and everything that would be fetched.
    """
    style = resources.files("offbook.cli").joinpath("runhtml.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    title = f"{len(runs)} notebook{'s' * (len(runs) != 1)}, restarted and run"
    counts = Counter(run.outcome for run in runs)
    chips = "".join(f'<li class="{_TONES.get(name, _BAD)}">{count} {name}</li>' for name, count in counts.items())
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        f'<header><h1>{title}</h1>\n<p class="quiet">offbook {escape(version())}, {seconds:.1f} s</p>\n'
        f'<ul class="counts">{chips}</ul></header>\n'
        f"<main>\n{''.join(map(_notebook, runs))}</main>\n</body>\n</html>\n"
    )


def _notebook(run: NotebookRun) -> str:
    tone = _TONES.get(run.outcome, _BAD)
    path = escape(run.path.as_posix())
    body = "".join(_body(run))
    return (
        f'<details class="notebook"{" open" if tone == _BAD else ""}>\n'
        f'<summary><span class="status {tone}">{run.outcome}</span> <h2>{path}</h2> '
        f'<span class="quiet">{escape(run.message)}</span></summary>\n<div class="body">\n{body}</div>\n</details>\n'
    )


def _body(run: NotebookRun) -> Iterator[str]:
    yield from (f'<p class="quiet">{_sentence(note)}</p>\n' for note in run.report.notes)
    if run.report.failure is not None:
        yield _failure(run, run.report.failure)
    for index, found in groupby(run.differences, key=lambda difference: difference.index):
        yield _cell(run, index, list(found))


def _cell(run: NotebookRun, index: int, differences: list[Difference]) -> str:
    if index < 0 or run.file is None:
        return "".join(f"<p>{escape(found.what)}</p>\n" for found in differences)
    source = run.file.notebook.cells[index].source
    code = f'<details class="code"><summary>Code</summary><pre>{escape(source)}</pre></details>'
    name = f"cell {index + 1} "
    found = "".join(
        f"<p>{_sentence(found.what.removeprefix(name))}</p>\n{render_difference(found)}\n" for found in differences
    )
    return f'<section class="cell"><h3>Cell {index + 1}</h3>\n{code}\n{found}</section>\n'


def _failure(run: NotebookRun, failure: RunFailure) -> str:
    if failure.cell is None or run.file is None:
        return f'<p class="explanation">{_sentence(failure.explanation or failure.evalue)}</p>\n'
    lines = split_lines(run.file.notebook.cell(failure.cell).source)
    at = failing_line(run, failure)
    code = "\n".join(
        f'<span class="at">{escape(line.rstrip())}</span>' if number == at else escape(line.rstrip())
        for number, line in enumerate(lines)
    )
    error = f"{failure.ename}: {first_line(failure.evalue)}"
    why = f'<p class="explanation">{_sentence(failure.explanation)}</p>\n' if failure.explanation else ""
    trace = f'<details class="code"><summary>Traceback</summary><pre>{escape(failure.traceback)}</pre></details>\n'
    return (
        f'<section class="cell"><h3>Cell {failure.index + 1}</h3>\n<pre>{code}</pre>\n<p>{escape(error)}</p>\n'
        f"{why}{trace if failure.traceback else ''}</section>\n"
    )


def _sentence(text: str) -> str:
    """Return words with a capital letter in front and names in backticks as code."""
    return _NAME.sub(r"<code>\1</code>", escape(text[:1].upper() + text[1:]))
