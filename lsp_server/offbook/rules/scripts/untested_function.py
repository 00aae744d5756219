"""OB408."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from offbook.analysis import CellFacts, Import
from offbook.analysis.nodes import text_of
from offbook.diagnostics import Severity
from offbook.notebook import CellId
from offbook.rules.registry import Finding, rule
from offbook.rules.views import NotebookView

_SHOWN = 3


@rule("OB408", Severity.INFORMATION, per="notebook")
def untested_function(notebook: NotebookView) -> Iterator[Finding]:
    """A notebook uses a function of the workspace that no test calls.

    ## What it does
    Reports functions of the workspace's own modules that the notebook imports, and that no test mentions. Tests are the
    files that pytest would look into, `test_*.py` and `*_test.py`, and doctests. There is one finding for each module,
    at its first import.

    ## Why it matters
    The notebook's results are as right as these functions, and nobody would notice when a change breaks one.

    ## What to do
    Write a test that calls the function with a small input and compares the result. What the notebook passes to it and
    gets back is a good first case.

    ## When it stays silent
    For classes; for functions that return nothing (they draw, print or save); for those that another function of the
    same file calls which a test mentions; for modules outside the workspace; and for a notebook that is not saved.

    ## Bad
    ```python
    # %%
    from prices import prepare
    ```

    ## Good
    ```python
    # %%
    from prices import tested
    ```
    """
    found: dict[str, dict[str, tuple[CellId, Import]]] = {}
    for cell in notebook.cells_with("imports"):
        facts = notebook.facts(cell)
        for item in facts.imports if facts else ():
            for module, name in _functions(notebook, item):
                file = notebook.untested(module, name)
                if file is not None:
                    found.setdefault(file, {}).setdefault(name, (cell, item))
    for file, names in found.items():
        cell, item = next(iter(names.values()))
        shown = ", ".join(f"`{name}`" for name in list(names)[:_SHOWN])
        more = (
            f" and {len(names) - _SHOWN} more function{'s' * (len(names) > _SHOWN + 1)}" if len(names) > _SHOWN else ""
        )
        yield Finding(cell, item.span, f"no test calls {shown}{more} of `{file}`")


def _functions(notebook: NotebookView, item: Import) -> Iterator[tuple[str, str]]:
    """Yield the module and the name of what may be a function of the workspace."""
    if item.level or item.bound == "*" or not item.module:
        return
    if item.name:
        yield item.module, item.name
    module = f"{item.module}.{item.name}" if item.name else item.module
    bound = item.bound if item.name or item.bound != item.module.partition(".")[0] else item.module
    if not notebook.is_own_module(module):
        return
    called: dict[str, None] = {}
    for cell in notebook.code_cells():
        facts = notebook.facts(cell)
        called.update((name, None) for name in _called(facts, bound)) if facts else None
    for name in called:
        yield module, name


def _called(facts: CellFacts, module: str) -> Iterator[str]:
    """Yield the names that a cell calls as ``module.name(...)``."""
    for call in facts.calls:
        function = call.node.func
        if isinstance(function, ast.Attribute) and text_of(function.value) == module:
            yield function.attr
