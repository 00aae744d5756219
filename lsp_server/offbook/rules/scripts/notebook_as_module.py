"""OB412."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from offbook.analysis import span_of
from offbook.diagnostics import Related, Severity
from offbook.notebook import CellId
from offbook.rules.registry import Finding, rule
from offbook.rules.views import NotebookView
from offbook.text import Span
from offbook.text.patterns import pattern

_RUN = pattern(r"""(?:^|\s)(?P<quote>["']?)(?P<path>\S(?:[^"']*\S)?\.ipynb)(?P=quote)(?:\s|$)""")
_OPTIONS = pattern(r"^(?:-\w+\s+)+")
_IMPORTERS = frozenset({"import_ipynb", "nbimporter", "importnb", "ipynb"})


@rule("OB412", Severity.INFORMATION, per="notebook")
def notebook_as_module(notebook: NotebookView) -> Iterator[Finding]:
    """A notebook is used as a module.

    ## What it does
    Reports `%run other.ipynb`, also as a call (`get_ipython().run_line_magic("run", "other.ipynb")`), and imports of
    what makes notebooks importable (`import_ipynb`, `nbimporter`, `importnb`, `ipynb.fs`). It is reported once for
    each notebook that is used so.

    ## Why it matters
    All cells of the other notebook run, its plots and long computations too, and nobody can see which names come from
    it. Editors, linters and tests do not follow.

    ## What to do
    Move the functions that both notebooks need into a module (`offbook extract module OTHER.ipynb`), and import them
    from there. There is no fix: running the other notebook may bind any of its names, also those that its magics make,
    and does what its cells do besides; which of it this notebook needs, only you know.

    ## When it stays silent
    For `%run script.py`: that is a script.

    ## Bad
    ```python
    # %%
    %run helpers.ipynb
    # %%
    clean(1)
    ```

    ## Good
    ```python
    # %%
    from helpers import clean
    # %%
    clean(1)
    ```
    """
    seen: dict[str, list[tuple[CellId, Span]]] = {}
    for used, cell, span in sorted(
        (*_run(notebook), *_called(notebook), *_imported(notebook)), key=lambda use: (notebook.number(use[1]), use[2])
    ):
        seen.setdefault(used, []).append((cell, span))
    for used, ((cell, span), *again) in seen.items():
        yield Finding(
            cell,
            span,
            f"{used}: move what is needed into a module, and import it",
            related=tuple(Related(other, place, "it is used here again") for other, place in again),
        )


def _run(notebook: NotebookView) -> Iterator[tuple[str, CellId, Span]]:
    for cell in notebook.cells_with("magics"):
        facts = notebook.facts(cell)
        for magic in facts.masked.magics if facts else ():
            used = _run_notebook(magic.argument) if magic.name == "run" and magic.kind == "line" else ""
            if used:
                yield used, cell, magic.span


def _called(notebook: NotebookView) -> Iterator[tuple[str, CellId, Span]]:
    """Yield `get_ipython().run_line_magic("run", ...)` and the older `.magic("run ...")`."""
    for found in notebook.occurrences("get_ipython"):
        facts = notebook.facts(found.cell)
        for call in facts.calls if facts else ():
            words = _magic_words(call.node)
            used = _run_notebook(words[1]) if words and words[0] == "run" else ""
            if used:
                yield used, found.cell, span_of(call.node)


def _magic_words(call: ast.Call) -> tuple[str, str] | None:
    """Return the magic's name and argument where the call runs one that is written out."""
    function = call.func
    if not isinstance(function, ast.Attribute) or function.attr not in ("run_line_magic", "magic"):
        return None
    texts = [argument.value for argument in call.args if isinstance(argument, ast.Constant)]
    words = " ".join(text for text in texts if isinstance(text, str)).lstrip("%")
    name, _, argument = words.partition(" ")
    return name, argument


def _run_notebook(argument: str) -> str:
    """Say that `%run` uses a notebook; empty where it runs something else."""
    found = _RUN.search(_OPTIONS.sub("", argument))
    return f"`%run` uses the notebook `{found['path']}` as a module" if found else ""


def _imported(notebook: NotebookView) -> Iterator[tuple[str, CellId, Span]]:
    for cell in notebook.cells_with("imports"):
        facts = notebook.facts(cell)
        for item in facts.imports if facts else ():
            if item.module.partition(".")[0] in _IMPORTERS and not item.level:
                yield f"`{item.module}` imports notebooks as modules", cell, item.span
