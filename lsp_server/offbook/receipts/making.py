"""Makes the receipt of a passed run: everything that it depended on, as it was."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from offbook.receipts.environment import Environments, named_variables, newest_package
from offbook.receipts.kernelspec import KernelSpec
from offbook.receipts.record import Record, add_named, is_passing
from offbook.receipts.view import State, View, file_state

_FILES = 2000
"""Files that one receipt names at most."""


@dataclass(frozen=True)
class PassedRun:
    """A run that passed, of which a receipt is made.

    Attributes:
        kernel: the kernelspec's name that the notebook wants.
        sources: the source of every cell that ran.
        cwd: the folder that it ran in.
        root: the workspace, or the copy of it that it ran in.
        home: the workspace itself.
        started: when it began, in nanoseconds.
        seconds: how long it took.
        spec: the kernelspec that ran it.
        copied: where it ran in a copy, tells of a path (from the root) whether git wrote it there (true), or whether
            it is the work tree's own (false); ``None`` where the copy had nothing there before the run.
    """

    kernel: str
    sources: Sequence[str]
    cwd: str
    root: str
    home: str
    started: int
    seconds: float
    spec: KernelSpec
    copied: Callable[[str], bool | None] | None = None


def make_receipt(record: Record, run: PassedRun, environments: Environments) -> dict[str, Any] | None:
    """Return the receipt of a passed run; ``None`` where it cannot be told what the run depends on.

    That is so where something that it read changed meanwhile, or where it read too many files.
    """
    root = os.path.realpath(run.root)
    add_named(record, run.sources, run.cwd, root, run.started)
    files = _files(record, run, root)
    if files is None or any(newest_package(site) >= run.started for site in record.sites):
        return None
    view = View(root)
    variables = named_variables([*run.sources, *_module_sources(root, files)])
    folders = {_moved(folder, run.home, root) for folder in _search_path(run.cwd, record.read)}
    return {
        "kernel": run.kernel,
        "made": time.time(),
        "seconds": run.seconds,
        "cells": len(run.sources),
        "sites": record.sites,
        "variables": variables,
        "environment": environments.describe(run.spec, record.sites, variables),
        "files": files,
        "folders": {_relative(path, root): names for path, names in record.listed.items()},
        "names": sorted(record.imported),
        "modules": {folder: view.modules(folder, record.imported) for folder in sorted(folders)},
    }


def _files(record: Record, run: PassedRun, root: str) -> dict[str, Any] | None:
    """Return the entries of all files that were read; ``None`` where they are too many, or one changed meanwhile."""
    if not record.complete or len(record.read) > _FILES:
        return None
    view = View(root)
    files: dict[str, Any] = {}
    for path, state in record.read.items():
        now = file_state(path)
        relative = _relative(path, root)
        if os.path.isabs(relative):
            if is_passing(path, run.started, now):
                continue
        elif run.copied is not None:
            known = run.copied(relative)
            if known is None and now is not None and now[1] >= run.started:
                continue
            if known:
                state, now = _timeless(state), _timeless(now)
        if now != state:
            return None
        files[relative] = view.entry(relative, state) if state is not None else None
    return files


def _timeless(state: State | None) -> State | None:
    """Return a state without its time, which says nothing where git has just written the file."""
    return state and (state[0], 0)


def _relative(path: str, root: str) -> str:
    """Return a path from the root, with ``/``; one outside it as it is."""
    path = os.path.normpath(path)
    if path == root:
        return "."
    return os.path.relpath(path, root).replace(os.sep, "/") if path.startswith(root + os.sep) else path


def _moved(folder: str, home: str, root: str) -> str:
    """Return a folder from the root; one of the workspace itself is the copy's."""
    relative = _relative(folder, os.path.realpath(home))
    return relative if not os.path.isabs(relative) else _relative(folder, root)


def _module_sources(root: str, files: dict[str, Any]) -> list[str]:
    """Return the sources of the workspace's modules that were read."""
    found = []
    for path, entry in files.items():
        if path.endswith(".py") and entry is not None:
            try:
                with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
                    found.append(file.read())
            except OSError:
                continue
    return found


def _search_path(cwd: str, read: dict[str, State | None]) -> set[str]:
    """Return the user's own folders that modules came from, or might have."""
    given = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    found = {os.path.normpath(os.path.join(cwd, path)) for path in ("", *given)}
    for path in read:
        if path.endswith(".py"):
            folder = os.path.dirname(path)
            while os.path.isfile(os.path.join(folder, "__init__.py")):
                folder = os.path.dirname(folder)
            found.add(folder)
    return found
