"""OB409."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from offbook.analysis import span_of
from offbook.diagnostics import Related, Severity
from offbook.notebook import CellId, Magic
from offbook.rules.registry import Finding, rule
from offbook.rules.views import NotebookView
from offbook.text import Position, Span
from offbook.text.patterns import pattern

_SETTINGS = frozenset(
    {"matplotlib", "autoreload", "load_ext", "reload_ext", "unload_ext", "config", "aimport", "xmode"}
)
_SHOWN = 4
_WORD = pattern(r"\s*([\w./-]*\w)")


class _Use(NamedTuple):
    """One use of what only a notebook understands."""

    what: str
    cell: CellId
    span: Span


@rule("OB409", Severity.INFORMATION, per="notebook")
def notebook_only_code(notebook: NotebookView) -> Iterator[Finding]:
    """Code that only a notebook understands keeps this from being a script.

    ## What it does
    Lists magics (`%pip`, `%%bash`), shell lines (`!ls`), help (`name?`) and questions to the user (`input()`). It is
    reported once for a notebook, at the first place; the others are related locations.

    ## Why it matters
    The first three are no Python: a script or module with them does not start. `input()` waits for somebody who is
    not there when the code runs by itself.

    ## What to do
    Declare packages in `pyproject.toml` or `requirements.txt` in place of `%pip install`; use `subprocess`, `pathlib`
    or `shutil` in place of shell lines; take answers as parameters.

    ## When it stays silent
    When nothing but settings of the notebook itself is found: `%matplotlib inline`, `%load_ext`, `%autoreload`,
    `%config`; and for help (`name?`) alone. A script needs none of them. An `input` that the
    notebook defines is not meant.

    ## Bad
    ```python
    # %%
    !pip install pandas
    # %%
    rate = float(input("Rate? "))
    ```

    ## Good
    ```python
    # %%
    %matplotlib inline
    import pandas as pd
    # %%
    rate = 0.19
    ```
    """
    uses = sorted((*_magics(notebook), *_questions(notebook)), key=lambda use: (notebook.number(use.cell), use.span))
    if all(use.what == "?" for use in uses):
        return
    first, *others = uses
    yield Finding(
        first.cell,
        first.span,
        f"{_listed(uses)} keep{'s' if len({use.what for use in uses}) == 1 else ''} this notebook from running as a "
        "script",
        related=tuple(Related(use.cell, use.span, f"`{use.what}` stands here") for use in others),
    )


def _listed(uses: list[_Use]) -> str:
    """Name what is used, most frequent first."""
    counts: dict[str, int] = {}
    for use in uses:
        counts[use.what] = counts.get(use.what, 0) + 1
    ordered = sorted(counts, key=lambda what: -counts[what])
    parts = [f"`{what}`" + (f" ({counts[what]} times)" if counts[what] > 1 else "") for what in ordered[:_SHOWN]]
    if len(ordered) > _SHOWN:
        parts.append(f"{len(ordered) - _SHOWN} more")
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _magics(notebook: NotebookView) -> Iterator[_Use]:
    for cell in notebook.cells_with("magics"):
        facts = notebook.facts(cell)
        for magic in facts.masked.magics if facts else ():
            if magic.name not in _SETTINGS:
                start = magic.span.start
                what = _spelled(magic)
                width = len(magic.argument.split("\n")[0]) + len(what) if magic.kind == "shell" else len(what)
                yield _Use(what, cell, Span(start, _within(facts.source if facts else "", start, width)))


def _within(source: str, start: Position, width: int) -> Position:
    """Return the place so many characters behind ``start``, at most the end of its line."""
    line = source.split("\n")[start.line].rstrip("\r")
    return Position(start.line, min(len(line), start.column + width))


def _spelled(magic: Magic) -> str:
    if magic.kind == "shell":
        word = _WORD.match(magic.argument)
        return f"!{word[1]}" if word else "!"
    if magic.kind == "help":
        return "?"
    return f"{'%%' if magic.kind == 'cell' else '%'}{magic.name}"


def _questions(notebook: NotebookView) -> Iterator[_Use]:
    """Yield the calls of ``input``, where it is Python's own."""
    for name in ("input", "raw_input"):
        cells = notebook.occurrences(name)
        if any(found.events.bindings for found in cells):
            continue
        for found in cells:
            facts = notebook.facts(found.cell)
            for call in facts.calls if facts else ():
                if isinstance(call.node.func, ast.Name) and call.node.func.id == name:
                    yield _Use(f"{name}()", found.cell, span_of(call.node.func))
