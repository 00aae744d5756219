"""Tries a refactoring on real notebooks: plans, runs before and after with nbclient, and compares on its own.

``python -m offbook.devtools.refactoring_trial REFACTORING FOLDER... [--python PYTHON] [--runs CACHE]`` prints the table
of ``docs/refactoring-results.md``. Folders are copied, not touched. A notebook takes part where it runs to its end in a
minute. ``extract.function`` is asked of the section below every heading, one after another, ``pipeline`` of every cell
that fits something; others once a notebook,
``extract.module`` and ``extract.config`` for everything.
With ``--runs``, what has been run once is not run again, so that a trial goes on where it was stopped.
"""

from __future__ import annotations

import argparse
import ast
import collections
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from offbook.analysis import analyze
from offbook.devtools.trial_runs import TrialRunner, differences
from offbook.devtools.trial_workspace import TrialWorkspace
from offbook.errors import UserError
from offbook.notebook import CellId, Notebook, NotebookFile, apply_changes
from offbook.project.project import Project
from offbook.refactor import Context, Plan, Refusal, find_refactoring

_FILES = {"extract.module": "extracted_code.py", "extract.config": "extracted_config.yaml"}
"""The files that are written, beside the notebook."""

_NOTHING = (
    "there is nothing to",
    "no function or class",
    "no cell can go",
    "nothing in the notebook",
    "twice",
    "no line of cell",
)
"""Words of refusals that mean that there is nothing to do."""

_STAYS = re.compile(r"`(\w+)` stays in the notebook: (.*?)(?: \(cell \d+, line \d+\))?\.$", re.DOTALL)


@dataclass
class Outcome:
    """What became of one notebook.

    Attributes:
        path: where it is.
        state: ``ran``, or why it takes no part.
        refused: reasons, one for each refusal.
        empty: how often there was nothing to do.
        applied: what was done, one title each; for ``extract.module``, one for each function and class that moved.
        differing: what changed behaviour, in words; must stay empty.
        warned: whether warnings on stderr differ (Python shows each once a line, and lines have moved).
        compared: how many cells and files show something that is the same in two runs of the original.
        planning: seconds that planning took.
    """

    path: Path
    state: str = "ran"
    refused: list[str] = field(default_factory=list)
    empty: int = 0
    applied: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    warned: bool = False
    compared: int = 0
    planning: float = 0.0


class Trial:
    """The trial of one refactoring."""

    def __init__(self, refactoring: str, options: Mapping[str, object] | None = None) -> None:
        self.refactoring = find_refactoring(refactoring)
        self.options = dict(options or {})

    def attempt(self, path: Path, workspace: TrialWorkspace) -> Outcome:
        """Plan, run and compare one notebook in a copy of its workspace."""
        outcome = Outcome(path.relative_to(workspace.root))
        try:
            file = NotebookFile.read(path)
        except UserError as error:
            outcome.state = f"unreadable: {error}"
            return outcome
        if file.notebook.language != "python" or file.notebook.format[0] < 4:
            outcome.state = "other language or format"
            return outcome
        try:
            self._attempt(outcome, path, workspace)
        finally:
            workspace.restore()
        return outcome

    def _attempt(self, outcome: Outcome, path: Path, workspace: TrialWorkspace) -> None:
        before = workspace.run(path)
        if isinstance(before, str):
            outcome.state = before
            return
        workspace.restore()
        again = workspace.run(path, 2)
        workspace.restore()
        if isinstance(again, str):
            outcome.state = f"unstable: {again}"
            return
        moved = self._change(outcome, path, workspace.root)
        if outcome.applied:
            found = differences(before, again, workspace.run(path), moved)
            outcome.differing, outcome.warned, outcome.compared = found.words, found.warnings, found.compared

    def _change(self, outcome: Outcome, path: Path, root: Path) -> dict[str, str]:
        """Apply every plan to the file; return the cell that shows the outputs of each original one (none: "")."""
        original = NotebookFile.read(path).notebook
        now: dict[CellId, CellId] = {cell.id: cell.id for cell in original.cells}
        gone: set[CellId] = set()
        for options in self._targets(original, root):
            file = NotebookFile.read(path)
            if options.get("cell") in gone:
                continue
            if "cells" in options:
                options = {**options, "cells": list(dict.fromkeys(now[cell] for cell in options["cells"]))}
            if "cell" in options:
                options = {**options, "cell": now[options["cell"]]}
            start = time.perf_counter()
            context = Context(analyze(file.notebook), Project(root))
            result = self.refactoring.run(context, self.refactoring.convert(self.options | options))
            outcome.planning = round(max(outcome.planning, time.perf_counter() - start), 3)
            if isinstance(result, Refusal):
                self._refused(outcome, result, original)
                continue
            moved, renamed = dict(result.moved), self._apply(result, path, file)
            gone |= {old for old, new in now.items() if new in result.removed}
            now = {old: renamed.get(moved.get(new, new), new) for old, new in now.items()}
            self._applied(outcome, result, original, NotebookFile.read(path).notebook)
        return {str(old): "" if old in gone else str(new) for old, new in now.items()}

    def _refused(self, outcome: Outcome, refusal: Refusal, notebook: Notebook) -> None:
        if any(words in refusal.reason for words in _NOTHING):
            outcome.empty += 1
        elif self.refactoring.id == "extract.module":
            outcome.refused += [refusal.reason] * len(definitions(notebook))
        else:
            outcome.refused.append(refusal.reason)

    def _applied(self, outcome: Outcome, plan: Plan, before: Notebook, after: Notebook) -> None:
        if self.refactoring.id != "extract.module":
            outcome.applied.append(plan.title)
            return
        left = definitions(after)
        reasons = {found[1]: found[2] for found in map(_STAYS.match, plan.warnings) if found is not None}
        outcome.applied += sorted(definitions(before) - left)
        outcome.refused += [reasons.get(name, "no reason given") for name in sorted(left)]

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
        return renamed

    def _targets(self, notebook: Notebook, root: Path) -> Iterator[dict[str, Any]]:
        """Yield the options of each plan."""
        if self.refactoring.id == "extract.function":
            yield from ({"cells": cells} for cells in sections(notebook))
            return
        if self.refactoring.id == "pipeline":
            yield from ({"cell": cell.id} for cell in notebook.cells if cell.kind == "code" and ".fit" in cell.source)
            return
        file = _FILES.get(self.refactoring.id)
        yield {"everything": True, "to": os.fspath(notebook.path.parent.relative_to(root) / file)} if file else {}


