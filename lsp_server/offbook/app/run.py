"""Restart and run all, with its failure explained: the use case behind every face's run check."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

from offbook.analysis import analyze
from offbook.app.ledger import Ledger
from offbook.config import RunSettings, find_settings
from offbook.notebook import Notebook, NotebookError, NotebookFile, PointerError
from offbook.running import (
    CellProgress,
    Difference,
    ForkServers,
    Limits,
    Progress,
    RunFailure,
    RunReport,
    RunStatus,
    Scratch,
    Surroundings,
    explained,
    run_notebook,
    run_sync,
)
from offbook.vcs import Git

if TYPE_CHECKING:
    from offbook.kernels.gateway import Gateway

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

BatchProgress = Callable[[Path, CellProgress | None], None]
"""Told of every cell of a batch that starts or ends, with its notebook, and of every notebook that ends (``None``)."""


@dataclass(frozen=True, slots=True)
class NotebookRun:
    """One notebook of a batch: as it was read (``None`` where it could not be), and what its run came to.

    ``differences`` is what it shows otherwise than its file does, where that was compared.
    """

    path: Path
    file: NotebookFile | None
    report: RunReport
    differences: tuple[Difference, ...] = ()

    @property
    def outcome(self) -> RunStatus | Literal["differs"]:
        """The run's status, or ``differs``."""
        return "differs" if self.differences else self.report.status

    @property
    def message(self) -> str:
        """What it came to, in one sentence."""
        if not self.differences:
            return self.report.message
        cells = len({found.index for found in self.differences if found.index >= 0})
        if not cells:
            return f"{self.report.message}, but not compared"
        shown = "1 cell shows" if cells == 1 else f"{cells} cells show"
        return f"{shown} something else than the file does (it ran in {self.report.seconds:.1f} s)"


async def check_run(
    notebook: Notebook,
    *,
    root: Path | None = None,
    cwd: Path | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
    environment: Mapping[str, str] | None = None,
    hidden: frozenset[str] = frozenset(),
    ledger: Ledger | None = None,
    home: Path | None = None,
    force: bool = False,
    servers: ForkServers | None = None,
    gateway: Gateway | None = None,
) -> RunReport:
    """Run a notebook from top to bottom in a fresh kernel, and explain a failure.

    The settings of its folder say which notebooks are skipped, and how long a run may take where ``limits`` do not.
    Cancelling the awaiting task kills the kernel and all that it started. Nothing is written.

    Args:
        notebook: what to run; an editor's unsaved content, too.
        root: the workspace; the repository where ``None``, or else the notebook's folder.
        cwd: the folder to run in; the notebook's where ``None``.
        limits: how long it may take.
        progress: told of every cell.
        environment: the kernel's environment; this process's where ``None``.
        hidden: see :class:`~offbook.running.Surroundings`.
        ledger: where receipts are looked up and kept; without it, there are none.
        home: the notebook's folder in the workspace, where ``cwd`` is in a copy of it.
        force: run it though there is a receipt.
        servers: the processes that fork kernels, where several notebooks share them.
        gateway: runs the kernel, in place of this computer; such runs leave no receipt.

    Raises:
        UserError: where the settings are wrong, or the gateway cannot be reached.
    """
    cwd = (cwd or notebook.path.parent).resolve()
    settings = find_settings(cwd)
    if any(settings.matches(cwd / notebook.path.name, pattern) for pattern in settings.run.skip):
        code = sum(cell.kind == "code" for cell in notebook.cells)
        return RunReport("skipped", total=code, reason="the settings skip it (`skip` in `[tool.offbook.run]`)")
    limits = _limits(limits or Limits(), settings.run)
    home = home or cwd
    ledger = ledger if gateway is None else None
    known = None if ledger is None or force else await asyncio.to_thread(ledger.find, notebook, home)
    if known is not None:
        return known
    with Scratch() as scratch:
        notes = scratch / "notes" if ledger else None
        report = await run_notebook(
            notebook,
            cwd=cwd,
            limits=limits,
            progress=progress,
            environment=environment,
            notes=notes,
            servers=servers,
            gateway=gateway,
        )
        if ledger and notes:
            await asyncio.to_thread(ledger.save, notebook, report, home, (cwd, (root or cwd).resolve()), notes)
    if report.failure is None:
        return report
    git = Git.at(cwd)
    repository = await asyncio.to_thread(git.top_level)
    top = (root or repository or cwd).resolve()
    around = Surroundings(cwd, top, report.python, git.tracks if repository else None, hidden)
    return await asyncio.to_thread(lambda: explained(report, analyze(notebook), around))


def _limits(given: Limits, settings: RunSettings) -> Limits:
    """Fill limits that are not given from the settings."""
    total = settings.timeout if given.total is None else given.total
    return replace(given, total=total, cell=settings.cell_timeout if given.cell is None else given.cell)


def check_runs(
    paths: Sequence[Path],
    *,
    jobs: int = 1,
    limits: Limits | None = None,
    progress: BatchProgress | None = None,
    force: bool = False,
    servers: ForkServers | None = None,
    gateway: Gateway | None = None,
    unwanted: Callable[[], bool] | None = None,
) -> list[NotebookRun]:
    """Run notebook files, ``jobs`` at a time, outside an event loop; the result keeps their order.

    A notebook whose receipt holds is not run again.

    Args:
        paths: the notebooks.
        jobs: how many run side by side.
        limits: how long each may take.
        progress: told of every cell and notebook.
        force: run them though there are receipts.
        servers: the processes that fork kernels, where they have started already; they are ended.
        gateway: runs the kernels, in place of this computer.
        unwanted: asked every second; once it says so, all kernels are killed.

    Raises:
        KeyboardInterrupt: where it was interrupted, or is unwanted; no kernel is left by then.
        UserError: where settings are wrong, or the gateway cannot be reached.
    """
    ledger = Ledger()

    async def check(path: Path, servers: ForkServers) -> NotebookRun:
        try:
            file = NotebookFile.read(path)
        except NotebookError as error:
            return unreadable(path, error)
        tell = progress and partial(progress, path)
        report = await check_run(
            file.notebook,
            limits=limits,
            progress=tell,
            ledger=ledger,
            force=force,
            servers=servers,
            gateway=gateway,
        )
        if tell is not None:
            tell(None)
        return NotebookRun(path, file, report)

    return run_sync(side_by_side(check, paths, jobs, servers), unwanted)


def unreadable(path: Path, error: NotebookError) -> NotebookRun:
    """Return the outcome of a notebook that cannot be read: a failure, but for one that Git LFS keeps elsewhere."""
    why = str(error)
    if isinstance(error, PointerError):
        return NotebookRun(path, None, RunReport("skipped", reason=why))
    failure = RunFailure(None, -1, "NotebookError", why, explanation=why)
    return NotebookRun(path, None, RunReport("failed", failure=failure))


async def side_by_side(
    work: Callable[[_Item, ForkServers], Awaitable[_Result]],
    items: Iterable[_Item],
    jobs: int,
    started: ForkServers | None = None,
) -> list[_Result]:
    """Do the work for every item, ``jobs`` at a time; where one raises, the others are cancelled and awaited.

    They share the processes that fork kernels, which are ended at the end; ``started`` are those that run already.
    """
    free = asyncio.Semaphore(jobs)
    servers = started or ForkServers()

    async def one(item: _Item) -> _Result:
        async with free:
            return await work(item, servers)

    tasks = [asyncio.ensure_future(one(item)) for item in items]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.shield(servers.close())
