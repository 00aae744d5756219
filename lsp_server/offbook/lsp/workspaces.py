"""Snapshots of the workspace around a document, with what is unsaved in the editor."""

from __future__ import annotations

from pathlib import Path

from offbook.lsp.session import Session
from offbook.project.project import Project


def project_around(session: Session, path: Path) -> Project:
    """Return the workspace that a file belongs to, as the editor shows it now."""
    open_notebooks = (notebook for notebook in session.notebooks.values() if notebook.document.language == "python")
    analyses = {notebook.path: notebook.current_analysis() for notebook in open_notebooks}
    overlays = {path: text for path, text in session.overlays().items() if path.suffix == ".py"}
    return Project(session.root_of(path), overlays, analyses)
