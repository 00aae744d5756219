"""Findings that the author has switched off: a comment on the line, a tag on the cell, or a comment for the file.

``# offbook: ignore[CODE]`` covers what starts on its line, the tag ``offbook:ignore=CODE`` what is in its cell, and
``# offbook: ignore-file[CODE]`` all. Without codes everything is covered; several codes are separated by commas; a
rule's name serves as well.
"""

from __future__ import annotations

import re
import tokenize
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from msgspec import Struct

from offbook.analysis import Analysis, CellFacts
from offbook.diagnostics import Diagnostic
from offbook.notebook import Cell, CellId
from offbook.text import Span, split_lines
from offbook.text.patterns import pattern

UNUSED_CODE = "OB002"
"""The rule that reports suppressions of no use: one without codes does not cover that."""

_COMMENT = pattern(r"#\s*offbook:\s*ignore(?P<whole>-file)?(?![\w-])(?:\[(?P<codes>[^\]]*)\])?", re.IGNORECASE)
_TAG = pattern(r"offbook:ignore(?:=(?P<codes>.*))?$", re.IGNORECASE)


class Suppression(NamedTuple):
    """One comment or tag.

    Attributes:
        cell: its cell.
        span: the comment; the cell's first line for a tag.
        words: the codes and names in it, as they are written; ``None`` for everything.
        kind: ``comment``, ``tag``, or ``text`` for a comment that may stand in a string or in another language.
        codes_span: the text between the brackets; ``None`` without them.
        whole: whether it covers the whole notebook.
    """

    cell: CellId
    span: Span
    words: tuple[str, ...] | None
    kind: str
    codes_span: Span | None = None
    whole: bool = False

    def covered_by(self, diagnostic: Diagnostic) -> str | None:
        """Return which word covers a finding, ``*`` where there are none; ``None`` if it is not covered."""
        if self.kind != "tag" and not self.whole and diagnostic.span.start.line != self.span.start.line:
            return None
        if self.words is None:
            return "*" if diagnostic.code != UNUSED_CODE else None
        names = (diagnostic.code.lower(), diagnostic.name)
        return next((word for word in self.words if word.lower() in names), None)


class Suppressions:
    """All comments and tags of the versions of one notebook; a cell is read again only when it has changed."""

    def __init__(self) -> None:
        self._cells: dict[CellId, tuple[Suppression, ...]] = {}

    def update(self, analysis: Analysis, cells: Iterable[CellId]) -> None:
        """Read the cells that are new or have changed; forget those that are gone."""
        for cell in cells:
            facts = analysis.facts.get(cell)
            found = tuple(suppressions_in(analysis.notebook.cell(cell), facts)) if facts is not None else ()
            if found:
                self._cells[cell] = found
            else:
                self._cells.pop(cell, None)

    def __bool__(self) -> bool:
        return bool(self._cells)

    def apply(self, found: Iterable[Diagnostic]) -> tuple[list[Diagnostic], Uses]:
        """Return the findings that stay, and which suppressions were of use."""
        if not self._cells:
            return list(found), Uses((), frozenset())
        whole = tuple(item for items in self._cells.values() for item in items if item.whole)
        kept: list[Diagnostic] = []
        used: set[tuple[Suppression, str]] = set()
        for diagnostic in found:
            here = (*self._cells.get(diagnostic.cell, ()), *whole)
            words = [(item, word) for item in here if (word := item.covered_by(diagnostic)) is not None]
            used.update(words)
            if not words:
                kept.append(diagnostic)
        everything = tuple(item for items in self._cells.values() for item in items)
        return kept, Uses(everything, used)


class Uses(Struct, frozen=True):
    """The suppressions of a notebook, and those that covered a finding with the word that did (``*`` without words)."""

    everything: tuple[Suppression, ...]
    used: Collection[tuple[Suppression, str]]


def suppressions_in(cell: Cell, facts: CellFacts) -> Iterator[Suppression]:
    """Yield the tags and comments of a cell."""
    for tag in cell.tags:
        found = _TAG.match(tag)
        if found:
            yield Suppression(cell.id, Span.on_line(0), _words(found), "tag")
    if "offbook" not in cell.source:
        return
    comments = _comments(facts)
    for number, line in enumerate(split_lines(cell.source)):
        found = _COMMENT.search(line)
        if found:
            real = comments.get(number, len(line)) <= found.start()
            codes = Span.on_line(number, *found.span("codes")) if found["codes"] is not None else None
            span = Span.on_line(number, *found.span())
            whole = real and found["whole"] is not None
            yield Suppression(cell.id, span, _words(found), "comment" if real else "text", codes, whole)


def _words(found: re.Match[str]) -> tuple[str, ...] | None:
    codes = found["codes"]
    return None if codes is None else tuple(word.strip() for word in codes.split(",") if word.strip())


def _comments(facts: CellFacts) -> dict[int, int]:
    """Return the lines that end in a comment, each with the column where it starts; none where that is unclear."""
    if facts.masked.language != "python":
        return {}
    lines = iter([f"{line}\n" for line in split_lines(facts.masked.text)])
    try:
        tokens = list(tokenize.generate_tokens(lambda: next(lines, "")))
    except (tokenize.TokenError, SyntaxError):
        return {}
    return {token.start[0] - 1: token.start[1] for token in tokens if token.type == tokenize.COMMENT}
