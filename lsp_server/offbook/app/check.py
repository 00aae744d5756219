"""Checks notebooks with the rules: the use case behind every face's diagnostics."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from offbook.analysis import analyze
from offbook.app.paths import find_notebooks
from offbook.config import Settings, find_settings, select_codes
from offbook.diagnostics import Diagnostic
from offbook.errors import UserError
from offbook.notebook import NotebookError, NotebookFile
from offbook.rules import RuleSettings, check


@dataclass(frozen=True, slots=True)
class NotebookCheck:
    """One notebook's findings.

    Attributes:
        path: as the user named it.
        file: the notebook; ``None`` where it could not be read.
        diagnostics: the findings, in document order.
        problem: why it could not be checked; empty otherwise.
    """

    path: Path
    file: NotebookFile | None
    diagnostics: tuple[Diagnostic, ...] = ()
    problem: str = ""


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
        return RuleSettings(enabled - select_codes(self.ignore), settings.options, settings.known_names)


def check_paths(paths: Iterable[Path], selection: Selection | None = None) -> CheckReport:
    """Check every notebook that is named, and those in the folders that are named.

    Raises:
        UserError: for a path that is missing, or wrong settings. A notebook that cannot be read is reported instead.
    """
    start = time.perf_counter()
    selection = selection or Selection()
    found: list[NotebookCheck] = []
    settings_of: dict[Path, Settings] = {}
    for path in find_notebooks(paths):
        folder = path.resolve().parent
        settings = settings_of.get(folder) or settings_of.setdefault(folder, find_settings(folder))
        if not settings.excludes(path):
            found.append(check_file(path, selection.apply(settings.for_path(path))))
    return CheckReport(tuple(found), time.perf_counter() - start)


def check_file(path: Path, settings: RuleSettings) -> NotebookCheck:
    """Check one notebook file."""
    try:
        file = NotebookFile.read(path)
    except NotebookError as error:
        return NotebookCheck(path, None, problem=str(error))
    return check_parsed(path, file, settings)


def check_parsed(path: Path, file: NotebookFile, settings: RuleSettings) -> NotebookCheck:
    """Check a notebook that is already read."""
    return NotebookCheck(path, file, tuple(check(analyze(file.notebook), settings)))
