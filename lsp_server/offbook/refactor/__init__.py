"""Refactorings: each answers a plan of all its changes, or refuses with the reason and the place."""

from offbook.refactor.plan import FileChange, NotebookChange, Place, Plan, Refusal
from offbook.refactor.registry import (
    Context,
    Refactoring,
    Workspace,
    find_refactoring,
    refactoring,
    refactorings,
)

__all__ = [
    "Context",
    "FileChange",
    "NotebookChange",
    "Place",
    "Plan",
    "Refactoring",
    "Refusal",
    "Workspace",
    "find_refactoring",
    "refactoring",
    "refactorings",
]
