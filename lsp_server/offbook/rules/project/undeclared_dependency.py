"""OB601."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from offbook.analysis import CellFacts, Import
from offbook.analysis.nodes import walk
from offbook.diagnostics import Proposal, Related, Severity
from offbook.notebook import CellId
from offbook.rules.registry import Finding, rule
from offbook.rules.surroundings import Undeclared
from offbook.rules.views import NotebookView
from offbook.text.patterns import pattern

_MANY = 3
"""Of more missing packages than this there is one finding."""
_INSTALL = pattern(r"\b(?:pip3?|conda|mamba|uv|easy_install)\b.*?\b(?:install|add)\b.*|\binstall\(.*")


class _Missing(NamedTuple):
    cell: CellId
    item: Import
    needed: Undeclared


@rule("OB601", Severity.WARNING, per="notebook", modules=True)
def undeclared_dependency(notebook: NotebookView) -> Iterator[Finding]:
    """A package is imported, and the project does not declare it.

    ## What it does
    Reports imports of packages that stand in none of the files in which the project declares its dependencies:
    `pyproject.toml` (also poetry's, pdm's, uv's, hatch's and pixi's tables), `requirements*.txt`, `environment.yml`,
    `setup.cfg`, `setup.py`, `Pipfile`. These are looked for in the notebook's folder and in those above it, up to the
    project's. Where an import has another name than the package (`sklearn`, `cv2`, `PIL`), it is known.

    ## Why it matters
    Who sets up an environment from these files gets an `ImportError`; and nobody knows which version the results
    were made with.

    ## What to do
    Add the package, with the version that you use: `offbook add dependency`, or the light bulb, does it.

    ## When it stays silent
    Where the project declares nothing at all; for Python's, Jupyter's and the project's own modules; for packages that
    come along with a declared one (`numpy` with `pandas`); for imports in `try`; for what the notebook installs by
    itself; and for packages that are neither well known nor installed, as nobody knows what they are called. More than
    three packages are one finding.

    ## Bad
    ```python
    # %%
    import seaborn as sns
    ```

    ## Good
    ```python
    # %%
    import pandas as pd
    ```
    """
    missing = list(_missing(notebook))
    if not missing:
        return
    file = missing[0].needed.file
    if len(missing) <= _MANY:
        for cell, item, needed in missing:
            message = f"{_described(item, needed)} is not declared in `{file}`{_installed(needed)}"
            yield Finding(cell, item.span, message, proposal=_proposal([needed]))
        return
    first, *others = missing
    names = ", ".join(f"`{needed.distribution}`" for _, _, needed in missing)
    yield Finding(
        first.cell,
        first.item.span,
        f"{len(missing)} packages that this notebook imports are not declared in `{file}`: {names}",
        related=tuple(
            Related(cell, item.span, f"`{needed.distribution}` is not declared") for cell, item, needed in others
        ),
        proposal=_proposal([needed for _, _, needed in missing]),
    )


def _proposal(missing: list[Undeclared]) -> Proposal:
    """Return the refactoring that declares packages, with the versions that are installed."""
    file = missing[0].file
    words = [f"{item.distribution}=={item.version}" if item.version else item.distribution for item in missing]
    them = f"`{words[0]}`" if len(words) == 1 else "them"
    return Proposal(f"Declare {them} in `{file}`", "add.dependency", {"requirements": words, "to": file})


def _described(item: Import, needed: Undeclared) -> str:
    module = item.module.partition(".")[0]
    return f"`{module}`" if module == needed.distribution else f"`{needed.distribution}` (`{module}`)"


def _installed(needed: Undeclared) -> str:
    return f": add `{needed.distribution}=={needed.version}`" if needed.version else ""


def _missing(notebook: NotebookView) -> Iterator[_Missing]:
    """Yield the first import of each distribution that is not declared."""
    seen: set[str] = set()
    for cell in notebook.cells_with("imports"):
        facts = notebook.facts(cell)
        for item in facts.imports if facts else ():
            module = item.module.partition(".")[0]
            needed = notebook.undeclared(module) if module and not item.level else None
            if facts is None or needed is None or needed.distribution in seen:
                continue
            seen.add(needed.distribution)
            if not _is_optional(facts, item) and not _installs(notebook, {module, needed.distribution}):
                yield _Missing(cell, item, needed)


def _is_optional(facts: CellFacts, item: Import) -> bool:
    """Tell whether an import stands in ``try``, or in a branch."""
    nodes = walk(facts.tree) if facts.tree else ()
    return any(inner is item.node for node in nodes if isinstance(node, ast.Try | ast.If) for inner in walk(node))


def _installs(notebook: NotebookView, names: set[str]) -> bool:
    """Tell whether a cell installs one of these, by whatever means."""
    commands = "\n".join(
        found[0]
        for cell in notebook.code_cells()
        if (facts := notebook.facts(cell)) is not None and "install" in facts.source
        for found in _INSTALL.finditer(facts.source)
    )
    return any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", commands) for name in names) or " -r" in commands
