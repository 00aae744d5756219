"""Runs notebooks before and after a plan, each in a scratch copy of the workspace, and compares the results."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from offbook.app.run import check_run, side_by_side
from offbook.errors import UserError
from offbook.notebook import CellChange, CellId, NotebookFile, apply_changes
from offbook.refactor import Plan
from offbook.running import (
    Comparison,
    Limits,
    Scratch,
    Trial,
    cells_of,
    compare_trials,
    copy_workspace,
    find_python,
    import_path,
    run_sync,
    runnable,
    snapshot,
    written,
)

Verdict = Literal["verified", "differs", "could-not-run"]

VerifyProgress = Callable[[str, int, int], None]
"""Told what goes on: a few words, how many cells have run, and how many there are in all runs together."""


class Verification(Struct, frozen=True):
    """What a trial of a plan came to.

    Attributes:
        verdict: ``verified``, ``differs`` (nothing should be applied) or ``could-not-run`` (the user decides).
        message: the verdict in one sentence or two.
        seconds: how long it took.
        before: what the original gave, where that differs.
        after: what the result of the plan gave.
        notes: what was not compared, and why.
    """

    verdict: Verdict
    message: str
    seconds: float = 0.0
    before: str = ""
    after: str = ""
    notes: tuple[str, ...] = ()


async def verify_plan(
    plan: Plan,
    root: Path,
    files: Mapping[Path, NotebookFile],
    *,
    limits: Limits | None = None,
    progress: VerifyProgress | None = None,
) -> Verification:
    """Run every notebook of ``files`` before and after the plan, and compare.

    The user's files are not touched. Cancelling the awaiting task kills the kernels and removes the copies.

    Args:
        plan: the changes.
        root: the workspace; all paths lie in it.
        files: the notebooks as they are now, the plan's among them.
        limits: how long each run may take.
        progress: told what goes on.
    """
    started = time.monotonic()
    scratch = Scratch()
    try:
        trials = _Trials(plan, root.resolve(), files, scratch.path, limits, progress)
        result = await trials.verify(dict(plan.moved))
    except UserError as error:
        result = Verification("could-not-run", str(error))
    finally:
        await asyncio.shield(asyncio.to_thread(scratch.remove))
    return replace(result, seconds=time.monotonic() - started)


def verify_plan_sync(
    plan: Plan,
    root: Path,
    files: Mapping[Path, NotebookFile],
    *,
    limits: Limits | None = None,
    progress: VerifyProgress | None = None,
) -> Verification:
    """Do as :func:`verify_plan`, outside an event loop.

    Raises:
        KeyboardInterrupt: where it was interrupted; kernels and copies are gone by then.
    """
    return run_sync(verify_plan(plan, root, files, limits=limits, progress=progress))


class _Trials:
    """The runs of one verification."""

    def __init__(
        self,
        plan: Plan,
        root: Path,
        files: Mapping[Path, NotebookFile],
        folder: Path,
        limits: Limits | None,
        progress: VerifyProgress | None,
    ) -> None:
        self.plan = plan
        self.root = root
        self.files = {self._inside(path): file for path, file in files.items()}
        self.changes: dict[Path, tuple[CellChange, ...]] = {
            self._inside(change.path): change.changes for change in plan.notebooks
        }
        self.folder = folder
        self.limits = limits
        self.progress = progress
        self.done = 0
        self.total = 2 * sum(len(runnable(file.notebook)) for file in self.files.values())

    def _inside(self, path: Path) -> Path:
        """Return a path relative to the workspace."""
        full = path.resolve()
        if not full.is_relative_to(self.root):
            raise UserError(f"{path} lies outside the workspace {self.root}")
        return full.relative_to(self.root)

    async def verify(self, moved: Mapping[CellId, CellId]) -> Verification:
        """Run original and result side by side; run the original again where they differ."""
        before, after = await side_by_side(
            lambda changed, _servers: self.run("12"[changed], changed=changed), (False, True), 2
        )
        broken = {path: trial for path, trial in before.items() if trial.report.status != "passed"}
        before = {path: trial for path, trial in before.items() if path not in broken}
        found = await self._compared(before, {path: after[path] for path in before}, moved) if before else None
        if broken and (found is None or found.verdict != "differs"):
            return _could_not_run("The original does not run", broken, found)
        assert found is not None, "a notebook was run"
        return found

    async def _compared(
        self, before: Mapping[Path, Trial], after: Mapping[Path, Trial], moved: Mapping[CellId, CellId]
    ) -> Verification:
        """Compare the notebooks whose originals run."""
        notes: list[str] = []
        for path, trial in after.items():
            if trial.report.status == "failed":
                return _fails(path, trial, self.root)
            if trial.report.status != "passed":
                return _could_not_run("After the change it does not run to the end", {path: trial})
        removed = self.plan.removed
        alike = [
            await asyncio.to_thread(compare_trials, before[path], after[path], moved, None, removed) for path in before
        ]
        if any(found.differences for found in alike):
            self.total += self.total // 2
            again = await self.run("3", changed=False)
            for path in before:
                found = await asyncio.to_thread(compare_trials, before[path], after[path], moved, again[path], removed)
                if found.differences:
                    return _differs(path, found)
                notes += found.unstable
        count = sum(trial.report.total for trial in before.values())
        message = f"Same results before and after, in fresh kernels ({cells_of(count)})."
        return Verification("verified", " ".join([message, *notes]), notes=tuple(notes))

    async def run(self, name: str, *, changed: bool) -> dict[Path, Trial]:
        """Make a copy and run the notebooks in it, one after another."""
        copy = self.folder / name / self.root.name
        copy.parent.mkdir()
        await asyncio.to_thread(self._prepare, copy, changed)
        return {path: await self._trial(path, copy, changed) for path in self.files}

    async def _trial(self, path: Path, copy: Path, changed: bool) -> Trial:
        """Run one notebook in a copy."""
        notebook = apply_changes(self.files[path].notebook, self.changes.get(path, ()) if changed else ())
        python = await asyncio.to_thread(find_python, notebook.kernel)
        imports = await asyncio.to_thread(import_path, python, self.root, copy, os.environ)
        state = await asyncio.to_thread(snapshot, copy)
        report = await check_run(
            replace(notebook, path=copy / path),
            root=copy,
            limits=self.limits,
            progress=lambda now: self._tell(path, changed, now.state),
            environment={**os.environ, **imports, "PYTHONHASHSEED": "0"},
        )
        return Trial(report, copy, await asyncio.to_thread(written, copy, state))

    def _prepare(self, copy: Path, changed: bool) -> None:
        """Copy the workspace, with the notebooks as they are in the editor, and the plan applied in one copy."""
        copy_workspace(self.root, copy)
        for path, file in self.files.items():
            changes = self.changes.get(path, ()) if changed else ()
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            (copy / path).write_bytes(file.encode(changes))
        for change in self.plan.files if changed else ():
            target = copy / self._inside(change.path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(change.after.encode("utf-8", "surrogatepass"))

    def _tell(self, path: Path, changed: bool, state: str) -> None:
        if self.progress is None:
            return
        self.done += state != "running"
        self.progress(f"{path.name} {'after' if changed else 'before'} the change", self.done, self.total)


def _could_not_run(when: str, broken: Mapping[Path, Trial], others: Verification | None = None) -> Verification:
    """Say which notebooks do not run, and what came of the others."""
    sentences: list[str] = []
    for path, trial in broken.items():
        failure = trial.report.failure
        explanation = f" {failure.explanation}" if failure and failure.explanation else ""
        sentences.append(f"{when}: {path.as_posix()}, {trial.report.message}.{explanation}")
    if others is not None:
        sentences.append(f"Of the others: {others.message}")
    return Verification("could-not-run", " ".join(sentences), notes=others.notes if others is not None else ())


def _fails(path: Path, trial: Trial, root: Path) -> Verification:
    failure = trial.report.failure
    why = f" {failure.explanation}" if failure and failure.explanation else ""
    trace = failure.traceback.replace(str(trial.folder), str(root)) if failure else ""
    message = f"After the change, {path.as_posix()} does not run: {trial.report.message}.{why}"
    return Verification("differs", message, after=trace)


def _differs(path: Path, found: Comparison) -> Verification:
    first = found.differences[0]
    more = len(found.differences) - 1
    rest = f" (and {more} more difference{'s' * (more != 1)})" if more else ""
    return Verification(
        "differs",
        f"After the change, {path.as_posix()} gives something else: {first.what}{rest}.",
        before=first.before,
        after=first.after,
        notes=found.unstable,
    )
