"""Explains a failed run by the notebook's data flow and by what is, or is not, on the disk."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from offbook.analysis import Analysis, CellFacts
from offbook.notebook import CellId
from offbook.running.lookup import explain_file, explain_module
from offbook.running.report import RunReport

_UNDEFINED = re.compile(r"name '(\w+)' is not defined")
_NO_MODULE = re.compile(r"No module named '?([\w.]+)'?")
_NO_FILE = re.compile(r"(?:\[Errno 2\] |\[WinError \d+\] )?No such file or directory: '(.+)'|^(.+) not found\.?$")
_NETWORK = frozenset(
    "URLError HTTPError ConnectionError ConnectTimeout ReadTimeout MaxRetryError gaierror SSLError NewConnectionError "
    "ConnectionRefusedError ConnectionResetError".split()
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an explanation may look at besides the notebook.

    Attributes:
        cwd: the folder in which the notebook ran.
        root: the workspace.
        python: the kernel's executable.
        tracked: tells whether git tracks a file; ``None`` outside git.
        hidden: files that the run could not see since git does not track them (the commit check), as paths
            relative to the root.
    """

    cwd: Path
    root: Path
    python: str = ""
    tracked: Callable[[Path], bool] | None = None
    hidden: frozenset[str] = frozenset()


def explained(report: RunReport, analysis: Analysis, around: Surroundings) -> RunReport:
    """Return the report with its failure explained."""
    failure = report.failure
    if failure is None or failure.cell is None or failure.explanation:
        return report
    if report.status == "dead-kernel":
        text = _explain_death(failure.evalue, failure.index, analysis)
    elif report.status == "timeout":
        text = _explain_timeout(failure.index)
    else:
        text = explain(failure.ename, failure.evalue, failure.cell, analysis, around)
    return replace(report, failure=replace(failure, explanation=text))


def explain(ename: str, evalue: str, cell: CellId, analysis: Analysis, around: Surroundings) -> str:
    """Return why the cell failed, in the user's words; empty where the error says it all.

    Args:
        ename: the exception's name.
        evalue: its message.
        cell: the cell that raised it.
        analysis: the notebook.
        around: where it ran.
    """
    number = analysis.notebook.index(cell) + 1
    if ename == "NameError" and (found := _UNDEFINED.search(evalue)):
        return _explain_name(found.group(1), number - 1, analysis)
    if ename in ("ModuleNotFoundError", "ImportError") and (found := _NO_MODULE.search(evalue)):
        return explain_module(found.group(1), around.cwd, around.root, around.python, around.hidden)
    if ename == "FileNotFoundError" and (found := _NO_FILE.search(evalue)):
        path = found.group(1) or found.group(2)
        return explain_file(path, around.cwd, around.root, around.tracked, around.hidden)
    if ename == "StdinNotImplementedError":
        return (
            f"Cell {number} asks for input, and nobody is there to answer in a run from top to bottom. "
            "Put the value into a variable."
        )
    if ename in ("SyntaxError", "IndentationError", "TabError"):
        problem = analysis.facts_of(cell).problem
        if problem is not None and problem.python2:
            return f"Cell {number} is written for Python 2. `2to3` rewrites most of it."
    if ename == "SystemExit":
        return f"Cell {number} ends the program with `sys.exit()`: the cells behind it never run."
    if ename == "KeyboardInterrupt":
        return f"Cell {number} was interrupted."
    if ename in _NETWORK:
        return f"Cell {number} needs the network, and the address did not answer. Save what it fetches to a file."
    return ""


def _explain_name(name: str, index: int, analysis: Analysis) -> str:
    """Tell where the name is bound instead."""
    reader = f"Cell {index + 1} reads `{name}`"
    bound = dict.fromkeys(number for number, binding in analysis.flow.bindings(name) if binding.kind != "global")
    deleted = [number for number, _ in analysis.flow.deletions(name) if number < index]
    earlier = [number for number in bound if number < index]
    later = [number for number in bound if number > index]
    if deleted and (not earlier or deleted[-1] >= earlier[-1]):
        return f"{reader}, which cell {deleted[-1] + 1} deletes before."
    if earlier:
        return (
            f"{reader}, which {_cells(earlier)} may bind, but did not in this run: it is bound on some paths only "
            "(`if`, `try`, a loop without rounds)."
        )
    if later:
        return f"{reader}, which only {_cells(later)} binds, further down: move that cell up."
    if index in bound:
        return f"{reader} before it binds it. An earlier run of the same cell must have left the value."
    near = _near(name, index, analysis)
    return f"{reader}, and no cell binds `{name}`: the cell that did is gone, or the name is another now{near}."


def _near(name: str, index: int, analysis: Analysis) -> str:
    """Suggest a bound name that looks alike."""
    known: dict[str, int] = {}
    for other in analysis.flow.names:
        cells = [number for number, _ in analysis.flow.bindings(other) if number <= index]
        if cells:
            known[other] = cells[0]
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.75)
    return f" (`{close[0]}`, bound in cell {known[close[0]] + 1}?)" if close else ""


def _cells(numbers: list[int]) -> str:
    return f"cell {numbers[0] + 1}" if len(numbers) == 1 else f"cells {', '.join(str(n + 1) for n in numbers)}"


def _explain_death(how: str, index: int, analysis: Analysis) -> str:
    """Tell why the kernel's process ended."""
    where = f"while cell {index + 1} ran"
    if how == "SIGKILL":
        return f"The system killed the kernel {where}, most likely since the memory was full."
    if how in ("SIGSEGV", "SIGABRT", "SIGBUS", "SIGILL", "SIGFPE"):
        return f"The kernel crashed {where} ({how}): a compiled library failed, which Python cannot report."
    ends = [number for number, facts in _code(analysis) if number <= index and _exits(facts)]
    if ends:
        return f"The kernel ended {where}: cell {ends[-1] + 1} ends it (`exit()`, `quit()` or `os._exit()`)."
    return f"The kernel ended {where} ({how})."


def _code(analysis: Analysis) -> list[tuple[int, CellFacts]]:
    return [(analysis.notebook.index(cell.id), facts) for cell, facts in analysis.cells]


def _exits(facts: CellFacts) -> bool:
    return bool(re.search(r"\b(?:exit|quit|_exit)\s*\(|^\s*(?:exit|quit)\s*$", facts.source, re.MULTILINE))


def _explain_timeout(index: int) -> str:
    return f"Cell {index + 1} was stopped. Give it more time, or let it do less work."
