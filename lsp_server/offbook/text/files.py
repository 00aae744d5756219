"""Writes files so that a crash never leaves half of one."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from offbook.errors import UserError


def write_atomically(path: Path, data: bytes) -> None:
    """Write beside the file, then rename; the mode of an existing file is kept, and a link's target is written.

    Raises:
        UserError: where the file cannot be written.
    """
    import tempfile  # noqa: PLC0415  (loads compression and random numbers; most commands write nothing)

    target = path.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            Path(name).chmod(target.stat().st_mode & 0o7777 if target.exists() else 0o666 & ~_umask())
            Path(name).replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror or error}") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
