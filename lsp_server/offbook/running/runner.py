"""Runs one notebook from top to bottom in a fresh kernel."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from offbook.kernels.environment import kernel_environment
from offbook.kernels.forkserver import ForkServers
from offbook.kernels.kernel import Kernel, KernelStartError
from offbook.kernels.messages import LARGEST
from offbook.notebook import Cell, Notebook, is_skipped, mask, may_fail
from offbook.receipts.record import END, install_source
from offbook.running.display import Display
from offbook.running.marks import skipped_note
from offbook.running.outputs import plain
from offbook.running.report import CellProgress, CellRun, CellState, Limits, Progress, RunFailure, RunReport, RunStatus

if TYPE_CHECKING:
    from offbook.kernels.gateway import Gateway, GatewayKernel

    AnyKernel = Kernel | GatewayKernel

SKIP_TAG = "offbook:skip"

_NAMELESS = frozenset({"", "<Error>", "NoneType"})
"""What IPython calls the error of an object that fails while it is displayed."""

_FLOOD = "OutputLimitError"
"""The name of the error of a cell that shows too much: its kernel is stopped."""

_HALF = re.compile(r"[\ud800-\udfff]")
"""Half an emoji: the Python that holds one cannot be compiled, and the kernel cannot say so."""

_LAST = re.compile(r"^([A-Za-z_][\w.]*): ([^\n]*)\s*\Z", re.MULTILINE)

_LOOK = 1.0
"""Seconds between two questions whether work is still wanted."""

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
    gateway: Gateway | None = None,
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
        gateway: runs the kernel, in place of this computer.

    Raises:
        UserError: where the gateway cannot be reached.
    """
    limits = limits or Limits()
    cells = runnable(notebook)
    reason = _skip_reason(notebook, cells)
    if reason:
        return RunReport("skipped", total=len(cells), reason=reason)
    run = _Run(notebook, cells, limits, progress)
    kernel: AnyKernel
    try:
        kernel = Kernel.choose(notebook.kernel) if gateway is None else await gateway.kernel(notebook.kernel)
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
        now = report.status in ("timeout", "dead-kernel") or _is_flood(report.failure)
    finally:
        await asyncio.shield(kernel.end(now=now))
    return report


def run_sync(work: Coroutine[Any, Any, _Result], unwanted: Callable[[], bool] | None = None) -> _Result:
    """Run async work to its end; Ctrl-C and a request to terminate cancel it, so that kernels are killed.

    Args:
        work: what to do.
        unwanted: asked every second; the work is cancelled once it says so.

    Raises:
        KeyboardInterrupt: where it was interrupted, or nobody wants it any more.
    """

    async def watch(task: asyncio.Future[_Result], unwanted: Callable[[], bool]) -> None:
        while not unwanted():
            await asyncio.sleep(_LOOK)
        task.cancel()

    async def main() -> _Result:
        task = asyncio.ensure_future(work)
        watching = unwanted and asyncio.ensure_future(watch(task, unwanted))
        if threading.current_thread() is threading.main_thread():
            with contextlib.suppress(NotImplementedError, AttributeError):
                for number in (signal.SIGTERM, signal.SIGHUP):
                    asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        try:
            return await task
        finally:
            if watching is not None:
                watching.cancel()

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

    async def execute(self, kernel: AnyKernel) -> RunReport:
        """Run the cells one after another."""
        display = Display(kernel.client.send)
        death = asyncio.ensure_future(kernel.death())
        first: tuple[RunStatus, RunFailure] | None = None
        others: list[int] = []
        try:
            for cell in self.cells:
                self._tell(cell, "running", 0.0)
                started = time.monotonic()
                area = display.open_cell()
                outcome = await self._run_cell(cell, display, kernel, death)
                seconds = time.monotonic() - started
                self.done.append(
                    CellRun(cell.id, self.notebook.index(cell.id), seconds, area.execution_count, area.stored())
                )
                self._tell(cell, "passed" if outcome is None else "failed", seconds)
                if outcome is None:
                    continue
                if first is not None:
                    others.append(outcome[1].index + 1)
                first = first or outcome
                if outcome[0] != "failed" or _is_flood(outcome[1]) or not self.limits.keep_going:
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
        self, cell: Cell, display: Display, kernel: AnyKernel, death: asyncio.Future[None]
    ) -> tuple[RunStatus, RunFailure] | None:
        """Run one cell; return what went wrong."""
        tolerated = may_fail(cell)
        if _HALF.search(mask(cell.source).text):
            text = "it holds half an emoji (a lone surrogate), which Python cannot read: type it anew"
            failure = RunFailure(cell.id, self.notebook.index(cell.id), "UnicodeEncodeError", text)
            return None if tolerated else ("failed", failure)
        execution = kernel.client.execute(cell.source, display.handle, stop_on_error=not tolerated)
        task = asyncio.ensure_future(execution)
        flood = asyncio.ensure_future(display.flooded.wait())
        waited: set[asyncio.Future[Any]] = {task, death, flood}
        try:
            await asyncio.wait(waited, timeout=self._seconds_left(), return_when=asyncio.FIRST_COMPLETED)
            if display.flooded.is_set():
                shown = f"it shows more than {LARGEST >> 20} MB, which no notebook file can hold"
                return "failed", RunFailure(cell.id, self.notebook.index(cell.id), _FLOOD, shown)
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
            for work in (task, flood):
                work.cancel()
            await asyncio.gather(task, flood, return_exceptions=True)

    async def _time_out(
        self, cell: Cell, display: Display, kernel: AnyKernel, task: asyncio.Future[Any]
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

    def _dead(self, cell: Cell, kernel: AnyKernel) -> RunFailure:
        index = self.notebook.index(cell.id)
        return RunFailure(cell.id, index, "DeadKernelError", kernel.ending, kernel.log_tail(20))

    def _tell(self, cell: Cell, state: CellState, seconds: float) -> None:
        if self.progress is not None:
            index, done, total = self.notebook.index(cell.id), len(self.done), len(self.cells)
            self.progress(CellProgress(cell.id, index, state, seconds, done, total))


def _is_flood(failure: RunFailure | None) -> bool:
    return failure is not None and failure.ename == _FLOOD


def _also_failing(cells: list[int]) -> str:
    if not cells:
        return ""
    several = len(cells) > 1
    return f"{'Cells' if several else 'Cell'} {', '.join(map(str, cells))} {'fail' if several else 'fails'} too."
