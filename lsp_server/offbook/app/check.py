"""Checks notebooks with the rules: the use case behind every face's diagnostics."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from offbook.analysis import analyze
from offbook.app.checkcache import CheckCache, Outside, Reading, digest_of, stamp_of
from offbook.app.parallel import available_cores, map_in_processes
from offbook.app.paths import find_notebooks
from offbook.app.results import CheckReport, FoundCells, NotebookCheck
from offbook.app.surroundings import rules_for
from offbook.config import Settings, find_settings, select_codes
from offbook.diagnostics import Diagnostic, Fix
from offbook.errors import UserError
from offbook.notebook import NotebookError, NotebookFile
from offbook.project import NotebookSurroundings, index_clones
from offbook.rules import RuleSettings, check, check_once
from offbook.rules.checker import INTERNAL_CODE
from offbook.rules.surroundings import Question, Surroundings

_CLONES = "OB404"
"""The rule on what other notebooks hold."""

_FEW = 20
"""So many notebooks are checked before other processes have started."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What the command line says about rules; an empty ``select`` leaves it to the settings."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def apply(self, settings: RuleSettings) -> RuleSettings:
        """Narrow the settings of one file.

        Raises:
            UserError: for a selector that names no rule.
        """
        for selector in (*self.select, *self.ignore):
            if not select_codes([selector]):
                raise UserError(f"no rule is called `{selector}`: `offbook rule` lists them")
        enabled = select_codes(self.select) if self.select else frozenset(settings.enabled or ())
        return replace(settings, enabled=enabled - select_codes(self.ignore))


@dataclass(frozen=True, slots=True)
class _Task:
    path: Path
    settings: RuleSettings
    texts: bool


@dataclass(frozen=True, slots=True)
class _Done:
    """A result with all that says how long it holds; ``reading`` is ``None`` where it cannot be kept."""

    check: NotebookCheck
    reading: Reading | None = None
    outside: Outside = field(default_factory=dict)
    suppressed: bool = False


def check_paths(
    paths: Iterable[Path],
    selection: Selection | None = None,
    *,
    jobs: int | None = None,
    texts: bool = True,
    cached: bool = False,
) -> CheckReport:
    """Check every notebook that is named, and those in the folders that are named; in that order.

    Args:
        paths: notebooks and folders.
        selection: what the command line says about rules.
        jobs: how many processes share the work; by default one for each core, where there are many notebooks.
        texts: whether the files' texts are kept, for fixes and for places in the files.
        cached: whether results of earlier checks serve, where no texts are kept.

    Raises:
        UserError: for a path that is missing, or wrong settings. A notebook that cannot be read is reported instead.
    """
    start = time.perf_counter()
    tasks = list(_tasks(paths, selection or Selection(), texts))
    cache = CheckCache() if cached and not texts else None
    known = {task.path: check for task in tasks if (check := cache.find(task.path, task.settings))} if cache else {}
    left = [task for task in tasks if task.path not in known]
    if jobs is None:
        jobs = available_cores() if len(left) > _FEW else 1
    for task, done in zip(left, _perform_all(left, jobs), strict=True):
        known[task.path] = done.check
        if cache and done.reading is not None:
            cache.store(done.check, done.reading, task.settings, done.outside)
    if cache:
        cache.save()
    return CheckReport(tuple(known[task.path] for task in tasks), time.perf_counter() - start)


def _tasks(paths: Iterable[Path], selection: Selection, texts: bool) -> Iterator[_Task]:
    settings_of: dict[Path, Settings] = {}
    for path in find_notebooks(paths):
        folder = path.resolve().parent
        settings = settings_of.get(folder) or settings_of.setdefault(folder, find_settings(folder))
        if not settings.excludes(path):
            yield _Task(path, selection.apply(rules_for(settings, path)), texts)


