"""Judges what is staged: the notebooks that a commit changes, and those that import a module that it changes."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from offbook.app.ledger import Ledger
from offbook.app.run import BatchProgress, NotebookRun, check_run, side_by_side, unreadable
from offbook.errors import UserError
from offbook.notebook import NotebookError, NotebookFile
from offbook.receipts.staged import StagedView
from offbook.receipts.store import find_store
from offbook.running import (
    ForkServers,
    Limits,
    find_importers,
    find_python,
    import_path,
    is_pruned,
    run_sync,
)
from offbook.vcs import Git, Index, write_staged_tree


@dataclass(frozen=True, slots=True)
class Selection:
    """The notebooks that a commit concerns.

    Attributes:
        files: what is staged of them, by path from the top folder.
        broken: those that cannot be read, and why.
    """

    files: Mapping[str, NotebookFile]
    broken: Mapping[str, NotebookError]


def select_staged(index: Index) -> Selection:
    """Return the staged notebooks that the commit changes, or that import a module that it changes."""
    changes = index.changed()
    modules = {path for path in changes if path.endswith(".py")}
    notebooks = {path for path, status in changes.items() if path.endswith(".ipynb") and status != "D"}
    if not modules and not notebooks:
        return Selection({}, {})
    staged = index.files()
    regular = {path: file for path, file in staged.items() if file.regular}
    wanted = {path for path in regular if path.endswith(".ipynb") and (modules or path in notebooks)}
    contents = index.read(regular[path] for path in sorted(wanted))
    files, broken = _parsed(contents)
    if modules:
        sources = index.read(file for path, file in regular.items() if path.endswith(".py"))
        texts = {path: data.decode("utf-8", "replace") for path, data in sources.items()}
        notebooks |= find_importers({path: file.notebook for path, file in files.items()}, texts, modules | notebooks)
    return Selection(
        {path: file for path, file in files.items() if path in notebooks},
        {path: why for path, why in broken.items() if path in notebooks},
    )


def _parsed(contents: Mapping[str, bytes]) -> tuple[dict[str, NotebookFile], dict[str, NotebookError]]:
    files: dict[str, NotebookFile] = {}
    broken: dict[str, NotebookError] = {}
    for path, data in contents.items():
        if ".ipynb_checkpoints/" in path:
            continue
        try:
            files[path] = NotebookFile.parse(data, Path(path))
        except NotebookError as error:
            broken[path] = error
    return files, broken


def check_staged(
    *, jobs: int, limits: Limits, progress: BatchProgress | None = None, force: bool = False
) -> list[NotebookRun]:
    """Run the notebooks that the commit under way concerns, as they are staged.

    They run in a folder that holds what is staged and the untracked data files, so that unstaged edits neither help
    nor hurt; the work tree is not touched. A notebook whose receipt holds for what is staged is not run again.

    Args:
        jobs: how many run side by side.
        limits: how long each may take.
        progress: told of every cell.
        force: run them though there are receipts.

    Raises:
        UserError: outside git.
        KeyboardInterrupt: where it was interrupted; no kernel and no folder is left by then.
    """
    git = Git.of_hook()
    top = git.top_level()
    if top is None:
        raise UserError(f"{git.folder} is not in a git work tree")
    index = Index(git)
    selection = select_staged(index)
    runs = [unreadable(Path(path), why) for path, why in selection.broken.items()]
    if selection.files:
        runs += run_sync(_run_staged(index, top, selection, jobs, limits, progress, force))
    return sorted(runs, key=lambda run: run.path)


async def _run_staged(
    index: Index,
    top: Path,
    selection: Selection,
    jobs: int,
    limits: Limits,
    progress: BatchProgress | None,
    force: bool,
) -> list[NotebookRun]:
    scratch = tempfile.TemporaryDirectory(prefix="offbook-", ignore_cleanup_errors=True)
    folder = Path(scratch.name).resolve()
    tree = folder / top.name
    tree.mkdir()
    try:
        hidden = await asyncio.to_thread(write_staged_tree, index, top, tree, is_pruned)
        ledger = _ledger(index, top)

        async def run(path: str, servers: ForkServers) -> NotebookRun:
            file = selection.files[path]
            python = await asyncio.to_thread(find_python, file.notebook.kernel)
            imports = await asyncio.to_thread(import_path, python, top, tree, os.environ)
            report = await check_run(
                replace(file.notebook, path=tree / path),
                root=tree,
                limits=limits,
                environment={**os.environ, **imports},
                hidden=hidden,
                ledger=ledger,
                home=(top / path).parent,
                force=force,
                servers=servers,
                progress=progress
                and (lambda number, total, _cell, state, took: progress(Path(path), number, total, state, took)),
            )
            return NotebookRun(Path(path), file, report)

        return await side_by_side(run, sorted(selection.files), jobs)
    finally:
        await asyncio.shield(asyncio.to_thread(scratch.cleanup))


def _ledger(index: Index, top: Path) -> Ledger:
    """Return the receipts, held against what is staged."""
    staged = {path: file.blob for path, file in index.files().items() if not file.submodule}
    root = os.path.realpath(top)

    def copied(path: str) -> bool | None:
        if path in staged:
            return True
        return False if os.path.lexists(os.path.join(root, path)) else None  # noqa: PTH118

    return Ledger((find_store(root), StagedView(root, staged, index.edited())), copied)
