"""Ends processes together with everything that they started."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

import psutil  # type: ignore[import-untyped]


def started_by(pid: int) -> list[psutil.Process]:
    """Return the processes that ``pid`` started, directly or not, and all others of its session."""
    found: dict[int, psutil.Process] = {}
    if _has_children(pid):
        with contextlib.suppress(psutil.Error):
            found = {child.pid: child for child in psutil.Process(pid).children(recursive=True)}
    if hasattr(os, "getsid"):
        for other in psutil.pids():
            with contextlib.suppress(OSError, psutil.Error):
                if other != pid and other not in found and os.getsid(other) == pid:
                    found[other] = psutil.Process(other)
    return list(found.values())


def _has_children(pid: int) -> bool:
    """Tell whether a process has children; where that cannot be told quickly, it may have some.

    Linux knows a thread's children; everywhere else, all processes have to be asked who their parent is.
    """
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        return any((thread / "children").read_bytes() for thread in threads)
    except OSError:
        return True


def interrupt(pid: int) -> None:
    """Interrupt a process and its group, as Ctrl-C does."""
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(pid, signal.SIGINT)


def kill(pid: int | None, others: list[psutil.Process]) -> None:
    """Kill the process ``pid`` and its group, and ``others`` whatever group they are in. Ended ones are no error."""
    if pid is not None:
        if hasattr(os, "killpg"):
            with contextlib.suppress(OSError):
                os.killpg(pid, signal.SIGKILL)
        with contextlib.suppress(psutil.Error):
            psutil.Process(pid).kill()
    for process in others:
        with contextlib.suppress(psutil.Error):
            process.kill()
