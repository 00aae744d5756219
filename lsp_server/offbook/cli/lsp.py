"""``offbook lsp``: the language server."""

from __future__ import annotations

import click


def _address(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> tuple[str, int] | None:
    """Read ``HOST:PORT``."""
    if value is None:
        return None
    host, _, port = value.rpartition(":")
    if not host or not (port.isascii() and port.isdecimal()) or int(port) > 65535:
        raise click.BadParameter(f"`{value}` is not HOST:PORT, such as 127.0.0.1:2087")
    return host.strip("[]"), int(port)


@click.command("lsp")
@click.option("--stdio", is_flag=True, help="Talk over standard input and output (the default).")
@click.option("--tcp", callback=_address, metavar="HOST:PORT", help="Talk to one client on a TCP port instead.")
def command(stdio: bool, tcp: tuple[str, int] | None) -> None:
    """Start the language server. Editors do this by themselves."""
    if stdio and tcp:
        raise click.UsageError("choose one of --stdio and --tcp")
    from offbook.lsp.serve import serve_stdio, serve_tcp  # noqa: PLC0415  (0.3 s of imports)

    if tcp:
        serve_tcp(*tcp)
    else:
        serve_stdio()
