"""What the rules on machine learning share: the history of a notebook's models, told once."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from offbook.analysis import Analysis, span_of
from offbook.analysis.learning import History, Interpreter, Spot
from offbook.diagnostics import Related
from offbook.rules.views import NotebookView
from offbook.text import Span

_histories: WeakKeyDictionary[Analysis, History] = WeakKeyDictionary()
_LIBRARIES = (
    "sklearn",
    "imblearn",
    "keras",
    "tensorflow",
    "xgboost",
    "lightgbm",
    "catboost",
    "statsmodels",
    "category_encoders",
)


def model_history(notebook: NotebookView) -> History | None:
    """Return what happened to models; ``None`` for a notebook that uses no library of machine learning."""
    analysis = notebook.whole()
    imported = (item.module for _, facts in analysis.cells for item in facts.imports)
    if not any(module.split(".")[0] in _LIBRARIES for module in imported):
        return None
    found = _histories.get(analysis)
    if found is None:
        found = Interpreter().run((cell.id, facts) for cell, facts in analysis.cells)
        _histories[analysis] = found
    return found


def place(spot: Spot) -> Span:
    """Return the span of a spot."""
    return span_of(spot.node)


def related(spot: Spot, message: str) -> Related:
    """Return a spot as a related location."""
    return Related(spot.cell, place(spot), message)
