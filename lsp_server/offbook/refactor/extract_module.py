"""Extract module: functions and classes, and all that they need, move from a notebook to a Python module.

The refactoring shows that a fresh run gives the same results, or refuses. What has to hold:

1. every name that moved code looks up means the same in the module (``finder.py``, ``names.py``);
2. what runs at the definition gives the same at the module's import (``purity.py``), and so do the module's own
   imports (``order.py``);
3. the notebook's import finds that module and no other (``target.py``, ``naming.py``, ``finding.py``), and nothing in
   the notebook looks at where code stands (``surroundings.py``);
4. a module that is there already keeps its meaning (``existing.py``), and so does what it holds already (``held.py``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from offbook.notebook import CellId
from offbook.refactor.options import TargetPath, about
from offbook.refactor.plan import Plan, Refusal
from offbook.refactor.registry import Context, Offer, Selection, refactoring

_WHAT = "what to move"


@dataclass(frozen=True, slots=True)
class ExtractModuleOptions:
    """What to extract, and where to.

    Attributes:
        to: the module that takes them; it may be there already.
        names: functions and classes to move.
        cells: move what these cells define.
        everything: move every function and class that can be moved; the plan says why others stay.
        parameters: make variables that change parameters of the functions that read them; every call passes them. By
            default, only `--all` does.
        tidy: remove imports that only the moved code used.
        autoreload: add `%autoreload 2`, which loads the module again when you edit it.
        others: other notebooks of the workspace that hold the same definitions import them, too.
    """

    to: TargetPath = field(metadata=about(metavar="pkg/mod.py"))
    names: tuple[str, ...] = field(default=(), metadata=about(metavar="f,G", group=_WHAT))
    cells: tuple[CellId, ...] = field(default=(), metadata=about(group=_WHAT))
    everything: bool = field(default=False, metadata=about(flag="--all", group=_WHAT))
    parameters: bool | None = field(default=None, metadata=about())
    tidy: bool = field(default=False, metadata=about())
    autoreload: bool = field(default=False, metadata=about())
    others: bool = field(default=False, metadata=about())


def offer(context: Context, selection: Selection) -> Offer | None:
    """Offer the definitions that the selection touches; all of the cell without a span."""
    facts = context.analysis.facts.get(selection.cell)
    definitions = facts.definitions if facts is not None else ()
    span = selection.span
    names = list(dict.fromkeys(item.name for item in definitions if span is None or item.whole.overlaps(span)))
    what = f"`{names[0]}`" if len(names) == 1 else f"{len(names)} definitions"
    return Offer(f"Extract {what} to a module", {"names": names}) if names else None


@refactoring(
    id="extract.module",
    title="Extract to module",
    kind="refactor.extract.module",
    options=ExtractModuleOptions,
    offer=offer,
)
def extract_module(context: Context, options: ExtractModuleOptions) -> Plan | Refusal:
    """Move functions and classes, and all that they need, to a Python module.

    The notebook imports them where they stood. Refused where the moved code would find other values in a module than
    in the notebook: variables that change, star imports, magics, `global` names that a cell uses, too.
    """
    from offbook.refactor.across import extracting  # noqa: PLC0415  (loads libcst, which takes 0.1 s)
    from offbook.refactor.module.scene import RefusedError  # noqa: PLC0415

    try:
        if options.others:
            return extracting.extract_everywhere(context, options)
        return extracting.extract_here(context, options)
    except RefusedError as error:
        return error.refusal
