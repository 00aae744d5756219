"""Checks notebooks one by one: reads and analyses them, and runs the rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec.structs import replace

from offbook.analysis import analyze
from offbook.app.checkcache import Reading, digest_of, stamp_of
from offbook.app.checktasks import Done, Task
from offbook.app.parallel import available_cores, map_in_processes
from offbook.app.results import FoundCells, NotebookCheck
from offbook.diagnostics import Diagnostic, Fix
from offbook.notebook import NotebookError, NotebookFile
from offbook.notebook.modulefile import parse_code, read_code
from offbook.project import NotebookSurroundings, index_clones
from offbook.rules import RuleSettings
from offbook.rules.checker import INTERNAL_CODE, check, check_once
from offbook.rules.surroundings import Question, Surroundings

_CLONES = "OB404"
"""The rule on what other notebooks hold."""

_FEW = 20
"""So many notebooks are checked before other processes have started."""


def perform_all(tasks: Sequence[Task], jobs: int | None) -> list[Done]:
    """Check notebooks; those that may share code with others get a second look, as nobody knows before all are read.

    Args:
        tasks: the notebooks.
        jobs: how many processes share the work; by default one for each core, where there are many notebooks.
    """
    if jobs is None:
        jobs = available_cores() if len(tasks) > _FEW else 1
    alone = [replace(task, settings=replace(task.settings, surroundings=_alone(task))) for task in tasks]
    done = list(map_in_processes(_perform, alone, jobs))
    again = dict(_told(tasks, done))
    looks = [task if _is_wide(task, done[number]) else _narrow(task) for number, task in again.items()]
    second = map_in_processes(_perform, looks, jobs if len(again) > _FEW else 1)
    for (number, task), look, result in zip(again.items(), looks, second, strict=True):
        done[number] = result if look is task else _joined(done[number], result) or _perform(task)
    return done


def _is_wide(task: Task, done: Done) -> bool:
    """Tell whether all rules have to run again: what is found may be suppressed, or the file changes meanwhile."""
    return task.texts or done.suppressed or done.reading is None


def _narrow(task: Task) -> Task:
    return replace(task, settings=replace(task.settings, enabled=frozenset({_CLONES})))


def _joined(done: Done, clones: Done) -> Done | None:
    """Add what the second look at a notebook has found; ``None`` where the file was written meanwhile."""
    if done.reading != clones.reading or done.check.cells is None or clones.check.cells is None:
        return None
    known = {**done.check.cells.known, **clones.check.cells.known}
    found = [*(item for item in done.check.diagnostics if item.code != _CLONES), *clones.check.diagnostics]
    found.sort(key=lambda item: (known[item.cell][0], item.span, item.code))
    cells = FoundCells(done.check.cells.total, known).kept(found)
    check = replace(done.check, diagnostics=tuple(found), cells=cells)
    return replace(done, check=check, outside={**done.outside, **clones.outside})


def _alone(task: Task) -> Surroundings | None:
    around = task.settings.surroundings
    return replace(around, waits=False) if isinstance(around, NotebookSurroundings) else around


def _told(tasks: Sequence[Task], done: Sequence[Done]) -> Iterator[tuple[int, Task]]:
    """Yield the numbers of tasks that have to be done again, with what they are told of the other notebooks."""
    asked: dict[int, tuple[NotebookSurroundings, Question]] = {}
    for number, (task, result) in enumerate(zip(tasks, done, strict=True)):
        around = task.settings.surroundings
        question = next((question for question in result.outside if question[0] == "twins"), None)
        if question is not None and isinstance(around, NotebookSurroundings):
            asked[number] = (around, question)
    index_clones((around, question[1]) for around, question in asked.values())
    for number, (around, question) in asked.items():
        answer = around.answer(*question)
        if answer:
            told = replace(tasks[number].settings, surroundings=around.knowing(question, answer))
            yield number, replace(tasks[number], settings=told)


def _perform(task: Task) -> Done:
    if task.texts:
        return _perform_with_text(task)
    try:
        stamp = stamp_of(task.path.stat())
        data = task.path.read_bytes()
    except OSError as error:
        return Done(NotebookCheck(task.path, None, problem=error.strerror or str(error)))
    reading = Reading(stamp, digest_of(data))
    try:
        file = parse_code(data, task.path)
    except NotebookError as error:
        return Done(NotebookCheck(task.path, None, problem=str(error)), reading)
    found = check_once(analyze(file.notebook), task.settings)
    crashed = any(item.code == INTERNAL_CODE for item in found.diagnostics)
    slim = tuple(_without_edits(item) for item in found.diagnostics)
    check = NotebookCheck(task.path, None, slim, cells=FoundCells.of(file.notebook, slim))
    return Done(check, None if crashed else reading, found.outside, found.suppressed)


def _perform_with_text(task: Task) -> Done:
    try:
        file = read_code(task.path)
    except NotebookError as error:
        return Done(NotebookCheck(task.path, None, problem=str(error)))
    found = check_once(analyze(file.notebook), task.settings)
    cells = FoundCells.of(file.notebook, found.diagnostics)
    return Done(NotebookCheck(task.path, file, tuple(found.diagnostics), cells=cells), outside=found.outside)


def _without_edits(item: Diagnostic) -> Diagnostic:
    """Leave out what editors alone need: edits."""
    return replace(item, fix=Fix(item.fix.title, item.fix.applicability)) if item.fix else item


def check_file(path: Path, settings: RuleSettings) -> NotebookCheck:
    """Check one notebook file."""
    try:
        file = read_code(path)
    except NotebookError as error:
        return NotebookCheck(path, None, problem=str(error))
    return check_parsed(path, file, settings)


def check_parsed(path: Path, file: NotebookFile, settings: RuleSettings) -> NotebookCheck:
    """Check a notebook that is already read."""
    found = tuple(check(analyze(file.notebook), settings))
    return NotebookCheck(path, file, found, cells=FoundCells.of(file.notebook, found))
