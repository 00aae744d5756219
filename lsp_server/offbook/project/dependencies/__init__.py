"""Which distributions a workspace declares, which are installed, and what an import needs."""

from offbook.project.dependencies.imports import Dependencies

__all__ = ["Dependencies"]
