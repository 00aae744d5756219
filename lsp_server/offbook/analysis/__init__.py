"""What a notebook's code does: facts per cell, and the data flow between cells. Nothing is ever run.

`facts.py` names what is known of one cell, `cell.py` finds it, `flow.py` joins the cells, `analysis.py` is the value
that rules and refactorings are given.
"""

from offbook.analysis.analysis import Analysis, analyze
from offbook.analysis.cell import analyze_cell
from offbook.analysis.expressions import root_name
from offbook.analysis.facts import (
    Binding,
    BindingKind,
    Call,
    CellFacts,
    DeferredRead,
    Definition,
    Deletion,
    Exposure,
    Import,
    Mutation,
    NameEvents,
    Read,
    SyntaxProblem,
    span_of,
)
from offbook.analysis.flow import Flow, Occurrence
from offbook.analysis.history import Execution, History, Rest, saved_runs
from offbook.analysis.path_entries import PathEntry, extends_path, find_path_entries
from offbook.analysis.staleness import Stale

__all__ = [
    "Analysis",
    "Binding",
    "BindingKind",
    "Call",
    "CellFacts",
    "DeferredRead",
    "Definition",
    "Deletion",
    "Execution",
    "Exposure",
    "Flow",
    "History",
    "Import",
    "Mutation",
    "NameEvents",
    "Occurrence",
    "PathEntry",
    "Read",
    "Rest",
    "Stale",
    "SyntaxProblem",
    "analyze",
    "analyze_cell",
    "extends_path",
    "find_path_entries",
    "root_name",
    "saved_runs",
    "span_of",
]
