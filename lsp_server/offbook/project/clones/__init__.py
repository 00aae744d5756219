"""Which runs of statements occur in several files of a workspace."""

from offbook.project.clones.entries import Entry
from offbook.project.clones.index import CloneIndex

__all__ = ["CloneIndex", "Entry"]
