"""Extract class: functions that share their first parameters, or variables of the notebook, become methods of a class.

What has to hold:

1. a method finds in its attributes what the function found in its parameters or in the notebook
   (``classes/parameters.py``, ``classes/state.py``);
2. every call gets an object that holds these, and is evaluated in the same order (``classes/calls.py``);
3. the class stands where the first function stood, and defines there what the others would have defined below
   (``classes/members.py``);
4. read back, the new text says what the old one said (``classes/reading.py``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from offbook.notebook import CellId
from offbook.refactor.options import about
from offbook.refactor.plan import Plan, Refusal
from offbook.refactor.registry import Context, Offer, Selection, refactoring

_WHAT = "what becomes a class"


@dataclass(frozen=True, slots=True)
class ExtractClassOptions:
    """Which functions, and what they share.

    Attributes:
        functions: functions that become methods.
        cells: functions that these cells define become methods.
        name: the class's name; by default the first words of the text above.
        attributes: the first parameters, or variables of the notebook, that become attributes; by default all that the
            functions share.
    """

    functions: tuple[str, ...] = field(default=(), metadata=about(metavar="f,g", group=_WHAT, ask="Functions"))
    cells: tuple[CellId, ...] = field(default=(), metadata=about(group=_WHAT))
    name: str = field(default="", metadata=about(metavar="NAME", ask="Name of the class"))
    attributes: tuple[str, ...] = field(default=(), metadata=about(metavar="a,b"))


def offer(context: Context, selection: Selection) -> Offer | None:
    """Offer functions that share something, where the selection touches one of them."""
    from offbook.refactor.classes.offering import sharing_functions  # noqa: PLC0415  (only where a function stands)

    facts = context.analysis.facts.get(selection.cell)
    span = selection.span
    touched = [
        item
        for item in (facts.definitions if facts is not None else ())
        if item.kind == "function" and (span is None or item.whole.overlaps(span))
    ]
    names = sharing_functions(context, touched) if touched else ()
    if len(names) < 2:
        return None
    what = " and ".join(f"`{name}`" for name in names) if len(names) == 2 else f"{len(names)} functions"
    return Offer(f"Make a class of {what}", {"functions": list(names)})


@refactoring(
    id="extract.class",
    title="Extract to class",
    kind="refactor.extract.class",
    options=ExtractClassOptions,
    offer=offer,
)
def extract_class(context: Context, options: ExtractClassOptions) -> Plan | Refusal:
    """Make a class of functions that share their first parameters, or variables of the notebook.

    What they share becomes attributes. Calls that pass the same variables, which do not change between, use one object;
    other calls make their own: `loss(X, w, 2)` becomes `Model(X, w).loss(2)`. Where functions share variables of the
    notebook, one object is made below the last cell that sets them, and variables that change later live in it.

    Refused where a method would do something else than the function: decorators, functions that are used as values,
    arguments in another order, functions that are called before what they share is there, variables that
    loops, imports or magics set, and functions or variables that another notebook uses which runs this one. The
    change is written only after a run before and after it showed the same.
    """
    from offbook.refactor.classes.planning import plan  # noqa: PLC0415  (loads libcst, which takes 0.1 s)
    from offbook.refactor.module.scene import RefusedError  # noqa: PLC0415

    try:
        return plan(context, options)
    except RefusedError as error:
        return error.refusal
