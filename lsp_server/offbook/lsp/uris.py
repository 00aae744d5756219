"""Document URIs and file paths."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

_DRIVE = re.compile(r"/[A-Za-z]:")


def path_of(uri: str) -> Path | None:
    """Return the file that a URI names; ``None`` for one that is no file (``untitled:``, a cell)."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    if parts.scheme != "file" or "\0" in uri or "%00" in uri:
        return None
    path = unquote(parts.path)
    if _DRIVE.match(path):
        path = path[1].lower() + path[2:]
    elif parts.netloc and sys.platform == "win32":
        path = f"//{unquote(parts.netloc)}{path}"
    return Path(path) if path else None


def name_of(uri: str) -> str:
    """Return the last part of a URI's path, as a file name for a document that has none."""
    try:
        path = urlsplit(uri).path
    except ValueError:
        path = uri
    return unquote(path).replace("\\", "/").rstrip("/").rpartition("/")[2].replace("\0", "") or "untitled"


def uri_of(path: Path) -> str:
    """Return the ``file:`` URI of an absolute path."""
    return path.as_uri()
