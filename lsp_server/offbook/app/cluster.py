"""Runs notebooks on a Dask cluster, through the interface of ``concurrent.futures``."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any
from uuid import uuid4

from offbook.app.outputs import compare_outputs
from offbook.app.run import BatchProgress, NotebookRun, check_runs
from offbook.errors import UserError
from offbook.running import Limits, RunFailure, RunReport

_PATIENCE = 60.0
"""Seconds without any worker, after which what is left is given up."""

_ATTEMPTS = 2
"""How often a notebook is begun at most; what it was begun on last is gone, too."""


def run_on_cluster(
    address: str,
    paths: Sequence[Path],
    *,
    limits: Limits,
    progress: BatchProgress | None = None,
    force: bool = False,
    compare: bool = False,
    keep_outputs: bool = False,
    patience: float = _PATIENCE,
) -> list[NotebookRun]:
    """Run notebook files on the workers of a Dask cluster; the result keeps their order.

    The workers see the same files under the same paths. When a worker is lost, its notebooks run again on another; one
    that has lost two is reported, and not begun again.

    Args:
        address: the scheduler's.
        paths: the notebooks.
        limits: how long each may take.
        progress: told of every notebook that ends.
        force: run them though there are receipts.
        compare: whether the outputs are held against the stored ones, on the worker.
        keep_outputs: whether what the cells show comes back.
        patience: seconds without any worker, after which the notebooks that are left are given up.

    Raises:
        UserError: where there is no such cluster, or its workers cannot run offbook.
    """
    with _connect(address, patience) as (executor, workers, counter):
        options = (limits, force, compare, keep_outputs)
        waiting: dict[Future[NotebookRun], tuple[Path, Any]] = {}
        ended: SimpleQueue[Future[NotebookRun]] = SimpleQueue()
        done: dict[Path, NotebookRun] = {}
        try:
            for path in paths:
                begun = counter()
                future = executor.submit(_attempt, begun.name, str(path.resolve()), *options)
                waiting[future] = path, begun
                future.add_done_callback(ended.put)
            while waiting:
                for future in _next_ended(ended, waiting, workers, patience):
                    path, begun = waiting.pop(future)
                    begun.delete()
                    done[path] = _result(future, path)
                    if progress is not None:
                        progress(path, None)
        finally:
            for future in waiting:
                future.cancel()
    return [done[path] for path in paths]


@contextmanager
def _connect(address: str, patience: float) -> Iterator[tuple[Executor, Callable[[], int], Callable[[], Any]]]:
    """Give the cluster's executor, what counts its workers, and what makes a counter of attempts."""
    try:
        from distributed import Client, Variable  # noqa: PLC0415  (optional)
    except ImportError:
        raise UserError("`--cluster` needs Dask: `pip install 'offbook[cluster]'`, here and on the workers") from None
    try:
        client = Client(address, timeout=10, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UserError(f"there is no Dask scheduler at {address}: {error}") from None

    def counter() -> Any:
        made = Variable(f"offbook-{uuid4().hex}", client=client)
        made.set(0)
        return made

    def workers() -> int:
        return len(client.scheduler_info()["workers"])

    try:
        try:
            client.wait_for_workers(1, timeout=patience)
        except TimeoutError:
            raise UserError(f"the cluster at {address} has no worker") from None
        with client.get_executor(pure=False, retries=0) as executor:
            yield executor, workers, counter
    finally:
        client.close()


def _attempt(counter: str, name: str, limits: Limits, force: bool, compare: bool, keep_outputs: bool) -> NotebookRun:
    """Run one notebook, on a worker; count how often that was begun, as a worker may not come to its end.

    When the command that waits for it is gone, the kernel is killed.
    """
    from distributed import Variable, get_client, get_worker  # noqa: PLC0415  (optional)

    begun = Variable(counter, client=get_client())
    attempts = begun.get(timeout=30)
    if attempts >= _ATTEMPTS:
        return _lost(Path(name))
    begun.set(attempts + 1)
    worker = get_worker()
    key = worker.get_current_task()

    def unwanted() -> bool:
        task = worker.state.tasks.get(key)
        return task is None or task.state == "cancelled"

    try:
        (run,) = check_runs([Path(name)], limits=limits, force=force, unwanted=unwanted)
    except KeyboardInterrupt:
        return _lost(Path(name), "the command that waited for it has ended")
    if compare:
        run = compare_outputs(run)
    return run if keep_outputs else _without_outputs(run)


def _without_outputs(run: NotebookRun) -> NotebookRun:
    """Leave out what the cells show, and the file where nothing of it is told."""
    cells = tuple(replace(cell, outputs=()) for cell in run.report.cells)
    told = run.report.failure is not None or run.differences
    return replace(run, report=replace(run.report, cells=cells), file=run.file if told else None)


def _next_ended(
    ended: SimpleQueue[Future[NotebookRun]],
    waiting: Collection[Future[NotebookRun]],
    workers: Callable[[], int],
    patience: float,
) -> Collection[Future[NotebookRun]]:
    """Wait for a future that is done; where there is no worker for a while, return all that are left."""
    alive = time.monotonic()
    while time.monotonic() - alive <= patience:
        try:
            return [ended.get(timeout=min(2.0, patience))]
        except Empty:
            if workers():
                alive = time.monotonic()
    return list(waiting)


def _result(future: Future[NotebookRun], path: Path) -> NotebookRun:
    """Return what became of a notebook, under the path that the user named."""
    if not future.done():
        future.cancel()
        return _lost(path, "the cluster has no worker left, so it did not run")
    try:
        return replace(future.result(), path=path)
    except ModuleNotFoundError as error:
        raise UserError(f"a worker of the cluster cannot run offbook: {error}") from None
    except Exception as error:
        if type(error).__name__ != "KilledWorker":
            raise
        return _lost(path)


def _lost(path: Path, why: str = "the worker that ran it was lost, and so was the next one") -> NotebookRun:
    failure = RunFailure(None, -1, "LostWorker", why, explanation=why)
    return NotebookRun(path, None, RunReport("failed", failure=failure))
