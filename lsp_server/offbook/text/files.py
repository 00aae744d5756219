"""Writes files so that a crash never leaves half of one."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from offbook.errors import UserError

_NO_SYNC = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP})
"""What file systems say that cannot tell when something is on the disk."""


def write_atomically(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Write beside the file, then rename; the mode of an existing file is kept, and a link's target is written.

    Args:
        path: the file.
        data: its new content.
        durable: whether it is on the disk before it takes the place of the old content, as Jupyter's server does it;
            otherwise a loss of power may leave an empty file.

    Raises:
        UserError: where the file cannot be written.
    """
    with _beside(path) as (target, beside):
        with open(beside, "xb", opener=_open_for_us_alone) as file:
            file.write(data)
            if durable:
                file.flush()
                _sync(file.fileno())
        beside.chmod(target.stat().st_mode & 0o7777 if target.exists() else 0o666 & ~_umask())
        beside.replace(target)


def require_writable(path: Path) -> None:
    """Raise what :func:`write_atomically` would, before there is anything to write.

    Raises:
        UserError: where the file cannot be written.
    """
    with _beside(path) as (target, beside):
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, "it is a folder")
        open(beside, "xb", opener=_open_for_us_alone).close()
        beside.unlink()


@contextlib.contextmanager
def _beside(path: Path) -> Iterator[tuple[Path, Path]]:
    """Give the file that is meant, and one beside it, which is gone afterwards where something fails."""
    try:
        target = path.resolve()
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(f".{target.name}.{os.urandom(4).hex()}")  # as `tempfile`, which takes long to load
        try:
            yield target, beside
        except BaseException:
            with contextlib.suppress(OSError):
                beside.unlink()
            raise
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror or error}") from error


def _sync(number: int) -> None:
    try:
        os.fsync(number)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise


def _open_for_us_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
