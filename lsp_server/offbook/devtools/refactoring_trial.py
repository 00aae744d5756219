"""Tries a refactoring on real notebooks: plans, runs before and after with nbclient, and compares on its own.

``python -m offbook.devtools.refactoring_trial REFACTORING FOLDER... [--python PYTHON]`` prints the table of
``docs/refactoring-results.md``. Folders are copied, not touched. A notebook takes part where it runs to its end in a
minute. ``extract.function`` is asked of the section below every heading, one after another; others once a notebook.
"""

from __future__ import annotations

import argparse
import collections
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from offbook.analysis import analyze
from offbook.devtools.trial_runs import TrialRunner, differences
from offbook.errors import UserError
from offbook.notebook import CellId, Notebook, NotebookFile, apply_changes
from offbook.project.project import Project
from offbook.refactor import Context, Plan, Refusal, find_refactoring

_WHOLE: dict[str, dict[str, object]] = {
    "extract.module": {"to": "extracted_code.py", "everything": True},
    "extract.config": {"to": "extracted_config.yaml"},
}
"""Options of the refactorings that are asked once a notebook; others have none."""

_NOTHING = ("there is nothing to put into a function", "no function or class", "there is nothing to")


@dataclass
class Outcome:
    """What became of one notebook.

    Attributes:
        path: where it is.
        state: ``ran``, or why it takes no part.
        refused: reasons, one for each refusal.
        empty: how often there was nothing to do.
        applied: what was done, one title each.
        differing: what changed behaviour, in words; must stay empty.
        warned: whether warnings on stderr differ (Python shows each once a line, and lines have moved).
    """

    path: Path
    state: str = "ran"
    refused: list[str] = field(default_factory=list)
    empty: int = 0
    applied: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    warned: bool = False


class Trial:
    """The trial of one refactoring."""

    def __init__(self, refactoring: str, runner: TrialRunner) -> None:
        self.refactoring = find_refactoring(refactoring)
        self.runner = runner

    def attempt(self, path: Path, root: Path) -> Outcome:
        """Plan, run and compare one notebook in a copy of its workspace."""
        outcome = Outcome(path.relative_to(root))
        try:
            file = NotebookFile.read(path)
        except UserError as error:
            outcome.state = f"unreadable: {error}"
            return outcome
        if file.notebook.language != "python" or file.notebook.format[0] < 4:
            outcome.state = "other language or format"
            return outcome
        before = self.runner.run(path)
        if isinstance(before, str):
            outcome.state = before
            return outcome
        again = self.runner.run(path)
        original = path.read_bytes()
        if isinstance(again, str):
            outcome.state = f"unstable: {again}"
            return outcome
        try:
            moved = self._change(outcome, path, root)
            if outcome.applied:
                after = self.runner.run(path)
                found = differences(before, again, after, moved)
                outcome.differing, outcome.warned = found.words, found.warnings
        finally:
            for change in self._written:
                change.unlink(missing_ok=True)
            path.write_bytes(original)
        return outcome

    def _change(self, outcome: Outcome, path: Path, root: Path) -> dict[str, str]:
        """Apply every plan to the file; return the cell that shows the outputs of each original one."""
        self._written: list[Path] = []
        original = NotebookFile.read(path).notebook
        now: dict[CellId, CellId] = {cell.id: cell.id for cell in original.cells}
        for options in self._targets(original):
            file = NotebookFile.read(path)
            if "cells" in options:
                options = {**options, "cells": list(dict.fromkeys(now[cell] for cell in options["cells"]))}
            context = Context(analyze(file.notebook), Project(root))
            result = self.refactoring.run(context, self.refactoring.convert(options))
            if isinstance(result, Refusal):
                if any(words in result.reason for words in _NOTHING):
                    outcome.empty += 1
                else:
                    outcome.refused.append(result.reason)
                continue
            moved, renamed = dict(result.moved), self._apply(result, path, file)
            now = {old: renamed.get(moved.get(new, new), new) for old, new in now.items()}
            outcome.applied.append(result.title)
        return {str(old): str(new) for old, new in now.items()}

    def _apply(self, plan: Plan, path: Path, file: NotebookFile) -> dict[CellId, CellId]:
        """Write a plan; return the ids that cells have when the file is read again (without ids in it, others)."""
        renamed: dict[CellId, CellId] = {}
        for change in plan.notebooks:
            if change.path == path:
                path.write_bytes(file.encode(change.changes))
                planned = apply_changes(file.notebook, change.changes).cells
                read = NotebookFile.read(path).notebook.cells
                assert [cell.source for cell in planned] == [cell.source for cell in read]
                renamed = {one.id: other.id for one, other in zip(planned, read, strict=True)}
        for written in plan.files:
            written.path.parent.mkdir(parents=True, exist_ok=True)
            written.path.write_text(written.after, encoding="utf-8", newline="")
            self._written.append(written.path)
        return renamed

    def _targets(self, notebook: Notebook) -> Iterator[dict[str, Any]]:
        if self.refactoring.id == "extract.function":
            yield from ({"cells": cells} for cells in sections(notebook))
        else:
            yield dict(_WHOLE.get(self.refactoring.id, {}))


