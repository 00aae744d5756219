"""Applies a plan to the files: all of it, or nothing."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from offbook.errors import UserError
from offbook.notebook import NotebookError, NotebookFile
from offbook.refactor import Plan
from offbook.text import write_atomically


@dataclass(frozen=True, slots=True)
class _Write:
    """One file to write: ``before`` is what it has to hold still (``None``: it is not there)."""

    path: Path
    before: bytes | None
    after: bytes


def apply_plan(plan: Plan, root: Path, notebooks: Mapping[Path, NotebookFile]) -> list[Path]:
    """Write everything that a plan changes; return the files, modules first.

    Nothing is written where a file is not what the plan was made for. Where a write fails, what was written before is
    put back.

    Args:
        plan: the changes.
        root: the workspace, which no write leaves, links resolved.
        notebooks: the notebooks as they were when the plan was made, by the plan's paths.

    Raises:
        UserError: for a stale plan, a path outside the workspace, or a file that cannot be written.
    """
    writes = list(_writes(plan, notebooks))
    for write in writes:
        _check_inside(write.path, root)
        _check_fresh(write)
    done: list[_Write] = []
    new_folders = _missing_folders(writes)
    try:
        for write in writes:
            write_atomically(write.path, write.after)
            done.append(write)
    except BaseException:
        _roll_back(done, new_folders)
        raise
    return [write.path for write in writes]


def _writes(plan: Plan, notebooks: Mapping[Path, NotebookFile]) -> Iterator[_Write]:
    for file in plan.files:
        before = file.before.encode("utf-8") if file.before is not None else None
        yield _Write(file.path, before, file.after.encode("utf-8", "surrogatepass"))
    for change in plan.notebooks:
        known = notebooks[change.path]
        try:
            after = known.encode(change.changes)
        except KeyError:
            raise _stale(change.path) from None
        except NotebookError as error:
            raise UserError(f"{change.path}: {error}") from None
        yield _Write(change.path, known.encode(()), after)


def _stale(path: Path) -> UserError:
    return UserError(f"{path.name} has changed since this plan was made: make it again")


def _check_inside(path: Path, root: Path) -> None:
    if not path.resolve().is_relative_to(root.resolve()):
        raise UserError(f"{path} leads outside the workspace {root}: nothing was changed")


def _check_fresh(write: _Write) -> None:
    try:
        now: bytes | None = write.path.read_bytes()
    except FileNotFoundError:
        now = None
    except OSError as error:
        raise UserError(f"{write.path} cannot be read: {error.strerror or error}") from None
    if now != write.before:
        raise _stale(write.path)


def _missing_folders(writes: list[_Write]) -> list[Path]:
    """Return the folders that the writes will create, outermost first."""
    missing = {folder for write in writes for folder in write.path.parents if not folder.exists()}
    return sorted(missing, key=lambda folder: len(folder.parts))


def _roll_back(done: list[_Write], new_folders: list[Path]) -> None:
    """Put back what was there, as far as that is possible."""
    for write in reversed(done):
        with contextlib.suppress(UserError, OSError):
            if write.before is None:
                write.path.unlink()
            else:
                write_atomically(write.path, write.before)
    for folder in reversed(new_folders):
        with contextlib.suppress(OSError):
            os.rmdir(folder)  # noqa: PTH106  (fails, as it should, where something is in it)
