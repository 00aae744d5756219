"""Asks refactorings for plans, for open notebooks."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path

from offbook.analysis import Analysis
from offbook.app.plan import changed_files, make_plan
from offbook.lsp.open_notebook import NotebookSession
from offbook.lsp.plans import StoredPlan, sources_of
from offbook.lsp.session import Session
from offbook.lsp.workspaces import project_around
from offbook.project.project import Project
from offbook.refactor import Plan, Refusal
from offbook.refactor.module.bases import Bases


async def plan_open(
    session: Session, notebook: NotebookSession, refactoring: str, options: Mapping[str, object]
) -> tuple[StoredPlan | Refusal, Project]:
    """Return a plan with the state that it was made for, or a refusal; and the workspace that both speak of.

    Raises:
        UserError: for an unknown refactoring or option, or where a file has changed meanwhile.
    """
    project = project_around(session, notebook.path)
    analysis = notebook.current_analysis()
    notebooks = {item.uri: item.snapshot() for item in session.notebooks.values()}
    sources = {item.uri: sources_of(item.document) for item in session.notebooks.values()}
    versions = {item.uri: item.document.version for item in session.notebooks.values()}
    result = await asyncio.to_thread(make_plan, refactoring, analysis, project, options)
    if isinstance(result, Plan):
        known = {item.path for item in notebooks.values()}
        closed = [change.path for change in result.notebooks if change.path not in known]
        files = await asyncio.to_thread(changed_files, closed, project)
        return StoredPlan(result, notebook.uri, notebooks, sources, versions, project, files), project
    return result, project


def module_choices(project: Project, analysis: Analysis) -> list[str]:
    """Return the modules that a notebook could import definitions from: below its folder, or another on its path."""
    bases = Bases(analysis, project)
    found = [path for path in project.files.modules if path.name != "__init__.py" and bases.around(path)]
    return [path.relative_to(project.root).as_posix() for path in found]


def suggest_module(project: Project, notebook: Path) -> str:
    """Return a module for a notebook's definitions, beside it and named after it, relative to the workspace."""
    stem = re.sub(r"\W+", "_", notebook.stem).strip("_").lower() or "notebook"
    name = f"{stem}_functions.py" if not stem[0].isdigit() else f"notebook_{stem}_functions.py"
    path = notebook.parent / name
    return path.relative_to(project.root).as_posix() if path.is_relative_to(project.root) else str(path)
