"""The workspace: which notebooks and modules there are, what imports what, and where names are defined and used.

`Project` and `SourceEdits` are in modules of their own, as navigation takes long to load and a check needs none.
"""

from offbook.project.files import ProjectFiles, find_files, find_root
from offbook.project.surroundings import NotebookSurroundings, index_clones
from offbook.project.workspace import forget_workspaces, refresh_clones

__all__ = [
    "NotebookSurroundings",
    "ProjectFiles",
    "find_files",
    "find_root",
    "forget_workspaces",
    "index_clones",
    "refresh_clones",
]
