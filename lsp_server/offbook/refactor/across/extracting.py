"""Extract module, and the notebooks that hold the same definitions: they are named, or import them too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from offbook.notebook import CellId
from offbook.refactor.across.joining import Left, join, left_sentences
from offbook.refactor.across.twins import defined_names, find_twins
from offbook.refactor.extract_module import ExtractModuleOptions
from offbook.refactor.module.extraction import Extracted, extract, extract_possible
from offbook.refactor.plan import Plan
from offbook.refactor.registry import Context

_SHOWN = 3
"""So many notebooks are named."""


def extract_everywhere(context: Context, options: ExtractModuleOptions) -> Plan:
    """Return the plan for a notebook and all others of the workspace that hold the same definitions.

    Raises:
        RefusedError: where the definitions cannot move from the notebook itself.
    """
    parameters = options.everything if options.parameters is None else options.parameters
    twins = find_twins(context, chosen_names(context, options))

    def move(now: Context, _shared: Sequence[str], _left: Left) -> Extracted:
        return extract_possible(now, options)

    joined = join(context, twins, options.to, move, parameters=parameters)
    return replace(joined.plan, summary=(*joined.plan.summary, *left_sentences(joined.left)))


def extract_here(context: Context, options: ExtractModuleOptions) -> Plan:
    """Return the plan for one notebook; it says which others hold the same definitions.

    Raises:
        RefusedError: where it cannot be shown that results stay the same.
    """
    plan = extract(context, options)
    return replace(plan, summary=(*plan.summary, *_offered(context, chosen_names(context, options))))


def chosen_names(context: Context, options: ExtractModuleOptions) -> list[str]:
    """Return the names of the definitions that were chosen."""
    if options.everything:
        return defined_names(context.analysis)
    return list(dict.fromkeys([*options.names, *names_of(context, options.cells)]))


def names_of(context: Context, cells: Sequence[CellId]) -> Iterator[str]:
    """Yield what some cells define."""
    for cell, facts in context.analysis.cells:
        if cell.id in cells:
            yield from (item.name for item in facts.definitions)


def _offered(context: Context, names: Sequence[str]) -> Iterator[str]:
    twins = find_twins(context, names)
    if twins:
        shared = dict.fromkeys(name for twin in twins for name in twin.names)
        what = f"`{next(iter(shared))}`" if len(shared) == 1 else f"{len(shared)} of these"
        shown = [f"`{twin.analysis.notebook.path.name}`" for twin in twins[:_SHOWN]]
        more = len(twins) - len(shown)
        where = f"{', '.join(shown)} and {more} more" if more else " and ".join([", ".join(shown[:-1]), shown[-1]])
        where = where.removeprefix(" and ")
        verb = "holds" if len(twins) == 1 else "hold"
        yield f"{where} {verb} {what} too: with `--others`, they import from the module as well."
