"""Moves definitions of a notebook to a module, and lets the other notebooks that hold the same import them.

Each notebook is asked as for extract module, the others with the module as it will be: what they hold has to be there
to the letter, with the same meaning of every name. So nothing is known here of what makes a move safe.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from offbook.notebook import Notebook, apply_changes
from offbook.refactor.across.agreeing import Agreement, Member
from offbook.refactor.across.overlay import Overlay
from offbook.refactor.across.twins import Twin
from offbook.refactor.extract_module import ExtractModuleOptions
from offbook.refactor.module.extraction import Extracted, extract_possible
from offbook.refactor.module.report import parameter_sentences
from offbook.refactor.module.scene import RefusedError, Scene
from offbook.refactor.module.target import find_target
from offbook.refactor.options import TargetPath
from offbook.refactor.plan import NotebookChange, Plan
from offbook.refactor.registry import Context
from offbook.refactor.uses.edits import difference

Left = dict[tuple[Path, str], str]
"""By path and name, why a notebook keeps its own definition."""

Extract = Callable[[Context, Sequence[str], Left], Extracted]
"""Moves definitions of the first notebook, whose functions may have more parameters by then.

It is told which names others share, and which they keep.
"""


@dataclass
class Joined:
    """What comes of several notebooks.

    Attributes:
        plan: the plan, for all of them.
        twins: the other notebooks that import definitions, with their names.
        left: by path and name, why a notebook keeps its own.
    """

    plan: Plan
    twins: list[Twin] = field(default_factory=list)
    left: Left = field(default_factory=dict)


def join(
    context: Context,
    twins: Sequence[Twin],
    to: str,
    extract: Extract,
    *,
    parameters: bool,
    originals: Mapping[Path, Notebook] | None = None,
) -> Joined:
    """Return the plan in which as many notebooks as possible take part.

    Args:
        context: the notebook that gives the definitions.
        twins: the others that hold some of the same.
        to: the module.
        extract: moves what is wanted from the first notebook.
        parameters: whether constants that differ become parameters.
        originals: notebooks that have changed already, as they were.

    Raises:
        RefusedError: where nothing can move from the first notebook.
    """
    originals = originals or {}
    left: Left = {}
    while True:
        agreement = agree(context, twins, parameters=parameters)
        left |= agreement.left
        names = list(dict.fromkeys(name for member in agreement.others.values() for name in member.names))
        moved = extract(agreement.first.context, names, left)
        joined = _joined(context, twins, to, agreement, moved, originals)
        left |= joined.left
        taken = {name for twin in joined.twins for name in twin.names}
        if joined.twins == list(twins) or (not agreement.first.added and taken.issuperset(names)):
            return replace(joined, left=left)
        twins = joined.twins  # what is kept needs no new parameters, and need not move


def _joined(
    context: Context,
    twins: Sequence[Twin],
    to: str,
    agreement: Agreement,
    moved: Extracted,
    originals: Mapping[Path, Notebook],
) -> Joined:
    joined = Joined(moved.plan)
    changes = [_change(originals, context.analysis.notebook, agreement.first, moved.plan)]
    summary = [*parameter_sentences(agreement.first.added), *moved.plan.summary]
    warnings = list(moved.plan.warnings)
    overlay = Overlay(context.workspace, moved.plan.files)
    for twin in twins:
        path = twin.analysis.notebook.path
        member = agreement.others[path]
        joined.left |= {(path, name): moved.left[name].refusal.reason for name in member.names if name in moved.left}
        wanted = [name for name in member.names if name not in moved.left]
        found = _other(joined, member, wanted, to, overlay) if wanted else None
        if found is None:
            continue
        plan, taken = found
        joined.twins.append(Twin(twin.analysis, taken))
        changes.append(_change(originals, twin.analysis.notebook, member, plan))
        summary.append(" ".join([f"`{path.name}` imports {_listed(taken)}.", *parameter_sentences(member.added)]))
        warnings += (f"`{path.name}`: {warning}" for warning in plan.warnings)
    joined.plan = replace(
        moved.plan, notebooks=tuple(changes), summary=tuple(summary), warnings=tuple(dict.fromkeys(warnings))
    )
    return joined


def agree(context: Context, twins: Sequence[Twin], *, parameters: bool) -> Agreement:
    """Return the notebooks in which the definitions mean the same, each with the parameters that this takes."""
    others = {
        twin.analysis.notebook.path: Member(replace(context, analysis=twin.analysis), twin.names) for twin in twins
    }
    agreement = Agreement(Member(context), others)
    for name in dict.fromkeys(name for twin in twins for name in twin.names):
        agreement.settle(name, parameters=parameters)
    return agreement


def _other(
    joined: Joined, member: Member, wanted: Sequence[str], to: str, overlay: Overlay
) -> tuple[Plan, tuple[str, ...]] | None:
    """Return the plan of another notebook, and what it imports; note what it keeps, and why."""
    options = ExtractModuleOptions(TargetPath(to), tuple(wanted), everything=True, parameters=False)
    path = member.path
    try:
        find_target(Scene(member.context), to)  # as it is: a new module may hide another one from this notebook
        found = extract_possible(replace(member.context, workspace=overlay), options)
    except RefusedError as error:
        joined.left |= {(path, name): error.refusal.reason for name in wanted}
        return None
    joined.left |= {(path, name): error.refusal.reason for name, error in found.left.items()}
    names = tuple(name for name in wanted if name not in found.left)
    if found.plan.files:
        joined.left |= {(path, name): "it needs more there than the module has" for name in names}
        return None
    return found.plan, names


def _change(originals: Mapping[Path, Notebook], before: Notebook, member: Member, plan: Plan) -> NotebookChange:
    """Return the change that makes the notebook what a plan makes of it, parameters included."""
    (own,) = plan.notebooks
    return difference(originals.get(before.path, before), apply_changes(member.context.analysis.notebook, own.changes))


def left_sentences(left: Mapping[tuple[Path, str], str], most: int = 20) -> list[str]:
    """Say which notebooks keep their own definitions, and why."""
    reasons: dict[tuple[Path, str], list[str]] = {}
    for (path, name), why in sorted(left.items()):
        reasons.setdefault((path, why), []).append(name)
    found = [f"`{path.name}` keeps its own {_listed(names)}: {why}." for (path, why), names in reasons.items()]
    more = len(found) - most
    return found if more <= 1 else [*found[:most], f"So do {more} more."]


def _listed(names: Sequence[str]) -> str:
    listed = [f"`{name}`" for name in names]
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} and {listed[-1]}"
