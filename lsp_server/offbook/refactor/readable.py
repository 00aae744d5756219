"""Which notebooks refactorings can work on: Python's, in a current format."""

from __future__ import annotations

from offbook.notebook import Notebook
from offbook.refactor.plan import Refusal


def refuse_unreadable(notebook: Notebook) -> Refusal | None:
    """Return why no refactoring can work on a notebook; ``None`` where they can."""
    if notebook.language != "python":
        return Refusal(f"the notebook is written in {notebook.language}, not in Python")
    if notebook.format[0] < 4:
        return Refusal(
            "the notebook is in the old nbformat 3",
            advice="Run `jupyter nbconvert --to notebook --inplace` on it first.",
        )
    return None
