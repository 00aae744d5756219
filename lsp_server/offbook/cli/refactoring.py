"""``offbook extract module`` and the like: one command for each refactoring, made from its declaration."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from offbook.app.apply import apply_plan
from offbook.app.plan import FilePlan, plan_file, read_notebook_file
from offbook.app.preview import plan_diff
from offbook.cli.refactoroptions import click_options, plain_options
from offbook.errors import UserError
from offbook.notebook import Notebook
from offbook.refactor import Plan, Refactoring, Refusal, refactorings

_NO_CHANGE = "Nothing was changed."
_GROUPS = {
    "add": "Add what code depends on where it can be seen.",
    "extract": "Move code out of a notebook, without changing what it computes.",
    "rename": "Give names that mean one thing.",
    "move": "Move cells, without changing what the notebook computes.",
}
_COMMON = """\
Without --write, the changes are only shown. With --verify, the notebook is run before and after the change, each in a
fresh kernel and in a copy of the workspace; with --write too, the changes are written only where the results agree.
What cannot be shown safe by reading alone (a class) is always verified before it is written.
Exit status: 0 done, 1 the results differ or could not be compared, 2 refused, or a mistake in the call."""


def summaries() -> Mapping[str, str]:
    """Return the first words of all refactorings' commands (``extract``, ``clean``), with one sentence for each."""
    found = refactorings()
    groups = {id.partition(".")[0]: _GROUPS[id.partition(".")[0]] for id in found if "." in id}
    return groups | {id: _summary(known) for id, known in found.items() if "." not in id}


def command_of(word: str) -> click.Command | None:
    """Return the command, or group of commands, that ``word`` names."""
    found = refactorings()
    if word in found:
        return _command(found[word], word)
    inside = {id.partition(".")[2]: known for id, known in found.items() if id.startswith(f"{word}.")}
    if not inside:
        return None
    commands = {name: _command(known, name) for name, known in inside.items()}
    return click.Group(word, commands, help=_GROUPS[word], context_settings={"help_option_names": ["-h", "--help"]})


def _summary(known: Refactoring[Any]) -> str:
    return inspect.cleandoc(known.run.__doc__ or "").partition("\n\n")[0].replace("\n", " ")


def _command(known: Refactoring[Any], name: str) -> click.Command:
    def callback(**values: Any) -> int:
        return _refactor(known, **values)

    parameters: list[click.Parameter] = [
        click.Argument(["notebook"], type=click.Path(path_type=Path)),
        *click_options(known.infos),
        click.Option(["--diff"], is_flag=True, help="Show what would change, and write nothing (the default)."),
        click.Option(["--write"], is_flag=True, help="Write the changes."),
        click.Option(["--verify"], is_flag=True, help="Run before and after in fresh kernels, and compare."),
    ]
    text = f"{inspect.cleandoc(known.run.__doc__ or '').replace('`', '')}\n\n{_COMMON}"
    return click.Command(
        name, params=parameters, callback=callback, help=text, context_settings={"help_option_names": ["-h", "--help"]}
    )


def _refactor(known: Refactoring[Any], notebook: Path, diff: bool, write: bool, verify: bool, **values: object) -> int:
    """Make the plan, show or write it."""
    if diff and write:
        raise click.UsageError("--diff shows the changes and --write makes them: choose one")
    file = read_notebook_file(notebook)
    planned = plan_file(known.id, notebook, plain_options(known.infos, values, file.notebook))
    if isinstance(planned.result, Refusal):
        raise UserError(describe_refusal(planned.result, planned.notebooks))
    _tell(planned.result)
    if not write:
        click.echo(plan_diff(planned.result, planned.notebooks, planned.root), nl=False)
    if write and planned.result.unsafe and not verify:
        click.echo("It is written only where a run before and after it shows the same.", err=True)
        verify = True
    if verify and not _verified(planned, planned.result):
        if write:
            click.echo(_NO_CHANGE, err=True)
        return 1
    if write:
        for path in apply_plan(planned.result, planned.root, planned.files):
            click.echo(f"wrote {_shown(path)}", err=True)
    return 0


def describe_refusal(refusal: Refusal, notebooks: Mapping[Path, Notebook]) -> str:
    """Return a refusal as lines of text: the reason, the place, the advice."""
    lines = [f"refused: {refusal.reason}."]
    where = refusal.where
    if where is not None and where.cell is not None and where.path in notebooks:
        number = notebooks[where.path].index(where.cell) + 1
        lines.append(f"  at {_shown(where.path)}, cell {number}, line {where.span.start.line + 1}")
    elif where is not None and where.cell is not None:
        lines.append(f"  in {_shown(where.path)}")
    elif where is not None:
        lines.append(f"  at {_shown(where.path)}, line {where.span.start.line + 1}")
    if refusal.advice:
        lines.append(f"  {refusal.advice}")
    if refusal.remedy is not None:
        flags = " ".join(f"--{name.replace('_', '-')}" for name in refusal.remedy.options)
        lines.append(f"  {refusal.remedy.title}: {flags}")
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

    result = verify_plan_sync(plan, planned.root, planned.files)
    click.echo(result.message, err=True)
    if result.before or result.after:
        click.echo(f"--- before\n{result.before}\n+++ after\n{result.after}", err=True)
    return result.verdict == "verified"


def _shown(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
