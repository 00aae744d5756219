"""Refactorings: each answers a plan of all its changes, or refuses with the reason and the place."""

from offbook.refactor.options import CellLines, OptionInfo, TargetPath, about
from offbook.refactor.plan import FileChange, NotebookChange, Place, Plan, Refusal
from offbook.refactor.registry import (
    Context,
    Offer,
    Refactoring,
    Selection,
    Workspace,
    find_refactoring,
    refactoring,
    refactorings,
)

__all__ = [
    "CellLines",
    "Context",
    "FileChange",
    "NotebookChange",
    "Offer",
    "OptionInfo",
    "Place",
    "Plan",
    "Refactoring",
    "Refusal",
    "Selection",
    "TargetPath",
    "Workspace",
    "about",
    "find_refactoring",
    "refactoring",
    "refactorings",
]
