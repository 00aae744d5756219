"""OB202."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from offbook.analysis import root_name
from offbook.diagnostics import Applicability, Fix, Severity
from offbook.notebook import Cell, DeleteCell
from offbook.rules.outputs.prose import is_comment, starts_with_comment
from offbook.rules.registry import Finding, rule
from offbook.rules.views import CellView
from offbook.text import Lines, Span

_ATTRIBUTES = frozenset({"shape", "columns", "dtypes", "dtype", "index", "size", "ndim"})
_METHODS = frozenset(
    {"head", "tail", "info", "sample", "value_counts", "keys", "unique", "nunique", "memory_usage", "isnull", "isna"}
)
_FUNCTIONS = frozenset({"type", "len", "dir", "help", "id"})
_SHOW = frozenset({"print", "display"})
_AGGREGATES = frozenset({"sum", "any", "all", "mean", "sort_values", "sort_index", "head", "tail", "to_frame"})


@rule("OB202", Severity.HINT, per="cell")
def exploratory_cell(cell: CellView) -> Iterator[Finding]:
    """A cell only looks at the data.

    ## What it does
    Points out cells that do nothing but look: `df.head()`, `df.shape`, `df.info()`, `df['a'].value_counts()`,
    `print(len(x))`, `type(x)`, a frame by its bare name.

    ## Why it matters
    Looking is what notebooks are for; but production code does not need it, and a reader has to step over it.

    ## What to do
    Remove the cell once you have seen what you wanted to see, or say above it in a text cell what there is to see.

    ## When it stays silent
    Where the text cell just above or below comments on it, in the cell right after the last step that changes the
    data (that is the result), when a plot was shown, and when the cell does anything else.

    ## Bad
    ```python
    # %%
    import pandas as pd
    df = pd.read_csv("sales.csv")
    # %%
    df.shape
    # %%
    df = df.dropna()
    ```

    ## Good
    ```python
    # %%
    import pandas as pd
    df = pd.read_csv("sales.csv")
    # %%
    df = df.dropna()
    # %%
    df.head()
    ```
    """
    tree = cell.here.tree
    if tree is None or not tree.body or cell.here.masked.magics or cell.here.bindings:
        return
    looks = [_looked_at(statement, cell.this) for statement in tree.body]
    if not all(looks) or _shows_figure(cell.this) or is_comment(cell.neighbour(-1)):
        return
    if starts_with_comment(cell.neighbour(1)):
        return
    names = [name for name in looks if name and name != "-"]
    if not names or all(_is_result(cell, name) for name in dict.fromkeys(names)):
        return
    subject = ", ".join(f"`{name}`" for name in dict.fromkeys(names))
    end = Lines(cell.here.source).end
    fix = Fix("Remove this cell", Applicability.UNSAFE, changes=(DeleteCell(cell.id),))
    yield Finding(cell.id, Span(Span.on_line(0).start, end), f"this cell only looks at {subject}", fix)


def _looked_at(statement: ast.stmt, cell: Cell) -> str:
    """Return the name that a statement looks at, ``-`` for plain text, or nothing when it does more than that."""
    if not isinstance(statement, ast.Expr):
        return ""
    value = statement.value
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in _SHOW:
        parts = [_look(argument) or _plain(argument) for argument in value.args]
        named = [part for part in parts if part != "-"]
        if not all(parts) or value.keywords:
            return ""
        return named[0] if named else ""
    if isinstance(value, ast.Name):
        return value.id if any(output.rows for output in cell.outputs) else ""
    return _look(value)


def _plain(node: ast.expr) -> str:
    return "-" if isinstance(node, ast.Constant) else ""


def _look(node: ast.expr) -> str:
    """Return the name at the bottom of ``df.shape``, ``df['a'].value_counts().head()``, ``len(df)``; else nothing."""
    if isinstance(node, ast.Attribute) and node.attr in _ATTRIBUTES:
        return root_name(node.value) or ""
    if not isinstance(node, ast.Call):
        return ""
    function = node.func
    if isinstance(function, ast.Name) and function.id in _FUNCTIONS and len(node.args) == 1:
        return _look(node.args[0]) or root_name(node.args[0]) or ""
    if not isinstance(function, ast.Attribute):
        return ""
    if function.attr in _METHODS and root_name(function.value):
        return root_name(function.value) or ""
    return _look(function.value) if function.attr in _AGGREGATES else ""


def _shows_figure(cell: Cell) -> bool:
    return any(mime.startswith("image/") for output in cell.outputs for mime in output.mime_types)


def _is_result(cell: CellView, name: str) -> bool:
    """Tell whether the last step that changes the name is the code cell right above."""
    number = cell.number(cell.id)
    changing = [found.number for found in cell.occurrences(name) if found.events.bindings or found.events.mutations]
    if not changing:
        return True
    last = changing[-1]
    if last > number:
        return False
    return not any(
        other.kind == "code" and other.source.strip() for other in map(cell.cell, cell.order()[last + 1 : number])
    )