def definitions(notebook: Notebook) -> set[str]:
    """Return the names of the functions and classes at the top level of cells."""
    facts = analyze(notebook).facts.values()
    statements = (node for found in facts if found.tree is not None for node in found.tree.body)
    return {node.name for node in statements if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}


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
    reasons = collections.Counter(general_reason(reason) for outcome in ran for reason in outcome.refused)
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
        f"| cells and written files compared | {sum(outcome.compared for outcome in ran)} |",
        f"| longest planning, in seconds | {max((outcome.planning for outcome in ran), default=0):.2f} |",
        "",
        "| refused because | |",
        "|---|---|",
        *(f"| {reason} | {count} |" for reason, count in reasons.most_common()),
    ]
    return "\n".join(lines)


def general_reason(reason: str) -> str:
    """Return a reason without the names and numbers of one notebook."""
    parts = reason.split("`")
    text = "`…`".join(parts[::2]) if len(parts) % 2 else reason
    return re.sub(r"\b(cells?) \d+(?:, \d+)*(?: and \d+)?", r"\1 N", text)


def main(arguments: list[str]) -> int:
    """Try a refactoring on all notebooks of some folders; return 1 where behaviour has changed."""
    parser = argparse.ArgumentParser(prog="refactoring_trial", description=__doc__)
    parser.add_argument("refactoring")
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--options", type=json.loads, help="more options of the refactoring, as JSON")
    parser.add_argument("--only", type=Path, help="a file of notebooks to try, one `folder/path.ipynb` a line")
    parser.add_argument("--python", default=sys.executable, help="the interpreter of the kernels")
    parser.add_argument("--warm", nargs="*", default=[], help="modules that are imported once for all kernels")
    parser.add_argument("--limit", type=int, default=10_000, help="notebooks of each folder, evenly chosen")
    parser.add_argument("--timeout", type=int, default=60, help="seconds that a notebook may take")
    parser.add_argument("--log", type=Path, help="a file for one line of JSON a notebook")
    parser.add_argument("--runs", type=Path, help="a folder that keeps what was run, by what was run")
    given = parser.parse_args(arguments)
    only = set(given.only.read_text(encoding="utf-8").split("\n")) if given.only else None
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory(prefix="offbook-trial-") as scratch:
        trial = Trial(given.refactoring, given.options)
        runner = TrialRunner(given.python, Path(scratch) / "kernels", given.timeout, given.warm)
        for folder in given.folders:
            if not any(_chosen(folder, given.limit, only)):
                continue
            workspace = TrialWorkspace(folder, Path(scratch).resolve() / folder.name, runner, given.runs)
            for path in _chosen(folder, given.limit, only):
                outcomes.append(trial.attempt(workspace.root / path.relative_to(folder), workspace))
                _report(outcomes[-1], folder.name, given.log)
    print(table(outcomes))
    return int(any(outcome.differing for outcome in outcomes))


def _chosen(folder: Path, limit: int, only: set[str] | None) -> Iterable[Path]:
    """Return the notebooks of a folder that are tried."""
    paths = sorted(path for path in folder.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)
    if only is not None:
        paths = [path for path in paths if f"{folder.name}/{path.relative_to(folder)}" in only]
    return paths[:: max(1, len(paths) // limit)]


def _report(outcome: Outcome, folder: str, log: Path | None) -> None:
    done = f"applied {len(outcome.applied)}, refused {len(outcome.refused)}, differing {outcome.differing}"
    report_outcome(outcome.path, folder, done if outcome.state == "ran" else outcome.state, vars(outcome), log)


def report_outcome(path: Path, folder: str, words: str, values: Mapping[str, Any], log: Path | None) -> None:
    """Say what became of a notebook, and write all of it to a log: one line of JSON."""
    print(f"{folder}/{path}: {words}", file=sys.stderr, flush=True)
    if log is not None:
        with log.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"folder": folder, **values, "path": os.fspath(path)}) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
