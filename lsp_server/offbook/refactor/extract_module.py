"""Extract module: functions and classes, and all that they need, move from a notebook to a Python module.

The refactoring shows that a fresh run gives the same results, or refuses. What has to hold:

1. every name that moved code looks up means the same in the module (``closure.py``, ``names.py``);
2. what runs at the definition gives the same at the module's import (``purity.py``), and so do the module's own
   imports (``order.py``);
3. the notebook's import finds that module and no other (``target.py``), and nothing in the notebook looks at where
   code stands (``surroundings.py``);
4. a module that is there already keeps its meaning (``existing.py``).
"""

from __future__ import annotations

from dataclasses import dataclass

from offbook.notebook import CellId
from offbook.refactor.plan import Plan, Refusal
from offbook.refactor.registry import Context, refactoring


@dataclass(frozen=True, slots=True)
class ExtractModuleOptions:
    """What to extract, and where to.

    Attributes:
        to: the module's path, relative to the workspace's root or absolute.
        names: functions and classes.
        cells: all functions and classes that these cells define.
        everything: all functions and classes that can be moved; the others stay, and the plan says why.
    """

    to: str
    names: tuple[str, ...] = ()
    cells: tuple[CellId, ...] = ()
    everything: bool = False


@refactoring(
    id="extract.module",
    title="Extract to module",
    kind="refactor.extract.module",
    options=ExtractModuleOptions,
)
def extract_module(context: Context, options: ExtractModuleOptions) -> Plan | Refusal:
    """Move definitions and what they need to a module, and import them in the cells where they stood."""
    from offbook.refactor.module.extraction import extract  # noqa: PLC0415  (loads libcst, which takes 0.1 s)
    from offbook.refactor.module.scene import RefusedError  # noqa: PLC0415

    try:
        return extract(context, options)
    except RefusedError as error:
        return error.refusal
