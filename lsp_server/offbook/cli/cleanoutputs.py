"""``offbook clean-outputs``: notebooks without outputs, for those who do not commit any."""

from __future__ import annotations

from pathlib import Path

import click

from offbook.app.outputs import clean_outputs
from offbook.app.paths import find_notebooks
from offbook.cli.echo import echo
from offbook.errors import UserError
from offbook.notebook import PointerError


@click.command(name="clean-outputs", short_help="Remove the outputs of notebooks.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Write nothing, and only say which notebooks have outputs.")
def command(paths: tuple[Path, ...], check: bool) -> int:
    """Remove the outputs and execution counts of notebooks.

    PATHS are notebooks, or folders that are searched for them. All other bytes stay. A cell that is tagged
    `offbook:keep-output` (or nbstripout's `keep_output`) keeps its outputs. A pointer of Git LFS is left alone.

    The exit status is 1 where a notebook had outputs, so that a hook stops there, 2 where one cannot be read, and 0
    otherwise.
    """
    status = 0
    for path in find_notebooks(paths):
        try:
            cells = clean_outputs(path, write=not check)
        except PointerError:
            continue
        except UserError as error:
            echo(f"offbook: {path}: {error}", err=True)
            status = 2
            continue
        if cells:
            status = status or 1
            what = "has outputs" if check else "outputs removed"
            echo(f"{path}: {what} ({cells} cell{'s' * (cells != 1)})")
    return status