def sections(notebook: Notebook) -> Iterator[list[CellId]]:
    """Yield the code cells below each heading, up to the next; those above the first too."""
    found: list[CellId] = []
    for cell in notebook.cells:
        if cell.kind == "markdown" and cell.source.lstrip().startswith("#"):
            if found:
                yield found
            found = []
        elif cell.kind == "code" and cell.source.strip():
            found.append(cell.id)
    if found:
        yield found


def table(outcomes: list[Outcome]) -> str:
    """Return the results in Markdown."""
    ran = [outcome for outcome in outcomes if outcome.state == "ran"]
    applied = sum(len(outcome.applied) for outcome in ran)
    reasons = collections.Counter(_general(reason) for outcome in ran for reason in outcome.refused)
    refused = sum(reasons.values())
    share = 100 * applied / max(1, applied + refused)
    lines = [
        "| | |",
        "|---|---|",
        f"| notebooks that run | {len(ran)} of {len(outcomes)} |",
        f"| applied | {applied} ({share:.0f} % of {applied + refused}) |",
        f"| refused | {refused} |",
        f"| nothing to do | {sum(outcome.empty for outcome in ran)} |",
        f"| notebooks whose behaviour changed | {sum(bool(outcome.differing) for outcome in ran)} |",
        f"| notebooks in which other warnings are printed | {sum(outcome.warned for outcome in ran)} |",
        "",
        "| refused because | |",
        "|---|---|",
        *(f"| {reason} | {count} |" for reason, count in reasons.most_common()),
    ]
    return "\n".join(lines)


def _general(reason: str) -> str:
    """Return a reason without the names and numbers of one notebook."""
    parts = reason.split("`")
    text = "`…`".join(parts[::2]) if len(parts) % 2 else reason
    return " ".join("N" if word.strip(",").isdecimal() else word for word in text.split())


def main(arguments: list[str]) -> int:
    """Try a refactoring on all notebooks of some folders; return 1 where behaviour has changed."""
    parser = argparse.ArgumentParser(prog="refactoring_trial", description=__doc__)
    parser.add_argument("refactoring")
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--python", default=sys.executable, help="the interpreter of the kernels")
    parser.add_argument("--limit", type=int, default=10_000, help="notebooks of each folder, evenly chosen")
    parser.add_argument("--timeout", type=int, default=60, help="seconds that a notebook may take")
    parser.add_argument("--log", type=Path, help="a file for one line of JSON a notebook")
    given = parser.parse_args(arguments)
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory(prefix="offbook-trial-") as scratch:
        trial = Trial(given.refactoring, TrialRunner(given.python, Path(scratch) / "kernels", given.timeout))
        for folder in given.folders:
            copy = Path(scratch).resolve() / folder.name
            shutil.copytree(folder, copy, symlinks=True, ignore=shutil.ignore_patterns(".git"))
            paths = sorted(path for path in copy.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)
            for path in paths[:: max(1, len(paths) // given.limit)]:
                outcomes.append(trial.attempt(path, copy))
                _report(outcomes[-1], folder.name, given.log)
            shutil.rmtree(copy, ignore_errors=True)
    print(table(outcomes))
    return int(any(outcome.differing for outcome in outcomes))


def _report(outcome: Outcome, folder: str, log: Path | None) -> None:
    done = f"applied {len(outcome.applied)}, refused {len(outcome.refused)}, differing {outcome.differing}"
    print(f"{folder}/{outcome.path}: {done if outcome.state == 'ran' else outcome.state}", file=sys.stderr, flush=True)
    if log is not None:
        with log.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"folder": folder, **vars(outcome), "path": os.fspath(outcome.path)}) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
