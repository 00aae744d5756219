"""Restart and run all, with its failure explained: the use case behind every face's run check."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from offbook.analysis import analyze
from offbook.app.ledger import Ledger
from offbook.config import RunSettings, find_settings
from offbook.errors import UserError
from offbook.notebook import CellId, Notebook, NotebookError, NotebookFile, PointerError
from offbook.running import (
    CellState,
    Difference,
    ForkServers,
    Limits,
    Progress,
    RunFailure,
    RunReport,
    Surroundings,
    compare_stored,
    explained,
    run_notebook,
    run_sync,
    set_outputs,
)
from offbook.running.normalize import RELATIVE
from offbook.text import write_atomically
from offbook.vcs import Git

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

BatchProgress = Callable[[Path, int, int, CellState, float], None]
"""Told of every cell of a batch: the notebook, and the rest as for :data:`~offbook.running.Progress`."""


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
    def outcome(self) -> str:
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
) -> RunReport:
    """Run a notebook from top to bottom in a fresh kernel, and explain a failure.

    The settings of its folder say which notebooks are skipped, and how long a run may take where ``limits`` do not.
    Cancelling the awaiting task kills the kernel and all that it started. Nothing is written.

    Args:
        notebook: what to run; an editor's unsaved content, too.
        root: the workspace; the notebook's folder where ``None``.
        cwd: the folder to run in; the notebook's where ``None``.
        limits: how long it may take.
        progress: told of every cell.
        environment: the kernel's environment; this process's where ``None``.
        hidden: see :class:`~offbook.running.Surroundings`.
        ledger: where receipts are looked up and kept; without it, there are none.
        home: the notebook's folder in the workspace, where ``cwd`` is in a copy of it.
        force: run it though there is a receipt.
        servers: the processes that fork kernels, where several notebooks share them.

    Raises:
        UserError: where the settings are wrong.
    """
    cwd = (cwd or notebook.path.parent).resolve()
    settings = find_settings(cwd)
    if any(settings.matches(cwd / notebook.path.name, pattern) for pattern in settings.run.skip):
        code = sum(cell.kind == "code" for cell in notebook.cells)
        return RunReport("skipped", total=code, reason="the settings skip it (`skip` in `[tool.offbook.run]`)")
    limits = _limits(limits or Limits(), settings.run)
    top = (root or cwd).resolve()
    home = home or cwd
    known = None if ledger is None or force else await asyncio.to_thread(ledger.find, notebook, home)
    if known is not None:
        return known
    with TemporaryDirectory(prefix="offbook-", ignore_cleanup_errors=True) as scratch:
        notes = Path(scratch, "notes") if ledger else None
        report = await run_notebook(
            notebook, cwd=cwd, limits=limits, progress=progress, environment=environment, notes=notes, servers=servers
        )
        if ledger and notes:
            await asyncio.to_thread(ledger.save, notebook, report, home, (cwd, top), notes)
    if report.failure is None:
        return report
    git = Git.at(cwd)
    tracked = git.tracks if git.top_level() is not None else None
    around = Surroundings(cwd, top, report.python, tracked, hidden)
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
) -> list[NotebookRun]:
    """Run notebook files, ``jobs`` at a time, outside an event loop; the result keeps their order.

    A notebook whose receipt holds is not run again.

    Args:
        paths: the notebooks.
        jobs: how many run side by side.
        limits: how long each may take.
        progress: told of every cell.
        force: run them though there are receipts.
        servers: the processes that fork kernels, where they have started already; they are ended.

    Raises:
        KeyboardInterrupt: where it was interrupted; no kernel is left by then.
    """
    ledger = Ledger()

    async def check(path: Path, servers: ForkServers) -> NotebookRun:
        try:
            file = NotebookFile.read(path)
        except NotebookError as error:
            return unreadable(path, error)

        def tell(number: int, total: int, _cell: CellId, state: CellState, seconds: float) -> None:
            if progress is not None:
                progress(path, number, total, state, seconds)

        root = Git.at(path.resolve().parent).top_level()
        report = await check_run(
            file.notebook, root=root, limits=limits, progress=tell, ledger=ledger, force=force, servers=servers
        )
        return NotebookRun(path, file, report)

    return run_sync(side_by_side(check, paths, jobs, servers))


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


def compare_outputs(run: NotebookRun) -> NotebookRun:
    """Return a run with what it shows otherwise than its file does; one that did not pass is not compared.

    What cannot be compared counts as different, so that it neither passes unseen nor keeps the others from it.
    """
    if run.file is None or run.report.status != "passed":
        return run
    folder = run.path.resolve().parent
    try:
        usual = find_settings(folder).run.tolerance
        found = compare_stored(run.file, run.report, folder, RELATIVE if usual is None else usual)
    except Exception as error:
        why = str(error) if isinstance(error, UserError) else f"this is a bug of offbook: {error!r}"
        return replace(run, differences=(Difference(f"the outputs could not be compared: {why}", "", ""),))
    report = replace(run.report, notes=run.report.notes + found.unstable)
    return replace(run, report=report, differences=found.differences)


def save_outputs(run: NotebookRun) -> None:
    """Store a passed run's outputs in the notebook's file; every other byte of it stays.

    Raises:
        UserError: where the file changed while it ran, or cannot be written.
    """
    if run.file is None or run.report.status != "passed":
        return
    try:
        if NotebookFile.read(run.path).text != run.file.text:
            raise UserError("it changed while it ran, so the outputs were not saved")
        write_atomically(run.path, run.file.encode(set_outputs(run.file.notebook, run.report)))
    except NotebookError as error:
        raise UserError(f"the outputs were not saved: {error}") from error
