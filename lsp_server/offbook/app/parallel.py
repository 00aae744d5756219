"""Shares work among processes."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from offbook.errors import UserError

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")
_ALLOCATIONS = 200_000
"""How many more objects there are before a worker looks for garbage."""

_PORTIONS = 8
"""Each process gets its work in about so many portions, so that none waits long for another."""


def available_cores() -> int:
    """Return how many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def map_in_processes(function: Callable[[_Task], _Result], tasks: Sequence[_Task], jobs: int) -> Iterator[_Result]:
    """Yield the results of a function, in the order of the tasks; with one job they are made in this process.

    The function, the tasks and the results must be picklable.

    Raises:
        UserError: where the system ends one of the processes.
    """
    jobs = min(jobs, len(tasks))
    if jobs <= 1:
        yield from map(function, tasks)
        return
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415  (50 ms, needed by many notebooks alone)
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415

    executor = ProcessPoolExecutor(jobs, initializer=_start_worker)
    try:
        yield from executor.map(function, tasks, chunksize=max(1, len(tasks) // (jobs * _PORTIONS)))
    except BrokenProcessPool:
        raise UserError("the system ended a worker process (out of memory?): try again with `--jobs 1`") from None
    finally:
        executor.shutdown(cancel_futures=True)


def _start_worker() -> None:
    """Leave interruptions to the parent, and look for garbage seldom: trees have no cycles, and many are kept."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, 50, 1000)
