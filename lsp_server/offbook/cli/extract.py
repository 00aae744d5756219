"""``offbook extract``: moves code out of a notebook, without changing what it computes."""

from __future__ import annotations

from pathlib import Path

import click

from offbook.app.apply import apply_plan
from offbook.app.plan import FilePlan, plan_file, read_notebook_file
from offbook.app.preview import plan_diff
from offbook.errors import UserError
from offbook.notebook import CellId, Notebook
from offbook.refactor import Plan, Refusal

_NO_CHANGE = "Nothing was changed."


def _words(_ctx: click.Context, _parameter: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.strip() for text in value for word in text.split(",") if word.strip())


@click.group("extract", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Move code out of a notebook, without changing what it computes."""


@command.command("module")
@click.argument("notebook", type=click.Path(path_type=Path))
@click.option("--names", multiple=True, callback=_words, metavar="f,G", help="Functions and classes to move.")
@click.option("--all", "everything", is_flag=True, help="Move every function and class that can be moved.")
@click.option("--cells", multiple=True, callback=_words, metavar="3-5", help="Move what these cells define; from 1.")
@click.option("--to", required=True, metavar="pkg/mod.py", help="The module that takes them; it may be there already.")
@click.option("--diff", is_flag=True, help="Show what would change, and write nothing (the default).")
@click.option("--write", is_flag=True, help="Write the changes.")
@click.option("--verify", is_flag=True, help="Run the notebook before and after in fresh kernels, and compare.")
def module(
    notebook: Path,
    names: tuple[str, ...],
    everything: bool,
    cells: tuple[str, ...],
    to: str,
    diff: bool,
    write: bool,
    verify: bool,
) -> int:
    """Move functions and classes of NOTEBOOK, and all that they need, to a Python module.

    The notebook imports them where they stood. Without --write, the changes are only shown. With --verify, the
    notebook is run before and after the change, each in a fresh kernel and in a copy of the workspace; with --write
    too, the changes are written only where the results agree. Exit status: 0 done, 1 the results differ or could not
    be compared, 2 refused, or a mistake in the call.
    """
    if diff and write:
        raise click.UsageError("--diff shows the changes and --write makes them: choose one")
    if (bool(names) + everything + bool(cells)) != 1:
        raise click.UsageError("say what to move, by one of --names, --cells and --all")
    options: dict[str, object] = {"to": str(Path(to).absolute()), "names": names, "everything": everything}
    if cells:
        options["cells"] = _cell_ids(notebook, cells)
    planned = plan_file("extract.module", notebook, options)
    if isinstance(planned.result, Refusal):
        raise UserError(describe_refusal(planned.result, planned.file.notebook))
    _tell(planned.result)
    if not write:
        diff_text = plan_diff(planned.result, {planned.file.notebook.path: planned.file.notebook}, planned.root)
        click.echo(diff_text, nl=False)
    if verify and not _verified(planned, planned.result):
        if write:
            click.echo(_NO_CHANGE, err=True)
        return 1
    if write:
        for path in apply_plan(planned.result, planned.root, {planned.file.notebook.path: planned.file}):
            click.echo(f"wrote {_shown(path)}", err=True)
    return 0


def describe_refusal(refusal: Refusal, notebook: Notebook) -> str:
    """Return a refusal as lines of text: the reason, the place, the advice."""
    lines = [f"refused: {refusal.reason}."]
    where = refusal.where
    if where is not None and where.cell is not None:
        line = where.span.start.line + 1
        lines.append(f"  at {_shown(where.path)}, cell {notebook.index(where.cell) + 1}, line {line}")
    elif where is not None:
        lines.append(f"  at {_shown(where.path)}, line {where.span.start.line + 1}")
    if refusal.advice:
        lines.append(f"  {refusal.advice}")
    return "\n".join([*lines, f"  {_NO_CHANGE}"])


def _tell(plan: Plan) -> None:
    """Print the plan's sentences to standard error."""
    click.echo(plan.title, err=True)
    for sentence in plan.summary:
        click.echo(f"  {sentence}", err=True)
    for warning in plan.warnings:
        click.echo(f"  Note: {warning}", err=True)


def _verified(planned: FilePlan, plan: Plan) -> bool:
    from offbook.app.verify import verify_plan_sync  # noqa: PLC0415  (loads the kernel client, for --verify alone)

    result = verify_plan_sync(plan, planned.root, {planned.file.notebook.path: planned.file})
    click.echo(result.message, err=True)
    if result.before or result.after:
        click.echo(f"--- before\n{result.before}\n+++ after\n{result.after}", err=True)
    return result.verdict == "verified"


def _cell_ids(path: Path, words: tuple[str, ...]) -> list[CellId]:
    """Return the ids of cells given by their numbers: ``3``, ``5-7``."""
    notebook = read_notebook_file(path).notebook
    found: list[CellId] = []
    for word in words:
        first, _, last = word.partition("-")
        if not first.isdecimal() or not (last or first).isdecimal():
            raise UserError(f"--cells {word}: give numbers of cells, such as 3 or 5-7")
        numbers = range(int(first), int(last or first) + 1)
        if not numbers or numbers[0] < 1 or numbers[-1] > len(notebook.cells):
            raise UserError(f"--cells {word}: the notebook has the cells 1 to {len(notebook.cells)}")
        found += [notebook.cells[number - 1].id for number in numbers]
    return found


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
