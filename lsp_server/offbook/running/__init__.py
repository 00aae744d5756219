"""Restart and run all: fresh kernels, outcomes, comparison.

`runner.py` runs one notebook, `kernel.py` is the kernel that it gets, `explain.py` says why a run failed, `compare.py`
holds two runs against each other, `stored.py` a run against the file's outputs, `marks.py` reads the tags and
comments that change either, `shown.py` shows what differs, `scratch.py` makes the copies of a workspace in which that
is done.
"""

from offbook.kernels.forkserver import ForkServers
from offbook.kernels.kernel import find_python
from offbook.kernels.scratch import Scratch
from offbook.running.compare import Comparison, Difference, Trial, compare_trials
from offbook.running.environment import import_path
from offbook.running.explain import Surroundings, explain, explained
from offbook.running.importers import find_importers, import_roots
from offbook.running.marks import skipped_note
from offbook.running.outputs import set_outputs
from offbook.running.report import (
    CellProgress,
    CellRun,
    CellState,
    Limits,
    Progress,
    RunFailure,
    RunReport,
    RunStatus,
    cells_of,
    first_line,
)
from offbook.running.runner import run_notebook, run_sync, runnable
from offbook.running.scratch import Snapshot, copy_workspace, is_pruned, snapshot, written
from offbook.running.shown import Shown
from offbook.running.stored import StoredOutputs, compare_stored, stored_outputs

__all__ = [
    "CellProgress",
    "CellRun",
    "CellState",
    "Comparison",
    "Difference",
    "ForkServers",
    "Limits",
    "Progress",
    "RunFailure",
    "RunReport",
    "RunStatus",
    "Scratch",
    "Shown",
    "Snapshot",
    "StoredOutputs",
    "Surroundings",
    "Trial",
    "cells_of",
    "compare_stored",
    "compare_trials",
    "copy_workspace",
    "explain",
    "explained",
    "find_importers",
    "find_python",
    "first_line",
    "import_path",
    "import_roots",
    "is_pruned",
    "run_notebook",
    "run_sync",
    "runnable",
    "set_outputs",
    "skipped_note",
    "snapshot",
    "stored_outputs",
    "written",
]
