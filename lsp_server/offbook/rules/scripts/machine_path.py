"""OB402."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from offbook.analysis import span_of
from offbook.diagnostics import Applicability, CellEdits, Fix, Proposal, Related, Severity
from offbook.rules.registry import Finding, rule
from offbook.rules.scripts.paths import MachinePath, machine_paths, takes_path
from offbook.rules.views import CellView
from offbook.text import Edit, Lines, Span
from offbook.text.patterns import pattern

_WORTH_A_LOOK = pattern(r"""["'](?:file:|~[/\\]|/\w|[A-Za-z]:[\\/]|\\\\)|\bcd\s|![^=]""")
_SIGNS = ("/", "\\", "cd", "file:")
"""One of them is in whatever is worth a look."""
_AWAY = pattern(r"""["']?(?P<path>(?:~/\w|/(?!tmp\b)\w|[A-Za-z]:[\\/])[^"'\n]*)""")
_IN_SHELL = pattern(
    r"""(?<![^\s"'=<>])(?:
        /(?:home|Users)/[\w.-]+/
      | /(?:content|kaggle)/\w
      | ~/\w
      | [A-Za-z]:[\\/]\w
    )[^\s"'`;|&<>()]*""",
    re.VERBOSE,
)
"""A word of a command that names a place on one machine; settings in a home (``~/.keras``) are everybody's."""
_ELSEWHERE = pattern(r"!+\s*(?:sudo\s+)?(?:ssh|scp|sftp|rsync|docker|kubectl|echo|printf)\b")
"""Commands whose paths are on another machine, or nobody opens."""
_LONGEST = 60
_LITERAL = pattern(r"""[rR]?(?:"[^"\n]*"|'[^'\n]*')""")
"""A string on one line, the only one that is rewritten."""


@rule("OB402", Severity.WARNING, per="cell", modules=True)
def machine_path(cell: CellView) -> Iterator[Finding]:
    r"""A path exists on one machine only.

    ## What it does
    Reports strings that name a place on one machine, and are used as paths: `/home/ann/data.csv`,
    `C:\Users\ann\data.csv`, `~/data`, `/content/drive/...`, `/kaggle/input/...`; and `%cd` to them and
    shell lines that use them (`!python /home/ann/clean.py`). It is reported once for a cell.

    ## Why it matters
    The notebook fails at the first person who opens it, and at the first machine that runs it by itself.

    ## What to do
    Keep the data beside the notebook and use a relative path, which the light bulb writes where the file is there. Or
    take the folder from a setting (`offbook extract config`) or a variable of the environment.

    ## When it stays silent
    For URLs and routes, for what every system has (`/tmp`, `/dev`, `/usr`), for defaults of settings
    (`os.environ.get("DATA", "/data/x")`), for `drive.mount`, for settings in a home (`!cat ~/.keras/keras.json`), for
    commands on another machine (`!ssh`, `!docker`), and where the code asks first which machine it is on.

    ## Bad
    ```python
    # %%
    import pandas as pd
    sales = pd.read_csv("/home/ann/sales.csv")
    ```

    ## Good
    ```python
    # %%
    import pandas as pd
    sales = pd.read_csv("data/sales.csv")
    ```
    """
    source = cell.here.source
    if not any(sign in source for sign in _SIGNS) or not _WORTH_A_LOOK.search(source):
        return
    strings = list(_strings(cell))
    places = [*strings, *_changes_of_folder(cell), *_in_shell_lines(cell)]
    if not places:
        return
    fix, path = _relative_fix(cell, places), cell.path()
    notebook = path is None or path.suffix == ".ipynb"
    text, span = places[0]
    where, advice = _explained(text)
    yield Finding(
        cell.id,
        span,
        f"`{text if len(text) <= _LONGEST else text[: _LONGEST - 3] + '...'}` {where}: {advice}",
        fix,
        tuple(Related(cell.id, other, f"`{path}` is another") for path, other in places[1:]),
        Proposal("Extract paths to a configuration file", "extract.config")
        if strings and notebook and not fix
        else None,
    )


def _relative_fix(cell: CellView, places: list[tuple[str, Span]]) -> Fix | None:
    """Write the paths relative to the notebook, where the file or folder is there; safe where it is the very same."""
    source, folder = Lines(cell.here.source), cell.path()
    edits: list[Edit] = []
    same = True
    for text, span in places:
        relative = _beside_notebook(cell, text)
        literal = source.text[source.offset(span.start) : source.offset(span.end)]
        if relative and _LITERAL.fullmatch(literal):
            edits.append(Edit(span, f'"{relative}"'))
            same = same and folder is not None and PurePath(text) == folder.parent / relative
    safety = Applicability.SAFE if same else Applicability.UNSAFE
    return Fix("Use the relative path", safety, (CellEdits(cell.id, tuple(edits)),)) if edits else None


def _beside_notebook(cell: CellView, text: str) -> str:
    """Return the longest end of a path that is there when it is looked for from the notebook; empty without any."""
    parts = [part for part in re.split(r"[\\/]+", text) if part]
    ends = ("/".join(parts[start:]) for start in range(1, len(parts)))
    return next((end for end in ends if '"' not in end and cell.exists(end)), "")


def _explained(text: str) -> tuple[str, str]:
    advice = "use a path relative to the notebook, or a setting"
    if text.startswith("/content"):
        return "exists on Colab only", advice
    if text.startswith("/kaggle"):
        return "exists on Kaggle only", advice
    if text.startswith("~"):
        return "is in somebody's home", advice
    return "exists on one machine only", advice


def _strings(cell: CellView) -> Iterator[tuple[str, Span]]:
    tree = cell.here.tree
    if tree is None:
        return
    seen: set[str] = set()
    for found, certain in machine_paths(tree):
        if found.text not in seen and (certain or _used_as_path(cell, found)):
            seen.add(found.text)
            yield found.text, span_of(found.node)


def _used_as_path(cell: CellView, found: MachinePath) -> bool:
    """Tell whether some cell hands the name to what takes a path."""
    for other in cell.occurrences(found.name):
        facts = cell.facts(other.cell)
        for call in facts.calls if facts else ():
            names = (getattr(argument, "id", "") for argument in call.node.args[:1])
            if found.name in names and takes_path(call.node):
                return True
    return False


def _changes_of_folder(cell: CellView) -> Iterator[tuple[str, Span]]:
    for magic in cell.here.masked.magics:
        found = _AWAY.match(magic.argument) if magic.name == "cd" and magic.kind == "line" else None
        if found:
            yield found["path"], Span(magic.span.start, magic.span.end)


def _in_shell_lines(cell: CellView) -> Iterator[tuple[str, Span]]:
    """Yield the places in shell lines; not in indented ones, as those run under a condition or in a function."""
    magics = [magic for magic in cell.here.masked.magics if magic.kind == "shell"]
    if not magics:
        return
    source = Lines(cell.here.source)
    for magic in magics:
        start = source.offset(magic.span.start)
        command = source.text[start : source.offset(magic.span.end)]
        indented = source.text[start - magic.span.start.column] in " \t"
        if indented or _ELSEWHERE.match(command):
            continue
        for found in _IN_SHELL.finditer(command):
            yield found[0], Span(source.position(start + found.start()), source.position(start + found.end()))
