"""The expected failures, each with a message written for the user; and what is kept of the others, for a report."""

from __future__ import annotations


class UserError(Exception):
    """Something the user can mend: a bad path, a bad setting, a refused refactoring.

    The message says what is wrong and, where there is one, what to do. Faces print it as it is (exit status 2).
    """


def report_bug(about: str) -> str:
    """Write the traceback of what has just failed, and the versions, to a file of its own; return its path."""
    import platform  # noqa: PLC0415  (these are slow to import, and needed by bugs alone)
    import sys  # noqa: PLC0415
    import tempfile  # noqa: PLC0415
    import traceback  # noqa: PLC0415

    from offbook import version  # noqa: PLC0415

    with tempfile.NamedTemporaryFile(
        "w", prefix="offbook-", suffix=".log", delete=False, encoding="utf-8", errors="backslashreplace"
    ) as log:
        log.write(f"offbook {version()}, Python {sys.version}, {platform.platform()}\n")
        log.write(f"{about}\n\n{traceback.format_exc()}")
    return log.name
