"""Prints results."""

from __future__ import annotations

import click


def echo(*texts: str, err: bool = False) -> None:
    """Print each text that is not empty, on lines of its own."""
    for text in filter(None, texts):
        click.echo(printable(text.rstrip("\n")), err=err)


def printable(text: str) -> str:
    """Return a text in which what no encoding has (half an emoji) is ``?``."""
    return text.encode("utf-8", "replace").decode("utf-8")
