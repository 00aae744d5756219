"""Take Jupyter notebooks off-book: diagnose, refactor, check."""

from __future__ import annotations


def version() -> str:
    """Return the installed version of offbook (read lazily: importlib.metadata is slow to import)."""
    from importlib.metadata import version as installed  # noqa: PLC0415

    return installed("offbook")
