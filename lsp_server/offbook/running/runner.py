"""Runs one notebook from top to bottom in a fresh kernel."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import threading
import time
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any, TypeVar

from offbook.kernels.environment import kernel_environment
from offbook.kernels.forkserver import ForkServers
from offbook.kernels.kernel import Kernel, KernelStartError
from offbook.notebook import Cell, CellId, Notebook
from offbook.receipts.record import END, install_source
from offbook.running.display import Display
from offbook.running.marks import is_skipped, may_fail, skipped_note
from offbook.running.outputs import plain
from offbook.running.report import CellRun, Limits, Progress, RunFailure, RunReport, RunStatus

SKIP_TAG = "offbook:skip"

_NAMELESS = frozenset({"", "<Error>", "NoneType"})
"""What IPython calls the error of an object that fails while it is displayed."""

_LAST = re.compile(r"^([A-Za-z_][\w.]*): ([^\n]*)\s*\Z", re.MULTILINE)

_Result = TypeVar("_Result")


async def run_notebook(
    notebook: Notebook,
    *,
    cwd: Path,
    limits: Limits | None = None,
    progress: Progress | None = None,
    environment: Mapping[str, str] | None = None,
    notes: Path | None = None,
    servers: ForkServers | None = None,
) -> RunReport:
    """Run all code cells in a fresh kernel, and stop at the first that fails.

    The notebook is a value: what an editor holds unsaved can be run, and nothing is written to its file. When the
    awaiting task is cancelled, the kernel and all processes that it started are killed first.

    Args:
        notebook: the cells, and the kernelspec's name.
        cwd: the folder in which it runs; the notebook's own, as a rule.
        limits: how long it may take.
        progress: told of every cell.
        environment: the environment of the kernel; this process's, where ``None``. Tokens are taken out of it.
        notes: the file in which the kernel notes what it reads, for a receipt.
        servers: the processes that fork kernels, where several notebooks share them.
    """
    limits = limits or Limits()
    cells = runnable(notebook)
    reason = _skip_reason(notebook, cells)
    if reason:
        return RunReport("skipped", total=len(cells), reason=reason)
    run = _Run(notebook, cells, limits, progress)
    try:
        kernel = Kernel.choose(notebook.kernel)
        surroundings = kernel_environment(os.environ if environment is None else environment)
        await kernel.start(cwd, surroundings, _least(limits.start, limits), servers)
    except KernelStartError as error:
        failure = RunFailure(None, -1, "KernelStartError", str(error), explanation=str(error))
        return RunReport("failed", run.elapsed, len(cells), failure=failure)
    now = True
    try:
        if notes is not None:
            await kernel.execute(install_source(str(notes)))
        report = await run.execute(kernel)
        if notes is not None and report.status == "passed":
            await kernel.execute(END)
        now = report.status in ("timeout", "dead-kernel")
    finally:
        await asyncio.shield(kernel.end(now=now))
    return report


def run_sync(work: Coroutine[Any, Any, _Result]) -> _Result:
    """Run async work to its end; Ctrl-C and a request to terminate cancel it, so that kernels are killed.

    Raises:
        KeyboardInterrupt: where it was interrupted.
    """

    async def main() -> _Result:
        task = asyncio.ensure_future(work)
        if threading.current_thread() is threading.main_thread():
            with contextlib.suppress(NotImplementedError, AttributeError):
                for number in (signal.SIGTERM, signal.SIGHUP):
                    asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        return await task

    try:
        return asyncio.run(main())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


def runnable(notebook: Notebook) -> tuple[Cell, ...]:
    """Return the code cells that hold code, but for those that are marked to be skipped."""
    code = (cell for cell in notebook.cells if cell.kind == "code" and cell.source.strip())
    return tuple(cell for cell in code if not is_skipped(cell))


def _skip_reason(notebook: Notebook, cells: tuple[Cell, ...]) -> str:
    for cell in notebook.cells:
        for tag in cell.tags:
            name, _, why = tag.partition("=")
            if name == SKIP_TAG:
                return why.strip() or f"cell {notebook.index(cell.id) + 1} is tagged `{SKIP_TAG}`"
    if notebook.language != "python":
        return f"it is written in {notebook.language}, and offbook runs Python"
    if cells:
        return ""
    marked = any(cell.kind == "code" and is_skipped(cell) for cell in notebook.cells)
    return "all of its cells are marked `NBVAL_SKIP`" if marked else "it holds no code"


def _least(seconds: float, limits: Limits) -> float:
    return seconds if limits.total is None else min(seconds, limits.total)


class _Run:
    """One run under way."""

    def __init__(self, notebook: Notebook, cells: tuple[Cell, ...], limits: Limits, progress: Progress | None) -> None:
        self.notebook = notebook
        self.cells = cells
        self.limits = limits
        self.progress = progress
        self.started = time.monotonic()
        self.done: list[CellRun] = []

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.started

    async def execute(self, kernel: Kernel) -> RunReport:
        """Run the cells one after another."""
        display = Display(kernel.client.send)
        death = asyncio.ensure_future(kernel.death())
        first: tuple[RunStatus, RunFailure] | None = None
        others: list[int] = []
        try:
            for number, cell in enumerate(self.cells):
                self._tell(number, cell, "running", 0.0)
                started = time.monotonic()
                area = display.open_cell()
                outcome = await self._run_cell(cell, display, kernel, death)
                seconds = time.monotonic() - started
                self.done.append(
                    CellRun(cell.id, self.notebook.index(cell.id), seconds, area.execution_count, area.stored())
                )
                self._tell(number, cell, "passed" if outcome is None else "failed", seconds)
                if outcome is None:
                    continue
                if first is not None:
                    others.append(outcome[1].index + 1)
                first = first or outcome
                if outcome[0] != "failed" or not self.limits.keep_going:
                    break
        finally:
            death.cancel()
            await asyncio.gather(death, return_exceptions=True)
        status, failure = first or ("passed", None)
        return RunReport(
            status,
            self.elapsed,
            len(self.cells),
            len(self.done),
            failure,
            tuple(self.done),
            kernel.name,
            kernel.python,
            tuple(filter(None, (kernel.note, skipped_note(self.notebook.cells), _also_failing(others)))),
        )

    async def _run_cell(
        self, cell: Cell, display: Display, kernel: Kernel, death: asyncio.Future[None]
    ) -> tuple[RunStatus, RunFailure] | None:
        """Run one cell; return what went wrong."""
        tolerated = may_fail(cell)
        execution = kernel.client.execute(cell.source, display.handle, stop_on_error=not tolerated)
        task = asyncio.ensure_future(execution)
        waited: set[asyncio.Future[Any]] = {task, death}
        try:
            await asyncio.wait(waited, timeout=self._seconds_left(), return_when=asyncio.FIRST_COMPLETED)
            if not task.done() and not death.done():
                return await self._time_out(cell, display, kernel, task)
            if not task.done():
                await asyncio.wait({task}, timeout=0.2)
            if not task.done():
                return "dead-kernel", self._dead(cell, kernel)
            answer = task.result().content
            if answer.get("status") == "error" and not tolerated:
                return "failed", self._error(cell, display, str(answer.get("ename")), str(answer.get("evalue")))
            return None
        finally:
            if not task.done():
                task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _time_out(
        self, cell: Cell, display: Display, kernel: Kernel, task: asyncio.Future[Any]
    ) -> tuple[RunStatus, RunFailure]:
        """Interrupt the cell, so that its traceback says where it was."""
        whole = self.limits.total is not None and self.elapsed >= self.limits.total
        seconds = self.limits.total if whole else self.limits.cell
        evalue = f"the notebook took longer than {seconds:g} s" if whole else f"it took longer than {seconds:g} s"
        await kernel.interrupt()
        await asyncio.wait({task}, timeout=2.0)
        return "timeout", self._error(cell, display, "TimeoutError", evalue)

    def _seconds_left(self) -> float | None:
        left = [] if self.limits.cell is None else [self.limits.cell]
        if self.limits.total is not None:
            left.append(max(0.0, self.limits.total - self.elapsed))
        return min(left, default=None)

    def _error(self, cell: Cell, display: Display, ename: str, evalue: str) -> RunFailure:
        index = self.notebook.index(cell.id)
        errors = [output for output in display.cells[-1].outputs if output.get("output_type") == "error"]
        traceback = "\n".join(errors[-1].get("traceback", [])) if errors else ""
        traceback = plain(traceback)
        last = _LAST.search(traceback)
        if ename in _NAMELESS and last:
            ename, evalue = last.groups()
        return RunFailure(cell.id, index, ename, plain(evalue), traceback)

    def _dead(self, cell: Cell, kernel: Kernel) -> RunFailure:
        code = kernel.exit_code
        name = f"exit status {code}"
        if code is not None and code < 0:
            with contextlib.suppress(ValueError):
                name = signal.Signals(-code).name
        return RunFailure(cell.id, self.notebook.index(cell.id), "DeadKernelError", name, kernel.log_tail(20))

    def _tell(self, number: int, cell: Cell, state: Any, seconds: float) -> None:
        if self.progress is not None:
            self.progress(number, len(self.cells), CellId(cell.id), state, seconds)


def _also_failing(cells: list[int]) -> str:
    if not cells:
        return ""
    several = len(cells) > 1
    return f"{'Cells' if several else 'Cell'} {', '.join(map(str, cells))} {'fail' if several else 'fails'} too."
