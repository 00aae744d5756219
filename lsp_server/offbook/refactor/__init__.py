"""Refactorings: each answers a plan of all its changes, or refuses with the reason and the place."""

from offbook.refactor.plan import FileChange, NotebookChange, Place, Plan, Refusal

__all__ = ["FileChange", "NotebookChange", "Place", "Plan", "Refusal"]
