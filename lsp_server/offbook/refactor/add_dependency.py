"""Add dependency: packages that the notebook imports are declared in one of the project's files."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from offbook.refactor.dependencies.declaring import DeclareError, declare
from offbook.refactor.options import TargetPath, about
from offbook.refactor.plan import FileChange, Plan, Refusal
from offbook.refactor.registry import Context, refactoring


@dataclass(frozen=True, slots=True)
class AddDependencyOptions:
    """What is declared, and where.

    Attributes:
        requirements: names of packages, with their versions (`pandas==2.2.3`) or without.
        to: the file that declares them: `requirements.txt`, `pyproject.toml` or `environment.yml`.
    """

    requirements: tuple[str, ...] = field(metadata=about(metavar="NAME==VERSION", ask="Packages"))
    to: TargetPath = field(metadata=about(metavar="requirements.txt", ask="File that declares them"))


@refactoring(
    id="add.dependency", title="Declare the packages", kind="refactor.rewrite.dependency", options=AddDependencyOptions
)
def add_dependency(context: Context, options: AddDependencyOptions) -> Plan | Refusal:
    """Declare packages that the notebook imports in the project's requirements, `pyproject.toml` or `environment.yml`.

    Comments, order and layout of the file stay. The version is written as the file writes the others, `==` or `>=`.
    Refused where the file is missing, is of another form (`setup.py`, poetry's tables), or declares them elsewhere.
    """
    root = context.workspace.root
    path = Path(os.path.normpath(root / options.to))
    before = context.workspace.read(path) if path.is_relative_to(root) else None
    if before is None:
        return Refusal(f"there is no file `{options.to}` in the workspace")
    names = ", ".join(f"`{requirement}`" for requirement in options.requirements)
    try:
        after = declare(path, before, options.requirements)
    except DeclareError as error:
        return Refusal(str(error), advice=f"Add {names} by hand, or with the tool that manages the project.")
    return Plan(
        refactoring="add.dependency",
        title=f"Declare {names} in {path.name}",
        files=(FileChange(path, before, after),),
        summary=(f"`{path.name}` declares {names}.",),
    )
