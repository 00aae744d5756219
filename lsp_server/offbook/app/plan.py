"""Makes the plan of a refactoring, for a notebook file or for a notebook that is open in an editor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from offbook.analysis import Analysis, analyze
from offbook.errors import UserError
from offbook.notebook import Notebook, NotebookError, NotebookFile
from offbook.project import find_root
from offbook.project.project import Project
from offbook.refactor import Context, Plan, Refusal, find_refactoring


@dataclass(frozen=True, slots=True)
class FilePlan:
    """A plan, and what it was made for.

    Attributes:
        result: the plan or the refusal.
        root: the workspace.
        files: the notebooks as they were read, by path: the one that was asked for, and those that the plan changes.
    """

    result: Plan | Refusal
    root: Path
    files: Mapping[Path, NotebookFile]

    @property
    def notebooks(self) -> Mapping[Path, Notebook]:
        """What the files hold."""
        return {path: file.notebook for path, file in self.files.items()}


def make_plan(refactoring: str, analysis: Analysis, project: Project, options: Mapping[str, object]) -> Plan | Refusal:
    """Ask a refactoring for its plan.

    Args:
        refactoring: its id, ``extract.module``.
        analysis: the notebook that it starts from; its path is absolute.
        project: the workspace around it.
        options: the refactoring's options as plain data.

    Raises:
        UserError: for an unknown refactoring or option.
    """
    found = find_refactoring(refactoring)
    result: Plan | Refusal = found.run(Context(analysis, project), found.convert(options))
    return result


def read_notebook_file(path: Path) -> NotebookFile:
    """Read a notebook; its path is made absolute.

    Raises:
        UserError: where it cannot be read.
    """
    try:
        return NotebookFile.read(path.resolve())
    except NotebookError as error:
        raise UserError(f"{path}: {error}") from None


def plan_file(refactoring: str, path: Path, options: Mapping[str, object], root: Path | None = None) -> FilePlan:
    """Make a plan for a notebook file.

    Args:
        refactoring: its id.
        path: the notebook.
        options: the refactoring's options as plain data.
        root: the workspace; by default the project that the notebook belongs to.

    Raises:
        UserError: where the notebook cannot be read.
    """
    file = read_notebook_file(path)
    workspace = root.resolve() if root is not None else find_root(file.notebook.path)
    project = Project(workspace)
    result = make_plan(refactoring, analyze(file.notebook), project, options)
    files = {file.notebook.path: file}
    if isinstance(result, Plan):
        files |= changed_files((change.path for change in result.notebooks if change.path not in files), project)
    return FilePlan(result, workspace, files)


def changed_files(paths: Iterable[Path], project: Project) -> dict[Path, NotebookFile]:
    """Return the files of notebooks that a plan changes.

    Args:
        paths: the notebooks; none of them is open.
        project: the workspace that the plan was made for.

    Raises:
        UserError: where one has changed since.
    """
    files = {path: read_notebook_file(path) for path in paths}
    for path, file in files.items():
        known = project.analysis(path)
        if known is None or known.notebook.cells != file.notebook.cells:
            raise UserError(f"{path.name} has changed while the plan was made: make it again")
    return files
