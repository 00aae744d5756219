"""What a run of a notebook came to, as frozen values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from offbook.notebook import CellId

RunStatus = Literal["passed", "failed", "timeout", "dead-kernel", "skipped", "cached"]
CellState = Literal["running", "passed", "failed"]


@dataclass(frozen=True, slots=True)
class CellProgress:
    """A cell of a run starts or ends.

    Attributes:
        cell: the cell.
        index: its position among all cells, from 0.
        state: what became of it.
        seconds: how long it took; 0 at its start.
        done: how many cells have ended.
        total: how many cells run, if none fails.
    """

    cell: CellId
    index: int
    state: CellState
    seconds: float
    done: int
    total: int


Progress = Callable[[CellProgress], None]
"""Told of every cell that starts or ends."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a run goes: how long it may take, in seconds (``None`` is without end), and whether it stops at failures.

    Attributes:
        total: the whole notebook, from the kernel's start.
        cell: one cell.
        start: the kernel, until it answers.
        keep_going: whether the cells behind one that fails run too.
    """

    total: float | None = None
    cell: float | None = None
    start: float = 60.0
    keep_going: bool = False


@dataclass(frozen=True, slots=True)
class RunFailure:
    """Why a run did not pass.

    Attributes:
        cell: the cell that failed; ``None`` where no cell ran.
        index: its position among all cells, from 0; -1 where no cell ran.
        ename: the exception's name (``NameError``).
        evalue: its message.
        traceback: plain text, without colours.
        explanation: why, in the user's words; may be empty.
    """

    cell: CellId | None
    index: int
    ename: str
    evalue: str
    traceback: str = ""
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class CellRun:
    """What one executed cell gave: outputs are in the notebook format's JSON, multi-line texts joined."""

    cell: CellId
    index: int
    seconds: float
    execution_count: int | None
    outputs: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class RunReport:
    """The outcome of one run.

    Attributes:
        status: the outcome's name.
        seconds: wall time, the kernel's start included.
        total: how many code cells were to run.
        executed: how many ran, the failing one included.
        failure: why it did not pass.
        cells: what each executed cell gave, in order.
        kernel: the kernelspec that ran it; empty where it was skipped.
        python: the kernel's executable; empty where it is not known.
        notes: what the user should know about the run, one sentence each.
        reason: why it was skipped, or why it did not have to run.
    """

    status: RunStatus
    seconds: float = 0.0
    total: int = 0
    executed: int = 0
    failure: RunFailure | None = None
    cells: tuple[CellRun, ...] = ()
    kernel: str = ""
    python: str = ""
    notes: tuple[str, ...] = ()
    reason: str = ""

    @property
    def message(self) -> str:
        """The outcome in one sentence; cells are counted from 1."""
        if self.status == "passed":
            return f"ran from top to bottom in a fresh kernel: {cells_of(self.total)} in {self.seconds:.1f} s"
        if self.status == "skipped":
            return f"skipped: {self.reason}"
        if self.status == "cached":
            return f"verified: {self.reason}"
        failure = self.failure
        if failure is None or failure.cell is None:
            return failure.explanation or f"{failure.ename}: {failure.evalue}" if failure else self.status
        what = {
            "timeout": failure.evalue,
            "dead-kernel": "the kernel died",
        }.get(self.status) or f"{failure.ename}: {first_line(failure.evalue)}"
        return f"cell {failure.index + 1} failed: {what}"


def cells_of(count: int) -> str:
    """Return how many cells there are, in words."""
    return "1 cell" if count == 1 else f"{count} cells"


def first_line(text: str, width: int = 200) -> str:
    """Return the first line that is not blank, cut at ``width`` code points."""
    line = next((line for line in text.splitlines() if line.strip()), "").strip()
    return line if len(line) <= width else line[: width - 1] + "…"