def _perform_all(tasks: Sequence[_Task], jobs: int) -> list[_Done]:
    """Check notebooks; those that may share code with others get a second look, as nobody knows before all are read."""
    alone = [replace(task, settings=replace(task.settings, surroundings=_alone(task))) for task in tasks]
    done = list(map_in_processes(_perform, alone, jobs))
    again = dict(_told(tasks, done))
    looks = [task if _is_wide(task, done[number]) else _narrow(task) for number, task in again.items()]
    second = map_in_processes(_perform, looks, jobs if len(again) > _FEW else 1)
    for (number, task), look, result in zip(again.items(), looks, second, strict=True):
        done[number] = result if look is task else _joined(done[number], result) or _perform(task)
    return done


def _is_wide(task: _Task, done: _Done) -> bool:
    """Tell whether all rules have to run again: what is found may be suppressed, or the file changes meanwhile."""
    return task.texts or done.suppressed or done.reading is None


def _narrow(task: _Task) -> _Task:
    return replace(task, settings=replace(task.settings, enabled=frozenset({_CLONES})))


def _joined(done: _Done, clones: _Done) -> _Done | None:
    """Add what the second look at a notebook has found; ``None`` where the file was written meanwhile."""
    if done.reading != clones.reading or done.check.cells is None or clones.check.cells is None:
        return None
    known = {**done.check.cells.known, **clones.check.cells.known}
    found = [*(item for item in done.check.diagnostics if item.code != _CLONES), *clones.check.diagnostics]
    found.sort(key=lambda item: (known[item.cell][0], item.span, item.code))
    cells = {item.cell: known[item.cell] for item in found}
    check = replace(done.check, diagnostics=tuple(found), cells=FoundCells(done.check.cells.total, cells))
    return replace(done, check=check, outside={**done.outside, **clones.outside})


def _alone(task: _Task) -> Surroundings | None:
    around = task.settings.surroundings
    return replace(around, waits=False) if isinstance(around, NotebookSurroundings) else around


def _told(tasks: Sequence[_Task], done: Sequence[_Done]) -> Iterator[tuple[int, _Task]]:
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


def _perform(task: _Task) -> _Done:
    if task.texts:
        return _perform_with_text(task)
    try:
        stamp = stamp_of(task.path.stat())
        data = task.path.read_bytes()
    except OSError as error:
        return _Done(NotebookCheck(task.path, None, problem=error.strerror or str(error)))
    reading = Reading(stamp, digest_of(data))
    try:
        file = NotebookFile.parse(data, task.path)
    except NotebookError as error:
        return _Done(NotebookCheck(task.path, None, problem=str(error)), reading)
    found = check_once(analyze(file.notebook), task.settings)
    crashed = any(item.code == INTERNAL_CODE for item in found.diagnostics)
    slim = tuple(_without_edits(item) for item in found.diagnostics)
    check = NotebookCheck(task.path, None, slim, cells=FoundCells.of(file.notebook, slim))
    return _Done(check, None if crashed else reading, found.outside, found.suppressed)


def _perform_with_text(task: _Task) -> _Done:
    try:
        file = NotebookFile.read(task.path)
    except NotebookError as error:
        return _Done(NotebookCheck(task.path, None, problem=str(error)))
    found = check_once(analyze(file.notebook), task.settings)
    cells = FoundCells.of(file.notebook, found.diagnostics)
    return _Done(NotebookCheck(task.path, file, tuple(found.diagnostics), cells=cells), outside=found.outside)


def _without_edits(item: Diagnostic) -> Diagnostic:
    """Leave out what editors alone need: edits and refactorings."""
    if item.fix is None and item.proposal is None:
        return item
    return replace(item, fix=Fix(item.fix.title, item.fix.applicability) if item.fix else None, proposal=None)


def check_file(path: Path, settings: RuleSettings) -> NotebookCheck:
    """Check one notebook file."""
    try:
        file = NotebookFile.read(path)
    except NotebookError as error:
        return NotebookCheck(path, None, problem=str(error))
    return check_parsed(path, file, settings)


def check_parsed(path: Path, file: NotebookFile, settings: RuleSettings) -> NotebookCheck:
    """Check a notebook that is already read."""
    found = tuple(check(analyze(file.notebook), settings))
    return NotebookCheck(path, file, found, cells=FoundCells.of(file.notebook, found))
