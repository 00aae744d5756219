"""The ``offbook`` command: finds the sub-command, and turns failures into messages and exit statuses.

Exit status: 0 clean, 1 findings, 2 a user's error, 3 a bug of offbook, 130 interrupted.
"""

from __future__ import annotations

import importlib
import sys

import click

from offbook import version
from offbook.errors import UserError, report_bug

FINDINGS, USER_ERROR, BUG, INTERRUPTED = 1, 2, 3, 130

_COMMANDS = {
    "check": "Find what keeps notebooks from being production code.",
    "clean-outputs": "Remove the outputs of notebooks.",
    "graph": "Show what flows between the cells of a notebook.",
    "hook": "Check notebooks before every commit.",
    "lsp": "Start the language server.",
    "mcp": "Offer the commands as tools to coding assistants.",
    "rule": "Explain a rule.",
    "run": "Restart and run notebooks from top to bottom, each in a fresh kernel.",
}


class _LazyGroup(click.Group):
    """Imports ``offbook.cli.<name>``, without dashes, when that is called; its ``command`` is the click command.

    All other sub-commands are refactorings, which are declared elsewhere.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS | self._refactorings())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found: click.Command | None
        if cmd_name in _COMMANDS:
            found = importlib.import_module(f"offbook.cli.{cmd_name.replace('-', '')}").command
        else:
            found = importlib.import_module("offbook.cli.refactoring").command_of(cmd_name)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted((_COMMANDS | self._refactorings()).items()))

    def _refactorings(self) -> dict[str, str]:
        return dict(importlib.import_module("offbook.cli.refactoring").summaries())


def _print_version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(f"offbook {version()}")
        ctx.exit()


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Print the version and stop.",
)
def offbook() -> None:
    """Take Jupyter notebooks off-book: diagnose, refactor without changing behaviour, check that they run."""


def main() -> None:
    """Run the command line and exit with its status."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit status; nothing is raised."""
    try:
        result = offbook.main(args=arguments, prog_name="offbook", standalone_mode=False)
    except UserError as error:
        click.echo(f"offbook: {error}", err=True)
        return USER_ERROR
    except click.ClickException as error:
        error.show()
        return USER_ERROR
    except (KeyboardInterrupt, click.Abort):
        click.echo("offbook: interrupted", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception:
        log = report_bug(f"arguments: {arguments}")
        click.echo(f"offbook: this is a bug of offbook, please report it. Details: {log}", err=True)
        return BUG
    return result if isinstance(result, int) else 0
