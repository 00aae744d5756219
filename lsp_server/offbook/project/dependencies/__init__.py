"""Which distributions a workspace declares, which are installed, and what an import needs."""

from offbook.project.dependencies.declarations import read_declared
from offbook.project.dependencies.imports import Dependencies
from offbook.project.dependencies.projects import Declared

__all__ = ["Declared", "Dependencies", "read_declared"]
