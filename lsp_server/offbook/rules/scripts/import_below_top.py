"""OB410."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from typing import NamedTuple

from offbook.analysis import CellFacts
from offbook.diagnostics import Related, Severity
from offbook.notebook import CellId
from offbook.rules.registry import Finding, rule
from offbook.rules.scripts.import_move import Importing, Moved, moving_fix
from offbook.rules.views import NotebookView
from offbook.text import Span
from offbook.text.patterns import pattern

_PREPARES = pattern(
    r"os\.environ|sys\.path|\b(?:pip|conda|mamba|apt|uv)\b.* (?:install|add)\b|chdir|\bcd\b|clone|use\("
)


_ALWAYS_THERE = frozenset({"IPython", "ipykernel", "google"})


class _Late(NamedTuple):
    """An import that stands too far down, and what that makes harder."""

    cell: CellId
    span: Span
    harm: str
    statement: Importing


@rule("OB410", Severity.INFORMATION, per="notebook")
def import_below_top(notebook: NotebookView) -> Iterator[Finding]:
    """An import stands so far down that it gets in the way.

    ## What it does
    Reports an import that a function further up needs, and the first import of a package in the middle of a cell,
    behind the work of earlier cells. It is reported once for a notebook; the others are related locations.

    ## Why it matters
    The function fails until the later cell has run, and lacks its import when it is moved to a module. A package that
    is not installed stops a fresh run only after the work above it is done.

    ## What to do
    Move the import to the cell at the top that holds the others. The fix does, where the name means nothing else above.

    ## When it stays silent
    For imports at the top of their own cell, for modules of Python and IPython, for further names of a package that is
    imported already, in `try` and `if`, and behind lines that prepare the import (`%pip install`, `sys.path`,
    `os.environ`, a call or magic that names the module's file).

    ## Bad
    ```python
    # %%
    def draw(values):
        plt.plot(values)
    # %%
    import matplotlib.pyplot as plt
    draw([1, 2])
    ```

    ## Good
    ```python
    # %%
    import matplotlib.pyplot as plt
    # %%
    def draw(values):
        plt.plot(values)
    # %%
    draw([1, 2])
    ```
    """
    found = sorted((*_needed_above(notebook), *_in_the_middle(notebook)), key=lambda late: notebook.number(late.cell))
    if found:
        first, *others = found
        yield Finding(
            first.cell,
            first.span,
            f"{first.harm}: import it at the top",
            moving_fix(notebook, [Moved(late.cell, late.statement) for late in found]),
            related=tuple(Related(late.cell, late.span, late.harm) for late in others),
        )


def _needed_above(notebook: NotebookView) -> Iterator[_Late]:
    """Yield imports of names that a function in an earlier cell reads, and that nothing else binds."""
    for cell, facts in _importing(notebook):
        number = notebook.number(cell)
        for item in facts.imports:
            cells = notebook.occurrences(item.bound) if item.top and item.bound != "*" else []
            bindings = [(found.number, binding) for found in cells for binding in found.events.bindings]
            if not bindings or min(place for place, _ in bindings) < number:
                continue
            if any(binding.kind != "import" for _, binding in bindings):
                continue
            owner = next(
                (
                    read.owner
                    for found in cells
                    if found.number < number
                    for read in found.events.deferred
                    if read.owner
                ),
                "",
            )
            if owner:
                harm = f"`{owner}` further up needs `{item.bound}`, which is imported here"
                yield _Late(cell, item.span, harm, item.node)


def _in_the_middle(notebook: NotebookView) -> Iterator[_Late]:
    """Yield first imports of packages that stand behind other statements of their cell."""
    seen: set[str] = set()
    for cell, facts in _importing(notebook):
        behind = _first_work(facts)
        for item in facts.imports:
            package = item.module.partition(".")[0]
            if not item.top or item.guarded or item.level or package in seen or package in sys.stdlib_module_names:
                continue
            seen.add(package)
            statement = item.node in (facts.tree.body if facts.tree else [])
            if not statement or behind >= item.node.lineno or "__version__" in facts.source:
                continue
            if (
                package not in _ALWAYS_THERE
                and _work_above(notebook, cell)
                and not _is_prepared(notebook, cell, package)
            ):
                harm = f"`{package}` is first imported here, behind the work of the cells above"
                yield _Late(cell, item.span, harm, item.node)


def _importing(notebook: NotebookView) -> Iterator[tuple[CellId, CellFacts]]:
    for cell in notebook.cells_with("imports"):
        facts = notebook.facts(cell)
        if facts is not None:
            yield cell, facts


def _first_work(facts: CellFacts) -> float:
    """Return the line of the first statement that is neither an import nor a text."""
    for statement in facts.tree.body if facts.tree else []:
        text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if not text and not isinstance(statement, ast.Import | ast.ImportFrom):
            return statement.lineno
    return float("inf")


def _work_above(notebook: NotebookView, cell: CellId) -> bool:
    """Tell whether the cells above do more than import."""
    above = (notebook.facts(other) for other in notebook.order()[: notebook.number(cell)])
    return any(facts is not None and _first_work(facts) < float("inf") for facts in above)


def _is_prepared(notebook: NotebookView, cell: CellId, package: str) -> bool:
    """Tell whether this cell or one above does something that the import needs, such as writing its file."""
    above = (notebook.facts(other) for other in notebook.order()[: notebook.number(cell) + 1])
    file = f"{package}.py"
    return any(facts is not None and (file in facts.source or _PREPARES.search(facts.source)) for facts in above)
