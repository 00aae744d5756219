"""The command line: one file per sub-command, imported when it is called."""

from offbook.cli.main import main

__all__ = ["main"]
