"""What two runs show differently, in a form that a page or an editor can show."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any, Literal

from offbook.running.normalize import RELATIVE, same_text
from offbook.running.parts import Part
from offbook.running.tables import Rows, read_table

_LONGEST_TEXT = 100_000
_MOST_ROWS = 1000
_FEW_ROWS = 5
_LARGEST_PICTURE = 8 * 2**20
_SVG = "image/svg+xml"


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing that a cell shows. It comes from outside: nothing of it is markup, and a picture may be anything.

    Attributes:
        kind: which of the fields below holds it.
        mime: the picture's type; else ``stdout``, ``stderr``, ``error`` or the type of the display's format.
        text: its text, without what changes in every run; cut where it is very long.
        rows: the rows of its table.
        picture: base64.
    """

    kind: Literal["text", "table", "picture"]
    mime: str
    text: str = ""
    rows: Rows = ()
    picture: str = ""


def show_pair(before: Part, after: Part, tolerance: float = RELATIVE) -> tuple[tuple[Shown, ...], tuple[Shown, ...]]:
    """Return both sides of one thing that differs: as tables only where these differ.

    Lines and cells that agree within the tolerance are given as the second side has them, so that no diff shows them.
    """
    one, other = _shown(before), _shown(after)
    if one.kind == other.kind == "table":
        one = replace(one, rows=_agreeing_rows(one.rows, other.rows, tolerance))
        if one.rows == other.rows:
            one, other = _text(before), _text(after)
    if one.kind == other.kind == "text":
        lines = _agreeing(one.text.split("\n"), other.text.split("\n"), tolerance)
        one = replace(one, text="\n".join(lines))
    return (one,), (other,)


def excerpt_rows(before: Rows, after: Rows) -> tuple[str, str]:
    """Return the first rows that differ, one a line."""
    if len(before) == len(after):
        pairs = [(one, other) for one, other in zip(before, after, strict=True) if one != other]
        before, after = tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs)
    else:
        same = takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False))
        at = sum(1 for _ in same)
        before, after = before[at:], after[at:]
    one, other = ("\n".join("  ".join(row) for row in rows[:_FEW_ROWS]) for rows in (before, after))
    return one, other


def _agreeing_rows(before: Rows, after: Rows, tolerance: float) -> Rows:
    if len(before) != len(after):
        return before
    return tuple(tuple(_agreeing(one, other, tolerance)) for one, other in zip(before, after, strict=True))


def _agreeing(before: Sequence[str], after: Sequence[str], tolerance: float) -> Sequence[str]:
    if len(before) != len(after):
        return before
    return [y if same_text(x, y, tolerance) else x for x, y in zip(before, after, strict=True)]


def show_all(before: Sequence[Part], after: Sequence[Part]) -> tuple[tuple[Shown, ...], tuple[Shown, ...]]:
    """Return both sides of a cell whose outputs do not correspond, each output in its richest format."""
    return tuple(map(_shown, _richest(before))), tuple(map(_shown, _richest(after)))


def _richest(parts: Sequence[Part]) -> list[Part]:
    """Leave out the plain text of what has another format too."""
    rich = {part.output for part in parts if part.label != "text/plain"}
    return [part for part in parts if part.label != "text/plain" or part.output not in rich]


def _shown(part: Part) -> Shown:
    if part.label.startswith("image/"):
        return _picture(part)
    rows = read_table(str(part.raw)) if part.label == "text/html" else ()
    return Shown("table", part.label, rows=rows[:_MOST_ROWS]) if rows else _text(part)


def _picture(part: Part) -> Shown:
    data = str(part.raw)
    picture = (
        base64.b64encode(data.encode("utf-8", "replace")).decode() if part.label == _SVG else "".join(data.split())
    )
    if len(picture) > _LARGEST_PICTURE:
        return Shown("text", part.label, f"({part.label}, too large to be shown)")
    return Shown("picture", part.label, picture=picture)


def _text(part: Part) -> Shown:
    text: Any = part.value
    if not isinstance(text, str):
        text = f"({part.label})"
    return Shown("text", part.label, text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + "…")
