"""Judges what is staged: the notebooks that a commit changes, and those that import a module that it changes."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Iterator, Mapping
from functools import cache, partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from offbook.app.ledger import Ledger
from offbook.app.run import BatchProgress, NotebookRun, check_run, side_by_side, unreadable
from offbook.config import find_settings
from offbook.errors import UserError
from offbook.notebook import NotebookError, NotebookFile
from offbook.receipts.staged import StagedView
from offbook.receipts.store import find_store
from offbook.running import (
    ForkServers,
    Limits,
    RunReport,
    Scratch,
    find_importers,
    find_python,
    import_path,
    import_roots,
    is_pruned,
    run_sync,
)
from offbook.vcs import Git, Index, write_staged_tree


class Selection(Struct, frozen=True):
    """The notebooks that a commit concerns.

    Attributes:
        files: what is staged of them, by path from the top folder.
        broken: those that cannot be read, and why.
    """

    files: Mapping[str, NotebookFile]
    broken: Mapping[str, NotebookError]


def select_staged(index: Index) -> Selection:
    """Return the staged notebooks that the commit changes, or that import a module that it changes.

    A merge concerns those that are new in it: what it takes from either side as it was there is judged there.
    """
    changes = [index.changed(parent) for parent in index.parents()]
    if not all(any(path.endswith((".py", ".ipynb")) for path in changed) for changed in changes):
        return Selection({}, {})
    regular = {path: file for path, file in index.files().items() if file.regular}
    modules = any(path.endswith(".py") for changed in changes for path in changed)
    wanted = {path for path in regular if path.endswith(".ipynb") and (modules or path in changes[0])}
    files, broken = _parsed(index.read(regular[path] for path in sorted(wanted)))
    sources = index.read(file for path, file in regular.items() if path.endswith(".py")) if modules else {}
    texts = {path: data.decode("utf-8", "replace") for path, data in sources.items()}
    roots = import_roots(regular, _python_path(index.git.folder)) if modules else set()
    concerned = set.intersection(*(_concerned(changed, files, texts, roots) for changed in changes))
    return Selection(
        {path: file for path, file in files.items() if path in concerned},
        {path: why for path, why in broken.items() if path in concerned},
    )


def _python_path(top: Path) -> Iterator[str]:
    """Yield the folders of ``PYTHONPATH`` that lie in the repository, from its top folder."""
    for entry in filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep)):
        with contextlib.suppress(ValueError):
            folder = Path(entry).resolve().relative_to(top.resolve()).as_posix()
            yield "" if folder == "." else folder


def _concerned(
    changed: Mapping[str, str], files: Mapping[str, NotebookFile], texts: Mapping[str, str], roots: set[str]
) -> set[str]:
    """Return the notebooks that some changes concern, by path."""
    notebooks = {path for path, status in changed.items() if path.endswith(".ipynb") and status != "D"}
    modules = {path for path in changed if path.endswith(".py")}
    if modules:
        found = {path: file.notebook for path, file in files.items()}
        notebooks |= find_importers(found, texts, modules | notebooks, roots)
    return notebooks


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


class StagedNotebook(Struct, frozen=True):
    """A notebook that the next commit concerns.

    Attributes:
        path: where it is in the work tree.
        verified: whether a receipt says that it runs, as it is staged.
        problem: why it cannot be read; empty where it can.
    """

    path: Path
    verified: bool
    problem: str = ""


def staged_notebooks(folder: Path) -> list[StagedNotebook]:
    """Return the notebooks that the next commit of a work tree concerns, without those that the settings skip.

    Nothing runs. Outside git there are none.

    Raises:
        UserError: where git refuses, or settings are wrong.
    """
    top = Git.at(folder).top_level()
    if top is None:
        return []
    index = Index(Git.at(top))
    selection = select_staged(index)
    found = [StagedNotebook(top / path, verified=False, problem=str(why)) for path, why in selection.broken.items()]
    if selection.files:
        ledger = _ledger(index, top)
        for name, file in selection.files.items():
            path = top / name
            settings = find_settings(path.parent)
            if not any(settings.matches(path, pattern) for pattern in settings.run.skip):
                found.append(StagedNotebook(path, verified=ledger.find(file.notebook, path.parent) is not None))
    return sorted(found, key=lambda item: item.path)


async def _run_staged(
    index: Index,
    top: Path,
    selection: Selection,
    jobs: int,
    limits: Limits,
    progress: BatchProgress | None,
    force: bool,
) -> list[NotebookRun]:
    """Answer from receipts where they hold; run the others in a folder that is written only for them."""
    ledger = _ledger(index, top)
    found = {} if force else await asyncio.to_thread(_verified, ledger, top, selection)
    if progress is not None:
        for path in found:
            progress(Path(path), None)
    left = sorted(selection.files.keys() - found.keys())
    runs = [NotebookRun(Path(path), selection.files[path], report) for path, report in found.items()]
    if not left:
        return runs
    scratch = Scratch()
    tree = scratch.path / top.name
    tree.mkdir()
    try:
        hidden = await asyncio.to_thread(write_staged_tree, index, top, tree, is_pruned)

        @cache
        def imports(python: str) -> dict[str, str]:
            return import_path(python, top, tree, os.environ)

        async def run(path: str, servers: ForkServers) -> NotebookRun:
            file = selection.files[path]
            tell = progress and partial(progress, Path(path))
            python = await asyncio.to_thread(find_python, file.notebook.kernel)
            report = await check_run(
                replace(file.notebook, path=tree / path),
                root=tree,
                limits=limits,
                environment={**os.environ, **await asyncio.to_thread(imports, python)},
                hidden=hidden,
                ledger=ledger,
                home=(top / path).parent,
                force=force,
                servers=servers,
                progress=tell,
            )
            if tell is not None:
                tell(None)
            return NotebookRun(Path(path), file, report)

        return [*runs, *await side_by_side(run, left, jobs)]
    finally:
        await asyncio.shield(asyncio.to_thread(scratch.remove))


def _verified(ledger: Ledger, top: Path, selection: Selection) -> dict[str, RunReport]:
    """Return the outcomes that receipts vouch for, by path."""
    known = {path: ledger.find(file.notebook, (top / path).parent) for path, file in selection.files.items()}
    return {path: report for path, report in known.items() if report is not None}


def _ledger(index: Index, top: Path) -> Ledger:
    """Return the receipts, held against what is staged."""
    files = index.files()
    staged = {path: file.blob for path, file in files.items() if not file.submodule}
    submodules = [path for path, file in files.items() if file.submodule]
    root = os.path.realpath(top)

    def copied(path: str) -> bool | None:
        if path in staged:
            return True
        return False if os.path.lexists(os.path.join(root, path)) else None  # noqa: PTH118

    return Ledger((find_store(root), StagedView(root, staged, submodules=submodules, edited=index.edited())), copied)
