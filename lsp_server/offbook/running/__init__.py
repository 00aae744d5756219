"""Restart and run all: fresh kernels, outcomes, comparison.

`runner.py` runs one notebook, `kernel.py` is the kernel that it gets, `explain.py` says why a run failed, `compare.py`
holds two runs against each other, `scratch.py` makes the copies of a workspace in which that is done.
"""

from offbook.running.explain import Surroundings, explain, explained
from offbook.running.outputs import set_outputs
from offbook.running.report import CellRun, CellState, Limits, Progress, RunFailure, RunReport, RunStatus, first_line
from offbook.running.runner import run_notebook, run_sync, runnable

__all__ = [
    "CellRun",
    "CellState",
    "Limits",
    "Progress",
    "RunFailure",
    "RunReport",
    "RunStatus",
    "Surroundings",
    "explain",
    "explained",
    "first_line",
    "run_notebook",
    "run_sync",
    "runnable",
    "set_outputs",
]
