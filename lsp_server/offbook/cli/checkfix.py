"""``offbook check --fix`` and ``--diff``."""

from __future__ import annotations

import click
from msgspec.structs import replace

from offbook.app.check import Selection
from offbook.app.fix import FixResult, fix_notebook, write_fixed
from offbook.app.preview import file_diff, notebook_diff
from offbook.app.results import CheckReport, NotebookCheck
from offbook.app.surroundings import rules_for
from offbook.config import find_settings
from offbook.errors import UserError
from offbook.notebook.modulefile import is_module


def fixed(report: CheckReport, selection: Selection, unsafe: bool, *, write: bool) -> CheckReport:
    """Fix every notebook; return what is left to report."""
    left: list[NotebookCheck] = []
    mended = files = 0
    for notebook in report.notebooks:
        if notebook.file is None:
            left.append(notebook)
            continue
        found = find_settings(notebook.path.resolve().parent)
        settings = selection.apply(rules_for(found, notebook.path))
        try:
            result = fix_notebook(notebook, settings, unsafe=unsafe)
            if write:
                write_fixed(notebook.path, result)
            else:
                _show(notebook, result)
        except UserError as error:
            left.append(replace(notebook, problem=str(error)))
            continue
        mended += result.fixed
        files += result.fixed > 0
        left.append(result.left)
    done = "Fixed" if write else "Would fix"
    click.echo(f"{done} {mended} finding{'s' * (mended != 1)} in {report.count(files)}.", err=True)
    return CheckReport(tuple(left), report.seconds)


def _show(checked: NotebookCheck, result: FixResult) -> None:
    if is_module(checked.path):
        same = result.before.text == result.after.text
        text = "" if same else file_diff(str(checked.path), result.before.text, result.after.text)
    else:
        text = notebook_diff(result.before.notebook, result.after.notebook)
    click.echo(text, nl=False)
