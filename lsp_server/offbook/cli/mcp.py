"""``offbook mcp``: tools for coding assistants."""

from __future__ import annotations

from pathlib import Path

import click

from offbook.errors import UserError


@click.command("mcp")
@click.option(
    "--root",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=".",
    help="The workspace: nothing outside of it is read or written. By default the folder it is started in.",
)
def command(root: Path) -> None:
    """Offer the commands as tools to coding assistants, over standard input and output (Model Context Protocol).

    Assistants start this by themselves. It needs the extra `mcp`: pip install "offbook[mcp]".
    """
    try:
        from offbook.mcp.server import make_server  # noqa: PLC0415  (an extra, and slow to import)
    except ImportError as error:
        raise UserError(f'the tools for assistants need more: pip install "offbook[mcp]" ({error})') from None
    make_server(root).run("stdio")
