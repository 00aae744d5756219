"""Dedupe: statements that stand in the notebook more than once become one function, and calls of it.

Over several notebooks, functions and classes that others hold as well move to a module once (``across/``), and so does
the function that copies of statements in several notebooks become.

Each copy is held to what extract function is held to (``region/``, ``function/hazards.py``). What has to hold besides:

1. the copies differ in names and literals alone, and their names map one to one (``deduplication/alignment.py``);
2. they take and give the same (``deduplication/sharing.py``), each also where the others are calls already
   (``deduplication/replacement.py``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from offbook.notebook import CellId
from offbook.refactor.options import TargetPath, about
from offbook.refactor.plan import Plan, Refusal
from offbook.refactor.registry import Context, Offer, Selection, refactoring


@dataclass(frozen=True, slots=True)
class DedupeOptions:
    """Which copies, and where the function goes.

    Attributes:
        to: the module that takes the function; without it, a new cell above the first copy.
        name: the function's name.
        cells: only copies that touch these cells.
        across: look at the other notebooks of the workspace: what they hold too goes to a module, which all import; by
            default `utils.py` beside the notebook.
    """

    to: TargetPath = field(default=TargetPath(""), metadata=about(metavar="utils.py"))
    name: str = field(default="", metadata=about(metavar="NAME", ask="Name of the function"))
    cells: tuple[CellId, ...] = field(default=(), metadata=about())
    across: bool = field(default=False, metadata=about(ask="Other notebooks of the workspace, too"))


def offer(context: Context, selection: Selection) -> Offer | None:
    """Offer it where lines are selected that hold a part of a copy which can become a call."""
    from offbook.refactor.deduplication.finding import find_shared  # noqa: PLC0415  (only where lines are selected)

    span = selection.span
    if span is None or span.start == span.end or selection.cell not in context.analysis.facts:
        return None
    copies = [copy for sharing in find_shared(context, (selection.cell,)).groups for copy in sharing.copies]
    here = [copy.lines for copy in copies if copy.lines.cell == selection.cell]
    if not any(lines.first <= span.end.line and span.start.line <= lines.last for lines in here):
        return None
    return Offer("Make one function of the copies", {"cells": [selection.cell]})


@refactoring(
    id="dedupe",
    title="Make one function of copies",
    kind="refactor.rewrite.dedupe",
    options=DedupeOptions,
    offer=offer,
)
def dedupe(context: Context, options: DedupeOptions) -> Plan | Refusal:
    """Make one function of statements that stand in the notebook more than once.

    Six statements or more that differ in names of variables and in literals alone become a function, with a parameter
    for every variable that they read and for every literal that differs; each copy becomes a call. Copies that take or
    give something else, or that extract function would refuse, stay, and the plan says why; so do copies in functions.

    With `--across`, functions and classes that other notebooks of the workspace hold, too, move to a module, and all of
    these notebooks import them; so does one function for statements that stand in several notebooks. A constant that is
    another one there becomes a parameter, which every call passes. A notebook in which they could do something else
    keeps its own, and the plan says why.
    """
    from offbook.refactor.deduplication.across import plan_across  # noqa: PLC0415  (loads libcst, which takes 0.1 s)
    from offbook.refactor.deduplication.planning import plan  # noqa: PLC0415
    from offbook.refactor.module.scene import RefusedError  # noqa: PLC0415

    try:
        return plan_across(context, options) if options.across else plan(context, options)
    except RefusedError as error:
        return error.refusal
