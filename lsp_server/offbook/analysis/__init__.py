"""What a notebook's code does: facts per cell, and the data flow between cells. Nothing is ever run.

`facts.py` names what is known of one cell, `cell.py` finds it, `flow.py` joins the cells, `analysis.py` is the value
that rules and refactorings are given.
"""

from offbook.analysis.facts import (
    Binding,
    BindingKind,
    CellFacts,
    DeferredRead,
    Definition,
    Deletion,
    Exposure,
    Import,
    Mutation,
    Read,
    SyntaxProblem,
)

__all__ = [
    "Binding",
    "BindingKind",
    "CellFacts",
    "DeferredRead",
    "Definition",
    "Deletion",
    "Exposure",
    "Import",
    "Mutation",
    "Read",
    "SyntaxProblem",
]
