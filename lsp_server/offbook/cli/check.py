"""``offbook check``."""

from __future__ import annotations

import importlib
from pathlib import Path

import click

from offbook.app.check import Selection, check_paths
from offbook.cli.checknext import next_steps
from offbook.cli.checktext import describe, statistics, summarize
from offbook.cli.echo import echo

_FORMATS = ("text", "json", "sarif", "junit", "github")
"""All but ``text`` are rendered by ``offbook.cli.check<name>``."""
_PLACED = ("sarif", "github")
"""Those that name places in the files."""
_SEPARATED = "Codes (OB101), starts of codes (OB1) or names (long-output), separated by commas."


def _words(_ctx: click.Context, _parameter: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.strip() for text in value for word in text.split(",") if word.strip())


@click.command("check")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--select", multiple=True, callback=_words, help=f"Check only these rules. {_SEPARATED}")
@click.option("--ignore", multiple=True, callback=_words, help=f"Leave these rules out. {_SEPARATED}")
@click.option("--fix", is_flag=True, help="Apply the fixes that do not change what the code computes.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix: apply those that may, too.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and write nothing.")
@click.option("--format", "form", type=click.Choice(_FORMATS), default="text", help="What is printed.")
@click.option("--statistics", "count", is_flag=True, help="Print how often each rule was found, and no findings.")
@click.option(
    "--jobs", type=click.IntRange(min=1), help="How many processes share the work (default: one for each core)."
)
@click.option("--no-cache", is_flag=True, help="Check every notebook anew, and keep no results.")
def command(
    paths: tuple[Path, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fix: bool,
    unsafe_fixes: bool,
    diff: bool,
    form: str,
    count: bool,
    jobs: int | None,
    no_cache: bool,
) -> int:
    """Find what keeps notebooks from being production code.

    PATHS are notebooks, folders in which to look for them, or Python modules. Nothing is run. Cells are counted from
    1 in text, from 0 in JSON. Exit status: 0 nothing found, 1 findings, 2 a mistake in the call, the settings or a
    file.
    """
    selection = Selection(select, ignore)
    report = check_paths(paths, selection, jobs=jobs, texts=fix or diff or form in _PLACED, cached=not no_cache)
    if fix or diff:
        report = importlib.import_module("offbook.cli.checkfix").fixed(report, selection, unsafe_fixes, write=not diff)
        if diff:
            return 0 if report.clean else 1
    if form != "text":
        echo(importlib.import_module(f"offbook.cli.check{form}").render(report))
    elif count:
        echo(statistics(report))
    else:
        for notebook in report.notebooks:
            echo(describe(notebook))
        echo(summarize(report), next_steps(report, paths), err=True)
    if any(notebook.problem for notebook in report.notebooks):
        return 2
    return 1 if report.diagnostics else 0
