"""Checks notebooks with the rules: the use case behind every face's diagnostics."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from offbook.app.checkcache import CheckCache
from offbook.app.checktasks import Done, Task
from offbook.app.paths import find_notebooks
from offbook.app.results import CheckReport
from offbook.app.surroundings import FolderRules
from offbook.config import select_codes
from offbook.errors import UserError
from offbook.rules import RuleSettings


class Selection(Struct, frozen=True):
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
        paths: notebooks, folders with notebooks, and Python modules.
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
    for task, done in zip(left, _perform_all(left, jobs), strict=True):
        known[task.path] = done.check
        if cache and done.reading is not None:
            cache.store(done.check, done.reading, task.settings, done.outside)
    if cache:
        cache.save()
    return CheckReport(tuple(known[task.path] for task in tasks), time.perf_counter() - start)


def _tasks(paths: Iterable[Path], selection: Selection, texts: bool) -> Iterator[Task]:
    rules = FolderRules()
    for path in find_notebooks(paths, modules=True):
        settings = rules.find(path)
        if settings is not None:
            yield Task(path, selection.apply(settings), texts)


def _perform_all(tasks: Sequence[Task], jobs: int | None) -> Sequence[Done]:
    if not tasks:
        return ()
    from offbook.app.checking import perform_all  # noqa: PLC0415  (the analysis and the rules: where all is known, no)

    return perform_all(tasks, jobs)
