"""Extract function: cells, or lines of a cell, become a function and a call of it.

The refactoring shows that a fresh run gives the same results, or refuses. What has to hold:

1. what the code takes from the notebook's names, it takes as parameters or finds as it did; what it gives to later
   code, it returns (``region/exchange.py``);
2. what cannot stand in a function stays in the notebook (``region/layout.py``) or is refused (``hazards.py``);
3. the calling cell shows what the cells showed, in the same order: values (``showing.py``) and figures
   (``drawing.py``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from offbook.notebook import CellId
from offbook.refactor.options import CellLines, about
from offbook.refactor.plan import Plan, Refusal
from offbook.refactor.registry import Context, Offer, Selection, refactoring

_WHAT = "what to extract"


@dataclass(frozen=True, slots=True)
class ExtractFunctionOptions:
    """What to extract.

    Attributes:
        name: the function's name; by default the first words of the text above.
        cells: cells that follow one another.
        lines: lines of one cell.
    """

    name: str = field(default="", metadata=about(metavar="NAME", ask="Name of the function"))
    cells: tuple[CellId, ...] = field(default=(), metadata=about(group=_WHAT))
    lines: CellLines | None = field(default=None, metadata=about(group=_WHAT))


def offer(context: Context, selection: Selection) -> Offer | None:
    """Offer lines that are selected, where they can be extracted.

    A selection within one line is none: it may be the place of a finding.
    """
    from offbook.refactor.function.extraction import prepare  # noqa: PLC0415  (only where something is selected)
    from offbook.refactor.module.scene import RefusedError  # noqa: PLC0415

    span = selection.span
    if span is None or span.start.line == span.end.line:
        return None
    last = span.end.line - (span.end.column == 0 and span.end.line > span.start.line)
    options = ExtractFunctionOptions(lines=CellLines(selection.cell, span.start.line, last))
    try:
        prepare(context, options)
    except RefusedError:
        return None
    lines = {"cell": selection.cell, "first": span.start.line, "last": last}
    return Offer("Extract the lines to a function", {"lines": lines})


@refactoring(
    id="extract.function",
    title="Extract to function",
    kind="refactor.extract.function",
    options=ExtractFunctionOptions,
    offer=offer,
)
def extract_function(context: Context, options: ExtractFunctionOptions) -> Plan | Refusal:
    """Turn cells, or lines of one cell, into a function and a call of it.

    Variables that the code reads become parameters, and what later code reads is returned; imports, functions, classes
    and constants (names in capitals that are bound once) are used as they are. Imports and definitions among the code
    stay in the notebook. Cells become one cell with the function and one with the call, which shows everything that the
    cells showed; a value that a cell in the middle showed is shown by `display()` there, and figures by `plt.show()`.

    Refused where a function would behave differently: a name that is bound only on some paths and read later, `global`,
    `del` of the notebook's variables, top-level `await`, magics in the middle of the code, functions that read what
    the code binds, code that looks at all names (`globals()`, `eval`), the history (`_`, `Out`), a lambda or generator
    that is shown (its text would name the new function), figures in another backend than the inline one, and variables
    that another notebook uses which runs this one (`%run`).
    """
    from offbook.refactor.function.extraction import prepare  # noqa: PLC0415
    from offbook.refactor.function.writing import write  # noqa: PLC0415  (loads libcst, which takes 0.1 s)
    from offbook.refactor.module.scene import RefusedError  # noqa: PLC0415

    try:
        return write(prepare(context, options))
    except RefusedError as error:
        return error.refusal
