"""Dedupe over several notebooks: functions and classes that others hold as well move to a module once."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from offbook.notebook import CellId, Notebook
from offbook.refactor.across.extracting import names_of
from offbook.refactor.across.joining import Joined, Left, join
from offbook.refactor.across.twins import Twin, defined_names, find_twins
from offbook.refactor.extract_module import ExtractModuleOptions
from offbook.refactor.module.extraction import Extracted, extract_possible
from offbook.refactor.module.scene import RefusedError
from offbook.refactor.options import TargetPath
from offbook.refactor.plan import Refusal
from offbook.refactor.registry import Context

UTILS = "utils.py"


def usual_module(context: Context) -> TargetPath:
    """Return the module for what notebooks share: ``utils.py`` beside the notebook."""
    return TargetPath(os.path.relpath(context.analysis.notebook.path.parent / UTILS, context.workspace.root))


def shared_twins(context: Context, cells: Sequence[CellId]) -> list[Twin]:
    """Return the notebooks that hold definitions of some cells (all, without any) of a notebook."""
    return find_twins(context, list(names_of(context, cells)) if cells else defined_names(context.analysis))


def join_definitions(
    context: Context, twins: Sequence[Twin], to: TargetPath, originals: Mapping[Path, Notebook] | None = None
) -> Joined:
    """Return the plan that lets all notebooks import what they share.

    ``originals`` are notebooks that have changed already, as they were.

    Raises:
        RefusedError: where no definition can be shared; the reason is that of the first.
    """

    def move(now: Context, names: Sequence[str], left: Left) -> Extracted:
        if not names:
            raise RefusedError(_nothing(left))
        return extract_possible(now, ExtractModuleOptions(to, tuple(names), everything=True, parameters=False))

    joined = join(context, twins, to, move, parameters=True, originals=originals)
    title = f"Share {_titled(joined.twins)} by `{to}`"
    return replace(joined, plan=replace(joined.plan, refactoring="dedupe", title=title))


def _nothing(left: Left) -> Refusal:
    (path, _), why = min(left.items())
    return Refusal(f"no other notebook can share a definition of this one: `{path.name}`: {why}")


def _titled(twins: Sequence[Twin]) -> str:
    names = list(dict.fromkeys(name for twin in twins for name in twin.names))
    what = ", ".join(f"`{name}`" for name in names) if len(names) < 4 else f"{len(names)} definitions"
    return f"{what} of {len(twins) + 1} notebooks"
