"""OB306."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from offbook.analysis import CellFacts, span_of
from offbook.diagnostics import Applicability, Fix, Severity
from offbook.notebook import Cell, CellId, InsertCell, new_cell_id
from offbook.rules.plots.results import SAVES, teaches
from offbook.rules.registry import Finding, rule
from offbook.rules.views import NotebookView
from offbook.text.patterns import pattern

_READS = pattern(r"read_(csv|table|excel|parquet|feather|json|sql\w*|hdf|pickle|orc|stata|sas|spss|gbq|fwf)$")
_WORK = frozenset({"merge", "join", "concat", "groupby", "pivot_table", "pivot", "apply", "append", "melt", "resample"})
_RESULT = pattern(
    r"(?:^|_)(?:final|results?|summary|report|submission|output|forecast|predictions?|merged|combined)(?:$|_|\d)",
    re.IGNORECASE,
)
_PLAIN = frozenset({"head", "tail", "sort_values", "sort_index", "round", "style", "sample"})
_FEWEST_CELLS = 4
"""So many cells must have made the frame: less work is soon done again."""


@rule("OB306", Severity.INFORMATION, per="notebook")
def result_not_saved(notebook: NotebookView) -> Iterator[Finding]:
    """A table that is the result of the notebook is displayed at its end, and not saved.

    ## What it does
    Reports a frame that the last cell displays, when several cells made it from data of a file by joining, grouping or
    transforming them, its name says that it is a result (`final_df`, `results`, `summary`, `merged`), and nothing in
    the notebook writes to a file.

    ## Why it matters
    Whoever needs the table has to run everything again, or copies it from the screen.

    ## What to do
    Write it to a file in a last cell. The fix adds one, with `to_csv`.

    ## When it stays silent
    In notebooks that write or upload anything, that teach, that run other programs; for tables that took less than
    four cells to make, and for a look at the largest or smallest rows.

    ## Bad
    ```python
    # %%
    import pandas as pd
    sales = pd.read_csv("sales.csv")
    shops = pd.read_csv("shops.csv")
    # %%
    sales = sales.dropna()
    # %%
    sales["value"] = sales["price"] * sales["count"]
    # %%
    summary = sales.merge(shops, on="shop").groupby("city")["value"].sum()
    # %%
    summary
    ```

    ## Good
    ```python
    # %%
    import pandas as pd
    sales = pd.read_csv("sales.csv")
    shops = pd.read_csv("shops.csv")
    # %%
    sales = sales.dropna()
    # %%
    sales["value"] = sales["price"] * sales["count"]
    # %%
    summary = sales.merge(shops, on="shop").groupby("city")["value"].sum()
    # %%
    summary.to_csv("summary.csv")
    ```
    """
    last = next((cell for cell in reversed(notebook.code_cells()) if notebook.cell(cell).source.strip()), None)
    facts = notebook.facts(last) if last is not None else None
    name = _displayed(facts)
    if last is None or facts is None or facts.display is None or not _RESULT.search(name):
        return
    whole = notebook.whole()
    everything = [known for _, known in whole.cells]
    if any(map(_may_save, everything)) or any(map(teaches, whole.notebook.cells)):
        return
    makers = _makers(notebook, name, notebook.number(last))
    made = [known for cell in makers if (known := notebook.facts(cell)) is not None]
    calls = {_called(call.node) for known in made for call in known.calls}
    if len(makers) < _FEWEST_CELLS or not calls & _WORK or not any(map(_READS.match, calls)):
        return
    source = f'{name}.to_csv("{name}.csv")'
    cell = Cell(new_cell_id(source, notebook.order()), "code", source)
    yield Finding(
        last,
        span_of(facts.display),
        f"`{name}`, which {len(makers)} cells made, is displayed and not saved",
        Fix("Save the table", Applicability.SAFE, changes=(InsertCell(last, cell),)),
    )


def _displayed(facts: CellFacts | None) -> str:
    """Return the name of the frame that a cell displays: ``df``, ``df.head()``, ``df.sort_values("a")``."""
    node = facts.display if facts is not None else None
    done: set[str] = set()
    while isinstance(node, ast.Call | ast.Attribute):
        function = node.func if isinstance(node, ast.Call) else node
        if not isinstance(function, ast.Attribute) or function.attr not in _PLAIN:
            return ""
        done.add(function.attr)
        node = function.value
    extremes = "sort_values" in done and bool(done & {"head", "tail"})
    return node.id if isinstance(node, ast.Name) and not extremes else ""


def _makers(notebook: NotebookView, name: str, before: int) -> Sequence[CellId]:
    """Return the cells above that bind or change a name, or what these cells read."""
    found: dict[CellId, None] = {}
    waiting, seen = [name], {name}
    while waiting:
        for item in notebook.occurrences(waiting.pop()):
            facts = notebook.facts(item.cell)
            makes = item.events.binds or any(not change.owner for change in item.events.mutations)
            if facts is None or item.number >= before or not makes or item.cell in found:
                continue
            if facts.imports and len(facts.by_name) == len(facts.imports):
                continue
            found[item.cell] = None
            new = {read.name for read in facts.reads} - seen
            seen |= new
            waiting += sorted(new)
    return list(found)


def _may_save(facts: CellFacts) -> bool:
    """Tell whether a cell may keep a result: by a call, or by other programs."""
    shell = any(magic.kind != "line" or magic.name in ("run", "store", "save") for magic in facts.masked.magics)
    called = {_called(call.node) for call in facts.calls}
    return shell or facts.tree is None or facts.dynamic or any(map(SAVES.search, called)) or "open" in called


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
