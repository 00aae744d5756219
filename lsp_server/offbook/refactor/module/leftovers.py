"""Imports that only the moved code used: they are taken out of the notebook where nobody can notice."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping

from offbook.analysis import CellFacts, analyze_cell
from offbook.notebook import CellId
from offbook.refactor.module.names import ImportedName
from offbook.refactor.module.scene import Scene

_QUIET = frozenset(
    "abc base64 bisect collections copy csv dataclasses datetime decimal enum fractions functools glob hashlib heapq "
    "io itertools json math numbers operator os pathlib random re shutil statistics string sys textwrap time typing "
    "uuid numpy pandas".split()
)
"""Libraries whose import does nothing that other code could notice, whenever it runs."""

_LISTING = re.compile(r"\b(?:who|whos|who_ls|dir|vars|locals|globals|inspect|__main__|doctest)\b")


def without_leftovers(
    scene: Scene, changed: Mapping[CellId, str], imports: Iterable[ImportedName]
) -> tuple[dict[CellId, str], list[str]]:
    """Return the cells that lose imports, as they are then, and what was removed.

    A statement goes where the module has all its imports, none of its names stands anywhere else in the notebook's
    code, not even in a string or comment, it fills its lines, and its cell keeps another statement.

    Args:
        scene: the notebook.
        changed: the new sources of cells that change already.
        imports: what the moved code imports.
    """
    sources = {cell.id: changed.get(cell.id, cell.source) for _, cell, _ in scene.cells}
    known = {item.bound for item in imports if item.module.partition(".")[0] in _QUIET}
    if any(_LISTING.search(source) for source in sources.values()):
        return {}, []
    words = re.compile(r"[^\W\d]\w*")
    counts: dict[str, int] = {}
    for source in sources.values():
        for word in words.findall(source):
            counts[word] = counts.get(word, 0) + 1
    found: dict[CellId, str] = {}
    removed: list[str] = []
    for cell, source in sources.items():
        facts = analyze_cell(source)
        gone = [node for node in _statements(facts) if _is_leftover(node, known, counts, words)]
        gone = [node for node in gone if _fills_lines(node, source)]
        if gone and facts.tree is not None and len(gone) < len(facts.tree.body):
            found[cell] = _without_lines(source, gone)
            removed += (ast.unparse(node) for node in gone)
    return found, removed


def _statements(facts: CellFacts) -> list[ast.Import | ast.ImportFrom]:
    body = facts.tree.body if facts.tree is not None else []
    return [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]


def _is_leftover(
    node: ast.Import | ast.ImportFrom, known: set[str], counts: Mapping[str, int], words: re.Pattern[str]
) -> bool:
    """Tell whether the names that a statement binds stand in it alone, and the module has each."""
    if isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").partition(".")[0] not in _QUIET):
        return False
    own = words.findall(ast.unparse(node))
    for alias in node.names:
        if isinstance(node, ast.Import) and alias.name.partition(".")[0] not in _QUIET:
            return False
        bound = alias.asname or alias.name.partition(".")[0]
        if bound not in known or counts.get(bound, 0) != own.count(bound):
            return False
    return True


def _fills_lines(node: ast.stmt, source: str) -> bool:
    """Tell whether a statement has its lines for itself, without a comment."""
    lines = source.split("\n")
    last = lines[(node.end_lineno or node.lineno) - 1].encode()
    return node.col_offset == 0 and not last[node.end_col_offset or 0 :].strip()


def _without_lines(source: str, nodes: Iterable[ast.stmt]) -> str:
    gone = {line for node in nodes for line in range(node.lineno - 1, node.end_lineno or node.lineno)}
    kept = [line for number, line in enumerate(source.split("\n")) if number not in gone]
    while kept and not kept[0].strip():
        del kept[0]
    return "\n".join(kept)
