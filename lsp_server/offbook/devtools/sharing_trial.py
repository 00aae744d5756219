"""Tries to share what real notebooks of one folder have in common, and compares what they show.

``python -m offbook.devtools.sharing_trial FOLDER... [--python PYTHON] [--runs CACHE] [--only FILE]`` prints the table
of ``docs/refactoring-results.md``. A group is a function or class that several notebooks of one folder hold, word for
word. It is asked for once, from the notebook with most groups that were not asked for yet; then every other notebook
is asked for copies of statements. Without ``--python``, nothing is run. Every changed notebook that runs to its end is
run before, before again, and after, and compared independently of offbook's own verification.
"""

from __future__ import annotations

import argparse
import ast
import collections
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from offbook.analysis import Analysis, analyze
from offbook.app.apply import apply_plan
from offbook.devtools.refactoring_trial import general_reason, report_outcome
from offbook.devtools.trial_runs import Shown, TrialRunner, differences
from offbook.devtools.trial_workspace import TrialWorkspace
from offbook.errors import UserError
from offbook.notebook import NotebookFile
from offbook.project.project import Project
from offbook.refactor import Context, Plan, Refusal, find_refactoring
from offbook.refactor.across.definitions import join_definitions
from offbook.refactor.across.twins import Twin
from offbook.refactor.module.scene import RefusedError
from offbook.refactor.options import TargetPath

Groups = dict[tuple[str, str], set[Path]]
"""The notebooks that hold a definition, by its name and its tree."""

_COPIES = re.compile(r"`\w+` stands for (\d+) copies: (.*)")
_PLACE = re.compile(r"cell \d+ of `[^`]*`")
_MODULE = "shared_code.py"
_RUNS = 12
"""So many notebooks of one plan are run."""


@dataclass
class Outcome:
    """What became of the definitions of one notebook that others hold, too.

    Attributes:
        path: the notebook that was asked.
        groups: how many definitions others hold.
        shared: how many notebooks share each that one module holds now.
        copies: how many copies each function stands for that was made of statements.
        refused: for each of the others, why.
        kept: for each notebook that keeps its own of a shared one, why.
        run: notebooks that were run before and after.
        differing: what changed behaviour, in words; must stay empty.
        warned: notebooks with other warnings on stderr.
        compared: cells and files that show the same in two runs of the original.
        planning: seconds that planning took.
    """

    path: Path
    groups: int = 0
    shared: list[int] = field(default_factory=list)
    copies: list[int] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    run: int = 0
    differing: list[str] = field(default_factory=list)
    warned: int = 0
    compared: int = 0
    planning: float = 0.0


def read(folder: Path) -> dict[Path, Analysis]:
    """Return the Python notebooks of a folder; those in other folders are left out."""
    found: dict[Path, Analysis] = {}
    for path in sorted(folder.glob("*.ipynb")):
        try:
            notebook = NotebookFile.read(path).notebook
        except UserError:
            continue
        if notebook.language == "python" and notebook.format[0] >= 4:
            found[path] = analyze(notebook)
    return found


def find_groups(notebooks: dict[Path, Analysis]) -> Groups:
    """Return the definitions that several notebooks hold."""
    groups: collections.defaultdict[tuple[str, str], set[Path]] = collections.defaultdict(set)
    for path, analysis in notebooks.items():
        for _, facts in analysis.cells:
            for item in facts.definitions:
                groups[item.name, ast.dump(item.node)].add(path)
    return {key: paths for key, paths in groups.items() if len(paths) > 1}


def attempts(folder: Path, root: Path) -> Iterator[tuple[Outcome, Plan | None]]:
    """Ask for every group of a folder once, and for copies of statements."""
    notebooks = read(folder)
    waiting = find_groups(notebooks)
    rest = list(notebooks) if len(notebooks) > 1 else []
    seen: set[str] = set()
    while waiting:
        count = collections.Counter(path for paths in waiting.values() for path in paths)
        start = max(sorted(count), key=count.__getitem__)
        asked = {key: paths for key, paths in waiting.items() if start in paths}
        waiting = {key: paths for key, paths in waiting.items() if key not in asked}
        rest.remove(start) if start in rest else None
        outcome = _asked(start, asked, notebooks, root)
        yield outcome, _plan(outcome, notebooks[start], root, seen)
    for start in rest:
        outcome = Outcome(start.relative_to(root))
        plan = _plan(outcome, notebooks[start], root, seen)
        if outcome.copies:
            yield outcome, plan


def _plan(outcome: Outcome, analysis: Analysis, root: Path, seen: set[str]) -> Plan | None:
    """Return what dedupe does with a notebook; note the copies that were not seen yet."""
    refactoring = find_refactoring("dedupe")
    to = os.path.relpath(analysis.notebook.path.parent / _MODULE, root)
    started = time.perf_counter()
    plan = refactoring.run(Context(analysis, Project(root)), refactoring.convert({"across": True, "to": to}))
    outcome.planning = round(time.perf_counter() - started, 2)
    if isinstance(plan, Refusal):
        return None
    for found in filter(None, map(_COPIES.match, plan.summary)):
        places = " ".join(sorted(_PLACE.findall(found[2])))
        if places not in seen:
            seen.add(places)
            outcome.copies.append(int(found[1]))
    return plan


