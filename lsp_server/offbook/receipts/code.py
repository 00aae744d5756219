"""What of a notebook is run: its code cells in order, the tags that change the run, and its kernelspec's name."""

from __future__ import annotations

import json
from collections.abc import Iterable

from offbook.receipts.digest import sha1

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


_RUN_TAGS = ("raises-exception", "offbook:skip", "nbval-raises-exception", "nbval-skip")


def code_digest(kernel: str, cells: Iterable[tuple[str, Iterable[str]]]) -> str:
    """Return the digest of what is run.

    Args:
        kernel: the kernelspec's name; empty where the notebook names none.
        cells: source and tags of every code cell, in order; blank ones do not count.
    """
    code = [[source, sorted(filter(_matters, tags))] for source, tags in cells if source.strip()]
    return sha1(json.dumps([kernel, code], separators=(",", ":")).encode())


def file_digest(data: bytes) -> str | None:
    """Return the digest of what a notebook file runs; ``None`` where only the full reader can tell."""
    code = read_code(data)
    return None if code is None else code[1]


def read_code(data: bytes) -> tuple[str, str] | None:
    """Return the kernelspec's name of a notebook file and the digest of what it runs, like :func:`file_digest`."""
    try:
        document = json.loads(data.decode("utf-8-sig"), strict=False)
        if document["nbformat"] != 4:
            return None
        cells = [
            (_joined(cell.get("source")), _tags(cell)) for cell in document["cells"] if cell["cell_type"] == "code"
        ]
        metadata = document.get("metadata")
        kernelspec = metadata.get("kernelspec") if isinstance(metadata, dict) else None
        kernel = kernelspec.get("name") if isinstance(kernelspec, dict) else None
        name = str(kernel or "")
        return name, code_digest(name, cells)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _joined(source: Any) -> str:
    return source if isinstance(source, str) else "".join(source or ())


def _tags(cell: Any) -> list[str]:
    metadata = cell.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []


def _matters(tag: str) -> bool:
    return tag.startswith(_RUN_TAGS)
