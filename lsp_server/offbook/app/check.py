"""Checks notebooks with the rules: the use case behind every face's diagnostics."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from offbook.analysis import analyze
from offbook.app.parallel import available_cores, map_in_processes
from offbook.app.paths import find_notebooks
from offbook.app.surroundings import rules_for
from offbook.config import Settings, find_settings, select_codes
from offbook.diagnostics import Diagnostic
from offbook.errors import UserError
from offbook.notebook import Notebook, NotebookError, NotebookFile
from offbook.rules import RuleSettings, check

_FEW = 20
"""So many notebooks are checked before other processes have started."""


@dataclass(frozen=True, slots=True)
class NotebookCheck:
    """One notebook's findings.

    Attributes:
        path: as the user named it.
        file: the file; ``None`` where it could not be read, and where nobody needs its text.
        diagnostics: the findings, in document order.
        problem: why it could not be checked; empty otherwise.
        notebook: what the file holds; ``None`` where it could not be read.
    """

    path: Path
    file: NotebookFile | None
    diagnostics: tuple[Diagnostic, ...] = ()
    problem: str = ""
    notebook: Notebook | None = None


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The findings of one command."""

    notebooks: tuple[NotebookCheck, ...]
    seconds: float

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """All findings."""
        return [diagnostic for notebook in self.notebooks for diagnostic in notebook.diagnostics]

    @property
    def cells(self) -> int:
        """How many cells there are in all notebooks that could be read."""
        return sum(len(checked.notebook.cells) for checked in self.notebooks if checked.notebook)

    @property
    def clean(self) -> bool:
        """Whether every notebook could be read and nothing was found."""
        return not any(notebook.diagnostics or notebook.problem for notebook in self.notebooks)


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


def check_paths(
    paths: Iterable[Path], selection: Selection | None = None, *, jobs: int | None = None, texts: bool = True
) -> CheckReport:
    """Check every notebook that is named, and those in the folders that are named; in that order.

    Args:
        paths: notebooks and folders.
        selection: what the command line says about rules.
        jobs: how many processes share the work; by default one for each core, where there are many notebooks.
        texts: whether the files' texts are kept, for fixes and for places in the files.

    Raises:
        UserError: for a path that is missing, or wrong settings. A notebook that cannot be read is reported instead.
    """
    start = time.perf_counter()
    selection = selection or Selection()
    tasks: list[_Task] = []
    settings_of: dict[Path, Settings] = {}
    for path in find_notebooks(paths):
        folder = path.resolve().parent
        settings = settings_of.get(folder) or settings_of.setdefault(folder, find_settings(folder))
        if not settings.excludes(path):
            tasks.append(_Task(path, selection.apply(rules_for(settings, path)), texts))
    if jobs is None:
        jobs = available_cores() if len(tasks) > _FEW else 1
    found = tuple(map_in_processes(_perform, tasks, jobs))
    return CheckReport(found, time.perf_counter() - start)


def _perform(task: _Task) -> NotebookCheck:
    checked = check_file(task.path, task.settings)
    return checked if task.texts else replace(checked, file=None)


def check_file(path: Path, settings: RuleSettings) -> NotebookCheck:
    """Check one notebook file."""
    try:
        file = NotebookFile.read(path)
    except NotebookError as error:
        return NotebookCheck(path, None, problem=str(error))
    return check_parsed(path, file, settings)


def check_parsed(path: Path, file: NotebookFile, settings: RuleSettings) -> NotebookCheck:
    """Check a notebook that is already read."""
    return NotebookCheck(path, file, tuple(check(analyze(file.notebook), settings)), notebook=file.notebook)