def _asked(start: Path, asked: Groups, notebooks: dict[Path, Analysis], root: Path) -> Outcome:
    """Ask for definitions."""
    outcome = Outcome(start.relative_to(root), len(asked))
    by_path: dict[Path, list[str]] = {}
    for (name, _), paths in asked.items():
        for path in paths - {start}:
            by_path.setdefault(path, []).append(name)
    twins = [Twin(notebooks[path], tuple(dict.fromkeys(names))) for path, names in sorted(by_path.items())]
    to = TargetPath(os.path.relpath(start.parent / _MODULE, root))
    try:
        joined = join_definitions(Context(notebooks[start], Project(root)), twins, to)
    except RefusedError as error:
        outcome.refused = [error.refusal.reason] * len(asked)
        return outcome
    for name, _ in asked:
        sharing = sum(name in twin.names for twin in joined.twins)
        left = [why for (_, other), why in joined.left.items() if other == name]
        if sharing:
            outcome.shared.append(sharing + 1)
            outcome.kept += left
        else:
            outcome.refused.append(left[0] if left else "no reason given")
    return outcome


def run(outcome: Outcome, plan: Plan, workspace: TrialWorkspace, only: set[str] | None) -> None:
    """Apply a plan in a copy, and compare what the changed notebooks show."""
    files = {change.path: NotebookFile.read(change.path) for change in plan.notebooks}
    before: dict[Path, tuple[Shown, Shown]] = {}
    for path in files:
        if only is not None and f"{workspace.original.name}/{path.relative_to(workspace.root)}" not in only:
            continue
        runs: list[Shown] = []
        for number in (1, 2):
            shown = workspace.run(path, number) if len(before) < _RUNS else "enough"
            workspace.restore()
            if isinstance(shown, str):
                break
            runs.append(shown)
        if len(runs) == 2:
            before[path] = (runs[0], runs[1])
    for path, (first, second) in before.items():
        apply_plan(plan, workspace.root, files)
        after = NotebookFile.read(path).notebook.cells  # without ids in the file, changed cells have other ones
        moved = {str(old.id): str(new.id) for old, new in zip(files[path].notebook.cells, after, strict=True)}
        found = differences(first, second, workspace.run(path), moved)
        workspace.restore()
        outcome.run += 1
        outcome.differing += (f"{path.name}: {words}" for words in found.words)
        outcome.warned += found.warnings
        outcome.compared += found.compared


def table(outcomes: list[Outcome]) -> str:
    """Return the results in Markdown."""
    shared = [count for outcome in outcomes for count in outcome.shared]
    copies = [count for outcome in outcomes for count in outcome.copies]
    refused = [reason for outcome in outcomes for reason in outcome.refused]
    kept = [reason for outcome in outcomes for reason in outcome.kept]
    lines = [
        "| | |",
        "|---|---|",
        f"| definitions that several notebooks of a folder hold | {sum(outcome.groups for outcome in outcomes)} |",
        f"| shared by a module | {len(shared)}, by {sum(shared)} notebooks |",
        f"| refused | {len(refused)} |",
        f"| functions made of statements that stand in several notebooks | {len(copies)}, of {sum(copies)} copies |",
        f"| notebooks that keep their own of a shared one | {len(kept)} |",
        f"| plans | {sum(bool(outcome.shared or outcome.copies) for outcome in outcomes)} |",
        f"| changed notebooks that were run before and after | {sum(outcome.run for outcome in outcomes)} |",
        f"| of these, with changed behaviour | {sum(bool(outcome.differing) for outcome in outcomes)} |",
        f"| with other warnings | {sum(outcome.warned for outcome in outcomes)} |",
        f"| cells and written files compared | {sum(outcome.compared for outcome in outcomes)} |",
        f"| longest planning, in seconds | {max((outcome.planning for outcome in outcomes), default=0):.1f} |",
    ]
    for title, reasons in (("refused because", refused), ("keeps its own because", kept)):
        lines += ["", f"| {title} | |", "|---|---|"]
        counted = collections.Counter(map(general_reason, reasons))
        lines += (f"| {reason} | {count} |" for reason, count in counted.most_common())
    return "\n".join(lines)


def _folders(root: Path) -> Iterable[Path]:
    return sorted({path.parent for path in root.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts})


def main(arguments: list[str]) -> int:
    """Try all folders; return 1 where behaviour has changed."""
    parser = argparse.ArgumentParser(prog="sharing_trial", description=__doc__)
    parser.add_argument("roots", nargs="+", type=Path)
    parser.add_argument("--only", type=Path, help="run these notebooks alone, one `root/path.ipynb` a line")
    parser.add_argument("--python", help="the interpreter of the kernels; without it, nothing is run")
    parser.add_argument("--warm", nargs="*", default=[], help="modules that are imported once for all kernels")
    parser.add_argument("--timeout", type=int, default=60, help="seconds that a notebook may take")
    parser.add_argument("--log", type=Path, help="a file for one line of JSON a plan")
    parser.add_argument("--runs", type=Path, help="a folder that keeps what was run, by what was run")
    given = parser.parse_args(arguments)
    only = set(given.only.read_text(encoding="utf-8").split("\n")) if given.only else None
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory(prefix="offbook-trial-") as scratch:
        place = Path(scratch).resolve()
        runner = TrialRunner(given.python, place / "kernels", given.timeout, given.warm) if given.python else None
        for original in given.roots:
            root, workspace = original.resolve(), None
            if runner is not None:
                workspace = TrialWorkspace(original, place / original.name, runner, given.runs)
                root = workspace.root
            for folder in _folders(root):
                for outcome, plan in attempts(folder, root):
                    if workspace is not None and plan is not None:
                        run(outcome, plan, workspace, only)
                    outcomes.append(outcome)
                    _report(outcome, original.name, given.log)
    print(table(outcomes))
    return int(any(outcome.differing for outcome in outcomes))


def _report(outcome: Outcome, root: str, log: Path | None) -> None:
    words = f"shared {len(outcome.shared)}, copies {outcome.copies}, refused {len(outcome.refused)}, run {outcome.run}"
    report_outcome(outcome.path, root, f"{words}, differing {outcome.differing}", vars(outcome), log)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
