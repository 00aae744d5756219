"""The Jupyter Server half of offbook: carries the language server protocol between the page and a language server."""

from __future__ import annotations

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    """Tell Jupyter Server what to load."""
    from offbook_jupyter.app import OffbookApp  # noqa: PLC0415 - `jupyter labextension` asks for the paths alone

    return [{"module": "offbook_jupyter", "app": OffbookApp}]


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Tell JupyterLab where the built front end is."""
    return [{"src": "labextension", "dest": "@offbook/jupyterlab"}]
